// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* options.c - see bench/core/options.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/options.h"
#include "bench/core/stats.h"
#include "cli/diag.h"
#include "cli/suggest.h"
#include "cli/numbers.h"
#include "cli/whole_file.h"

enum {
	OPTION_ROUNDS = 512,
	OPTION_SLICE,
	OPTION_OVERSUBSCRIBE,
	OPTION_JSON,
	OPTION_CSV,
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "How:", 2},
	{"rounds", OPTION_ROUNDS, "N", 0, "measure everything N times (15)", 2},
	{"slice", OPTION_SLICE, "MS", 0, "let threads run for MS milliseconds each time (20)", 2},
	{"oversubscribe", OPTION_OVERSUBSCRIBE, NULL, 0, "allow more threads than CPUs", 2},
	{NULL, 0, NULL, 0, "How to show it:", 3},
	{"list", 'l', NULL, 0, "list the subjects and the scenarios, and end", 3},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 3},
	{"csv", OPTION_CSV, NULL, 0, "one row for each result", 3},
	{"output", 'o', "FILE", 0, "write there instead of to standard output", 3},
	{0},
};

int bench_options_init(struct bench_options *o, size_t subjects_count,
		       const char *(*subject_name)(size_t i))
{
	*o = (struct bench_options){.subjects_count = subjects_count,
				    .subject_name = subject_name,
				    .chosen = calloc(subjects_count, sizeof(size_t)),
				    .rounds = 15,
				    .slice_ms = 20};
	return o->chosen ? EXIT_OK : fail("bench: out of memory");
}

void bench_options_free(struct bench_options *o)
{
	free(o->chosen);
}

void bench_each(struct argp_state *state, void *data, const char *option, char *arg,
		void (*fn)(struct argp_state *state, void *data, const char *part))
{
	char *rest, *part = strtok_r(arg, ",", &rest);

	if (!part)
		argp_error(state, "%s: an empty list", option);
	for (; part; part = strtok_r(NULL, ",", &rest))
		fn(state, data, part);
}

static void add_subject(struct argp_state *state, struct bench_options *o, const char *arg)
{
	struct suggest near;
	size_t i = 0;

	if (o->chosen_count == o->subjects_count)
		argp_error(state, "%s: more subjects than there are", arg);
	while (i < o->subjects_count && strcmp(o->subject_name(i), arg) != 0)
		i++;
	if (i < o->subjects_count) {
		o->chosen[o->chosen_count++] = i;
		return;
	}
	suggest_init(&near, arg);
	suggest_offer_names(&near, o->subject_name, o->subjects_count);
	argp_error(state, "%s: no such subject; %s", arg, suggest_hint(&near, "--list shows them"));
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct bench_options *o = state->input;

	switch (key) {
	case OPTION_ROUNDS:
		o->rounds = number_option(state, "--rounds", arg, 10000);
		break;
	case OPTION_SLICE:
		o->slice_ms = (unsigned int)number_option(state, "--slice", arg, 60000);
		break;
	case OPTION_OVERSUBSCRIBE:
		o->oversubscribe = true;
		break;
	case 'l':
		o->list = true;
		break;
	case OPTION_JSON:
	case OPTION_CSV:
		if (o->format != BENCH_TABLE)
			argp_error(state, "--json, --csv: choose one");
		o->format = key == OPTION_JSON ? BENCH_JSON : BENCH_CSV;
		break;
	case 'o':
		o->output = arg;
		break;
	case ARGP_KEY_ARG:
		add_subject(state, o, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

const struct argp bench_options_argp = {options, parse_option, NULL, NULL, NULL, NULL, NULL};

int bench_options_measure(const struct bench_options *o, int (*measure)(void *arg),
			  int (*report)(void *arg, FILE *out), void *arg)
{
	struct whole_file out;
	int lost = whole_file_open(&out, o->output), r = 0;

	if (lost)
		return lost;
	lost = measure(arg);
	if (!lost)
		r = report(arg, out.stream); /* the answer may be no, and is written */
	if (!lost && !bench_stats_had_memory())
		lost = fail("%s: out of memory for all figures",
			    o->output ? o->output : "standard output");
	lost = whole_file_close(&out, lost);
	return lost ? lost : r;
}
