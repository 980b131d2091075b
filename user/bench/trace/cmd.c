// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench trace: its options; what was measured, as tables or as JSON lines. */
#include <argp.h>
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "bench/core/record.h"
#include "bench/trace/bench.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/json_line.h"
#include "cli/numbers.h"
#include "cli/output_end.h"

static bool is_peer(const struct bench_trace_row *row)
{
	return row->tracing.tracer->argv != NULL;
}

static bool is_named(const struct bench_trace_row *row, const char *name)
{
	return strcmp(row->tracing.tracer->name, name) == 0;
}

static bool was_measured(const struct bench_trace_row *row)
{
	return row && !row->tracing.skipped[0];
}

/* What `row` adds in units of what the row called `unit` does; count 0 if one of them is absent. */
static struct bench_estimate ratio_to(const struct bench_trace *b,
				      const struct bench_trace_row *row, const char *unit)
{
	const struct bench_trace_row *other = bench_trace_find(b, row, unit);

	if (!was_measured(row) || !was_measured(other) || row == other || is_named(row, "none"))
		return (struct bench_estimate){0};
	return bench_trace_ratio(b, row, other);
}

/* -- tables ------------------------------------------------------------------------------------ */

/* Append a median and its interval, or as much room. */
static void add_column(char *line, size_t size, const struct bench_estimate *e, int decimals)
{
	size_t used = strlen(line);
	char interval[40] = "", median[24] = "";

	if (e->count) {
		snprintf(median, sizeof(median), "%.*f", decimals, e->median);
		snprintf(interval, sizeof(interval), "[%.*f, %.*f]", decimals, e->low, decimals,
			 e->high);
	}
	snprintf(line + used, size - used, "  %7s %-17s", median, interval);
}

static void print_trimmed(char *line)
{
	size_t n = strlen(line);

	while (n && line[n - 1] == ' ')
		n--;
	printf("%.*s\n", (int)n, line);
}

static void print_row(const struct bench_trace *b, const struct bench_trace_row *row)
{
	const struct bench_trace_row *own = bench_trace_find(b, row, "latchkit");
	struct bench_estimate call = bench_trace_call_ns(b, row), added = {0}, own_ratio = {0};
	struct bench_estimate ratio = ratio_to(b, row, "empty");
	char line[200];

	if (!is_named(row, "none"))
		added = bench_trace_added_ns(b, row);
	if (is_peer(row))
		own_ratio = ratio_to(b, own, row->tracing.tracer->name);
	snprintf(line, sizeof(line), "%-17s", row->tracing.tracer->name);
	add_column(line, sizeof(line), &call, 1);
	add_column(line, sizeof(line), &added, 1);
	add_column(line, sizeof(line), &ratio, 2);
	add_column(line, sizeof(line), &own_ratio, 2);
	print_trimmed(line);
}

static void print_job(const struct bench_trace *b, size_t first, size_t end)
{
	printf("\n%-17s  %-25s  %-25s  %-25s  %s\n", b->row[first].tracing.tracer->job, "ns a call",
	       "ns added", "added / empty's", "latchkit's added / its");
	for (size_t i = first; i < end; i++)
		if (was_measured(&b->row[i]))
			print_row(b, &b->row[i]);
	for (size_t i = first; i < end; i++)
		if (was_measured(&b->row[i]) && !is_named(&b->row[i], "none"))
			printf("  %s: %s\n", b->row[i].tracing.tracer->name,
			       b->row[i].tracing.tracer->does);
	for (size_t i = first; i < end; i++)
		if (!was_measured(&b->row[i]))
			printf("  %s: %s\n", b->row[i].tracing.tracer->name,
			       b->row[i].tracing.skipped);
}

/* The row behind the last of the same job. */
static size_t job_end(const struct bench_trace *b, size_t first)
{
	size_t end = first;

	while (end < b->row_count &&
	       strcmp(b->row[end].tracing.tracer->job, b->row[first].tracing.tracer->job) == 0)
		end++;
	return end;
}

static const char *why_partial(const struct bench_trace *b)
{
	if (b->measured == b->rounds)
		return "";
	return b->interrupted ? "; PARTIAL: interrupted" : "; PARTIAL: out of time";
}

