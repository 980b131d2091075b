// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_bench_latch.c - latchkit bench latch: its options, and the loads that they ask for. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench_plan.h"
#include "bench_report.h"
#include "bench_threads.h"
#include "commands.h"
#include "diag.h"
#include "suggest.h"

#define LIST_MAX 16

enum {
	OPTION_ROUNDS = 256,
	OPTION_SLICE,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_OVERSUBSCRIBE,
};

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

/* What the options say, before it becomes loads. */
struct request {
	struct bench_plan plan;
	unsigned int words[LIST_MAX];
	int words_count;
	double rates[LIST_MAX];
	int rates_count;
	bool workload[2]; /* publish, accumulate */
	struct bench_load load; /* what all loads have in common */
	bool writers_given, readers_given, list;
	enum format format;
	const char *output;
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"workload", 'w', "LIST", 0, "publish, accumulate (both)", 1},
	{"payload", 'b', "BYTES,...", 0, "size of the record: 8, 16, ... 1024 (64)", 1},
	{"writers", 'W', "WHERE:N,...", 0,
	 "who writes at once: user:N, bpf:N, raw_tp:N, kprobe:N, nmi:N, or none (user:1, then "
	 "bpf:1)",
	 1},
	{"readers", 'R', "WHERE:N,...", 0, "who reads meanwhile: mmap:N, bpf:N, or none (mmap:1)",
	 1},
	{"rate", 'r', "N,...", 0, "writes a second of each writing thread, or max (max)", 1},
	{NULL, 0, NULL, 0, "How:", 2},
	{"rounds", OPTION_ROUNDS, "N", 0, "measure everything N times (15)", 2},
	{"slice", OPTION_SLICE, "MS", 0, "let threads run for MS milliseconds each time (20)", 2},
	{"oversubscribe", OPTION_OVERSUBSCRIBE, NULL, 0, "allow more threads than CPUs", 2},
	{NULL, 0, NULL, 0, "How to show it:", 3},
	{"list", 'l', NULL, 0, "list the subjects and end", 3},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 3},
	{"csv", OPTION_CSV, NULL, 0, "one row for each result", 3},
	{"output", 'o', "FILE", 0, "write there instead of to standard output", 3},
	{0},
};

static const char doc[] =
	"Measure latches and their peers side by side: what a write and a read cost alone, and how "
	"many get through when threads write and read at once.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static unsigned long number(struct argp_state *state, const char *what, const char *arg,
			    unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(arg, &end, 10);
	if (errno || *arg < '0' || *arg > '9' || *end || !value || value > max)
		argp_error(state, "%s %s: not a whole number from 1 to %lu", what, arg, max);
	return value;
}

static void add_payload(struct argp_state *state, struct request *q, const char *arg)
{
	unsigned long bytes = number(state, "--payload", arg, 8 * LATCH_MAX_WORDS);

	if (bytes % 8)
		argp_error(state, "--payload %s: not a multiple of 8 bytes", arg);
	if (bytes & (bytes - 1))
		argp_error(state, "--payload %s: only powers of two are built in: 8 to 1024", arg);
	q->words[q->words_count++] = (unsigned int)bytes / 8;
}

static void add_rate(struct argp_state *state, struct request *q, const char *arg)
{
	double rate = 0;
	char *end;

	if (strcmp(arg, "max") != 0) {
		rate = strtod(arg, &end);
		if (*end || end == arg || !(rate >= 1 && rate <= 1e9))
			argp_error(state, "--rate %s: neither max nor 1 to 1e9 writes a second",
				   arg);
	}
	q->rates[q->rates_count++] = rate;
}

static void add_workload(struct argp_state *state, struct request *q, const char *arg)
{
	bool accumulate = strcmp(arg, "accumulate") == 0;

	if (!accumulate && strcmp(arg, "publish") != 0)
		argp_error(state, "--workload %s: neither publish nor accumulate", arg);
	q->workload[accumulate] = true;
}

