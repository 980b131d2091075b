// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_plot.c - latchkit bench plot: its arguments. */
#include <argp.h>
#include <stddef.h>

#include "bench/results/plot.h"
#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"

static const char doc[] =
	"Draw a file of results with gnuplot: SVG and PNG files in DIR, which is made if it is not "
	"there.\v"
	"Reads, writes and retries by write rate; times by payload; reads and retries by the slots "
	"of ring_N; latencies by percentile, of the writers that were not held back or else of the "
	"fastest. A plot is left out where the file has less than two points for it.";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	const char **arguments = state->input;

	if (key == ARGP_KEY_ARG && state->arg_num < 2)
		arguments[state->arg_num] = arg;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "%s: one file and one directory; see --help", arg);
	else if (key == ARGP_KEY_END && state->arg_num < 2)
		argp_error(state, "give a file of results and a directory");
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int cmd_bench_plot(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse_option,
		.args_doc = "RESULTS DIR",
		.doc = doc,
	};
	const char *arguments[2] = {NULL, NULL};

	if (arguments_parse(&argp, argc, argv, arguments))
		return EXIT_FAILED;
	return bench_plot(arguments[1], arguments[0]);
}