static void print_table(const struct bench_trace *b)
{
	printf("getppid on CPU %d, the fastest of %d batches of %lu calls in each round; of sums: "
	       "read of a byte of /dev/zero, %lu calls; %zu of %zu rounds, medians with 95 %% "
	       "intervals%s\n",
	       b->cpu, BENCH_TRACE_BATCHES, b->calls[BENCH_CALL_GETPPID], b->calls[BENCH_CALL_READ],
	       b->measured, b->rounds, why_partial(b));
	for (size_t i = 0; i < b->row_count; i = job_end(b, i))
		print_job(b, i, job_end(b, i));
}

/* -- JSON lines -------------------------------------------------------------------------------- */

/* Keys of_NAME: this row against each of the others that it is to be compared with. */
static void add_ratios(cJSON *to, const struct bench_trace *b, const struct bench_trace_row *row)
{
	for (size_t i = 0; i < b->row_count; i++) {
		const struct bench_tracer *other = b->row[i].tracing.tracer;
		struct bench_estimate ratio;
		char key[40];

		if (strcmp(other->job, row->tracing.tracer->job) ||
		    (!is_named(&b->row[i], "empty") &&
		     !(is_named(row, "latchkit") && is_peer(&b->row[i]))))
			continue;
		ratio = ratio_to(b, row, other->name);
		snprintf(key, sizeof(key), "of_%s", other->name);
		bench_json_estimate(to, key, ratio, NULL);
	}
}

static cJSON *row_json(const struct bench_trace *b, const struct bench_trace_row *row)
{
	const struct bench_tracer *tracer = row->tracing.tracer;
	struct bench_estimate call = bench_trace_call_ns(b, row), added;
	cJSON *o = cJSON_CreateObject();
	bool skipped = !was_measured(row);

	cJSON_AddStringToObject(o, "type", skipped ? "skipped" : "trace_cost");
	cJSON_AddStringToObject(o, "job", tracer->job);
	cJSON_AddStringToObject(o, "tool", tracer->name);
	if (skipped) {
		cJSON_AddStringToObject(o, "reason", row->tracing.skipped);
		return o;
	}
	cJSON_AddStringToObject(o, "does", tracer->does);
	cJSON_AddNumberToObject(o, "rounds", (double)b->measured);
	cJSON_AddBoolToObject(o, "partial", b->measured < b->rounds);
	bench_json_estimate(o, "call_ns", call, NULL);
	if (is_named(row, "none"))
		return o;
	added = bench_trace_added_ns(b, row);
	bench_json_estimate(o, "added_ns", added, NULL);
	add_ratios(o, b, row);
	return o;
}

static void print_json(const struct bench_trace *b)
{
	for (size_t i = 0; i < b->row_count; i++)
		json_line_print(row_json(b, &b->row[i]), stdout);
}

/* -- the command line ------------------------------------------------------------------------- */

#define ROUNDS_MAX 10000

enum { OPTION_ROUNDS = 256, OPTION_JSON };

struct request {
	struct bench_trace bench;
	bool json;
};

static const struct argp_option options[] = {
	{"rounds", OPTION_ROUNDS, "N", 0, "measure everything N times (15)", 0},
	{"duration", 'd', "SECONDS", 0, "begin no round that would end later (120)", 0},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 0},
	{0},
};

static const char doc[] = "Measure what tracing adds to a system call: latchkit's programs beside "
			  "empty ones and, where "
			  "installed, bpftrace and syscount.\v"
			  "Five jobs: count system calls, and keep a histogram of how long they "
			  "take; both by the name of the thread that makes them; and the sum of "
			  "what read returns by that name. Each round visits all, so that what "
			  "disturbs the machine disturbs all; the first round is "
			  "dropped. Everything "
			  "that traces system calls meanwhile spoils the result.";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct request *q = state->input;

	switch (key) {
	case OPTION_ROUNDS:
		q->bench.rounds = number_option(state, "--rounds", arg, ROUNDS_MAX);
		return 0;
	case 'd':
		q->bench.limit_s = seconds_option(state, "-d", arg, 0, 1e6);
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
		print_json(&q->bench);
	else
		print_table(&q->bench);
	return output_end(stdout, NULL);
}

int cmd_bench_trace(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, NULL, doc, NULL, NULL, NULL};
	struct request q = {.bench = {.rounds = 15, .limit_s = 120}};
	int r;

	if (arguments_parse(&argp, argc, argv, &q))
		return EXIT_FAILED;
	r = bench_trace_run(&q.bench);
	r = r ? r : report(&q);
	bench_trace_free(&q.bench);
	return r;
}