/* Call fn with each part of a list with commas. */
static void each(struct argp_state *state, struct request *q, char *arg, const char *option,
		 void (*fn)(struct argp_state *, struct request *, const char *))
{
	char *rest, *part = strtok_r(arg, ",", &rest);
	int count = 0;

	if (!part)
		argp_error(state, "%s: an empty list", option);
	for (; part; part = strtok_r(NULL, ",", &rest)) {
		if (count++ == LIST_MAX)
			argp_error(state, "%s: more than %d", option, LIST_MAX);
		fn(state, q, part);
	}
}

static enum bench_place find_place(struct argp_state *state, const char *option, const char *arg,
				   bool writes)
{
	const int last = writes ? BENCH_PLACES : BENCH_BPF + 1;

	for (int place = writes ? BENCH_USER : BENCH_BPF; place < last; place++)
		if (strcmp(arg, bench_place_names[place]) == 0)
			return (enum bench_place)place;
	if (!writes && strcmp(arg, "mmap") == 0)
		return BENCH_USER;
	argp_error(state, "%s %s: none of %s", option, arg,
		   writes ? "user, bpf, raw_tp, kprobe, nmi" : "mmap, bpf");
	return BENCH_USER;
}

/* "WHERE:N,WHERE:N" or none. */
static void threads(struct argp_state *state, const char *option, char *arg, bool writes,
		    unsigned int *count)
{
	char *rest, *part = strtok_r(arg, ",", &rest);

	memset(count, 0, BENCH_PLACES * sizeof(*count));
	if (part && strcmp(part, "none") == 0)
		return;
	for (; part; part = strtok_r(NULL, ",", &rest)) {
		char *colon = strchr(part, ':');

		if (!colon)
			argp_error(state, "%s %s: write %s:N, bpf:N, ... or none", option, part,
				   writes ? "user" : "mmap");
		*colon = '\0';
		count[find_place(state, option, part, writes)] +=
			(unsigned int)number(state, option, colon + 1, 256);
	}
}

