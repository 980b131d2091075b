// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench trace: its options. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/trace/bench.h"
#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/output_end.h"
#include "bench/trace/report.h"

#define ROUNDS_MAX 10000

enum { OPTION_ROUNDS = 256, OPTION_JSON };

struct request {
	struct bench_trace bench;
	bool json;
};

static const struct argp_option options[] = {
	{"rounds", OPTION_ROUNDS, "N", 0, "measure everything N times (15)", 0},
	{"duration", 'd', "SECONDS", 0, "begin no round that would end later (60)", 0},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 0},
	{0},
};

static const char doc[] = "Measure what tracing adds to a system call: latchkit's programs beside "
			  "empty ones and, where "
			  "installed, bpftrace and syscount.\v"
			  "Two jobs: count system calls, and keep a histogram of how long they "
			  "take. Each round visits "
			  "all, so that what disturbs the machine disturbs all; the first round is "
			  "dropped. Everything "
			  "that traces system calls meanwhile spoils the result.";

static void set_rounds(struct argp_state *state, struct request *q, const char *arg)
{
	unsigned long rounds;
	char *end;

	errno = 0;
	rounds = strtoul(arg, &end, 10);
	if (errno || *arg < '0' || *arg > '9' || *end || !rounds || rounds > ROUNDS_MAX)
		argp_error(state, "--rounds %s: not a whole number from 1 to %d", arg, ROUNDS_MAX);
	q->bench.rounds = rounds;
}

static void set_limit(struct argp_state *state, struct request *q, const char *arg)
{
	double limit;
	char *end;

	limit = strtod(arg, &end);
	if (*end || end == arg || !(limit > 0 && limit <= 1e6))
		argp_error(state, "-d %s: not a number of seconds above 0", arg);
	q->bench.limit_s = limit;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct request *q = state->input;

	switch (key) {
	case OPTION_ROUNDS:
		set_rounds(state, q, arg);
		return 0;
	case 'd':
		set_limit(state, q, arg);
		return 0;
	case OPTION_JSON:
		q->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "%s: bench trace takes no arguments; see --help", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int report(const struct request *q)
{
	if (q->json)
		bench_trace_report_json(&q->bench);
	else
		bench_trace_report_table(&q->bench);
	return output_end(stdout, NULL);
}

int cmd_bench_trace(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, NULL, doc, NULL, NULL, NULL};
	struct request q = {.bench = {.rounds = 15, .limit_s = 60}};
	int r;

	if (arguments_parse(&argp, argc, argv, &q))
		return EXIT_FAILED;
	r = bench_trace_run(&q.bench);
	r = r ? r : report(&q);
	bench_trace_free(&q.bench);
	return r;
}
