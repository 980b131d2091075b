// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_compare.c - latchkit bench compare: its options. */
#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#include "bench/results/compare.h"
#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"

static const struct argp_option options[] = {
	{"json", 'j', NULL, 0, "one JSON object a line, see docs/json.md", 0},
	{0},
};

static const char doc[] =
	"Say what differs between two files of results, B against A.\v"
	"A row for each metric of each measurement that both files have: the medians, their ratio "
	"with its 95 % interval, and what it means. Within 2 % of 1 is no difference. The interval "
	"knows how the rounds of each run differ, not how one run differs from the next: where "
	"that matters, run twice.";

struct arguments {
	const char *paths[2];
	bool json;
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	if (key == 'j')
		a->json = true;
	else if (key == ARGP_KEY_ARG && state->arg_num < 2)
		a->paths[state->arg_num] = arg;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "%s: two files are compared; see --help", arg);
	else if (key == ARGP_KEY_END && state->arg_num < 2)
		argp_error(state, "give two files: A.json B.json");
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int cmd_bench_compare(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "A.json B.json",
		.doc = doc,
	};
	struct arguments a = {0};

	if (arguments_parse(&argp, argc, argv, &a))
		return EXIT_FAILED;
	return bench_compare(a.paths[0], a.paths[1], a.json);
}