static void add_subject(struct argp_state *state, struct request *q, const char *arg)
{
	const struct bench_subject *s = bench_subject_find(arg);
	struct suggest near;

	if (s) {
		q->plan.subjects[q->plan.subjects_count++] = s;
		return;
	}
	suggest_init(&near, arg);
	for (size_t i = 0; i < bench_subjects_count(); i++)
		suggest_offer(&near, bench_subject_get(i)->name);
	if (suggest_best(&near))
		argp_error(state, "%s: no such subject; did you mean %s?", arg,
			   suggest_best(&near));
	argp_error(state, "%s: no such subject; --list shows them", arg);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct request *q = state->input;

	switch (key) {
	case 'w':
		each(state, q, arg, "--workload", add_workload);
		break;
	case 'b':
		each(state, q, arg, "--payload", add_payload);
		break;
	case 'r':
		each(state, q, arg, "--rate", add_rate);
		break;
	case 'W':
		threads(state, "--writers", arg, true, q->load.writers);
		q->writers_given = true;
		break;
	case 'R':
		threads(state, "--readers", arg, false, q->load.readers);
		q->readers_given = true;
		break;
	case OPTION_ROUNDS:
		q->plan.rounds = number(state, "--rounds", arg, 10000);
		break;
	case OPTION_SLICE:
		q->load.slice_ms = (unsigned int)number(state, "--slice", arg, 60000);
		break;
	case OPTION_OVERSUBSCRIBE:
		q->load.oversubscribe = true;
		break;
	case 'l':
		q->list = true;
		break;
	case OPTION_JSON:
	case OPTION_CSV:
		if (q->format != FORMAT_TABLE)
			argp_error(state, "--json, --csv: choose one");
		q->format = key == OPTION_JSON ? FORMAT_JSON : FORMAT_CSV;
		break;
	case 'o':
		q->output = arg;
		break;
	case ARGP_KEY_ARG:
		if (q->plan.subjects_count == bench_subjects_count())
			argp_error(state, "%s: more subjects than there are", arg);
		add_subject(state, q, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void fill_defaults(struct request *q)
{
	if (!q->words_count)
		q->words[q->words_count++] = 8;
	if (!q->rates_count)
		q->rates[q->rates_count++] = 0;
	if (!q->workload[0] && !q->workload[1])
		q->workload[0] = q->workload[1] = true;
	if (q->plan.subjects_count)
		return;
	for (size_t i = 0; i < bench_subjects_count(); i++)
		if (!bench_subject_get(i)->is_control)
			q->plan.subjects[q->plan.subjects_count++] = bench_subject_get(i);
}

static int add_load(struct request *q, bool accumulate, unsigned int words, double rate)
{
	struct bench_load load = q->load;

	if (q->plan.loads_count == BENCH_LOADS_MAX)
		return fail_usage(
			"bench latch: more than %d loads: ask for fewer payloads or rates",
			BENCH_LOADS_MAX);
	load.shape = (struct bench_shape){words, accumulate, bench_load_writers(&load) > 1};
	load.rate_per_s = rate;
	q->plan.loads[q->plan.loads_count++] = load;
	return EXIT_OK;
}

static int add_loads(struct request *q)
{
	unsigned int count = bench_load_writers(&q->load) + bench_load_readers(&q->load);
	int r = EXIT_OK;

	if (count > bench_cpus() && !q->load.oversubscribe)
		return fail_usage("bench latch: %u threads, and %u CPUs to run them on: ask for "
				  "fewer, or add --oversubscribe",
				  count, bench_cpus());
	for (int a = 0; a < 2; a++)
		for (int w = 0; q->workload[a] && w < q->words_count; w++)
			for (int i = 0; !r && i < q->rates_count; i++)
				r = add_load(q, a, q->words[w], q->rates[i]);
	return r;
}

/* Unless told where to write and read: user space alone, then a BPF program that writes. */
static int make_loads(struct request *q)
{
	int r;

	if (!q->readers_given)
		q->load.readers[BENCH_USER] = 1;
	if (q->writers_given)
		return add_loads(q);
	q->load.writers[BENCH_USER] = 1;
	r = add_loads(q);
	q->load.writers[BENCH_USER] = 0;
	q->load.writers[BENCH_BPF] = 1;
	return r ? r : add_loads(q);
}

static int list_subjects(void)
{
	for (size_t i = 0; i < bench_subjects_count(); i++) {
		const struct bench_subject *s = bench_subject_get(i);

		printf("%-22s %-6s %-10s %s\n", s->name, s->is_peer ? "peer" : "latch",
		       s->sound ? "sound" : "not sound", s->promise);
	}
	return EXIT_OK;
}

static int report(const struct request *q, FILE *out)
{
	int err;

	if (q->format == FORMAT_JSON)
		bench_report_json(&q->plan, out);
	else if (q->format == FORMAT_CSV)
		bench_report_csv(&q->plan, out);
	else
		bench_report_table(&q->plan, out);
	err = fflush(out) || ferror(out);
	return err ? fail("%s: cannot write: %s", q->output ? q->output : "standard output",
			  strerror(errno))
		   : EXIT_OK;
}

/* Where it goes is opened first: nobody waits for results that cannot be kept. */
static int measure(struct request *q)
{
	FILE *out = q->output ? fopen(q->output, "we") : stdout;
	int r;

	if (!out)
		return fail("%s: cannot write: %s", q->output, strerror(errno));
	r = bench_plan_run(&q->plan);
	r = r ? r : report(q, out);
	if (q->output)
		fclose(out);
	return r;
}

int cmd_bench_latch(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, "[SUBJECT]...", doc, NULL,
					 NULL,	  NULL};
	struct request q = {.plan = {.rounds = 15}, .load = {.slice_ms = 20}};
	int r;

	q.plan.subjects = calloc(bench_subjects_count(), sizeof(struct bench_subject *));
	if (!q.plan.subjects)
		return fail("bench: out of memory");
	bench_env_start(&q.plan.env, argc, argv);
	if (argp_parse(&argp, argc, argv, 0, NULL, &q))
		r = EXIT_USAGE;
	else if (q.list)
		r = list_subjects();
	else {
		fill_defaults(&q);
		r = make_loads(&q);
		r = r ? r : measure(&q);
	}
	bench_plan_free(&q.plan);
	return r;
}
