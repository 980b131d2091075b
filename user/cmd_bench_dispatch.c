// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_bench_dispatch.c - latchkit bench dispatch: its options. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench_dispatch.h"
#include "bench_dispatch_scenario.h"
#include "bench_request.h"
#include "bench_threads.h"
#include "cmd_bench.h"
#include "diag.h"
#include "suggest.h"

enum {
	OPTION_ROUNDS = 256,
	OPTION_SLICE,
	OPTION_SWAPPER,
	OPTION_NO_BPF,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_OVERSUBSCRIBE,
	OPTION_SCENARIO,
};

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

#define COUNTS_MAX (DISPATCH_LOADS / 2)

struct command_line {
	struct dispatch_plan plan;
	unsigned int threads[COUNTS_MAX];
	size_t threads_count;
	bool swapper, no_bpf, list;
	const char *scenario;
	enum format format;
	const char *output;
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"threads", 't', "N,...", 0, "how many threads call at once (1 to the number of CPUs)", 1},
	{"swapper", OPTION_SWAPPER, NULL, 0, "the same again while another thread swaps, flat out",
	 1},
	{"no-bpf", OPTION_NO_BPF, NULL, 0, "leave out the BPF programs", 1},
	{"scenario", OPTION_SCENARIO, "NAME", 0, "judge a claim: S0.1 ... S1.6, bars (see --list)",
	 1},
	{NULL, 0, NULL, 0, "How:", 2},
	{"rounds", OPTION_ROUNDS, "N", 0, "measure everything N times (15)", 2},
	{"slice", OPTION_SLICE, "MS", 0, "let threads run for MS milliseconds each time (20)", 2},
	{"oversubscribe", OPTION_OVERSUBSCRIBE, NULL, 0, "allow more threads than CPUs", 2},
	{NULL, 0, NULL, 0, "How to show it:", 3},
	{"list", 'l', NULL, 0, "list the subjects and the scenarios, and end", 3},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 3},
	{"csv", OPTION_CSV, NULL, 0, "one row for each result, without BPF", 3},
	{"output", 'o', "FILE", 0, "write there instead of to standard output", 3},
	{0},
};

static const char doc[] =
	"Measure ways to call a handler that can be swapped at run time: what a call costs, alone, "
	"with other threads and while a swapper runs flat out; how long single calls take; when a "
	"swap is seen; and whether calls of a handler go on after it was swapped out.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static void add_threads(struct argp_state *state, struct command_line *c, char *arg)
{
	char *rest, *part = strtok_r(arg, ",", &rest);

	if (!part)
		argp_error(state, "--threads: an empty list");
	for (; part; part = strtok_r(NULL, ",", &rest)) {
		if (c->threads_count == COUNTS_MAX)
			argp_error(state, "--threads: more than %d", COUNTS_MAX);
		c->threads[c->threads_count++] =
			(unsigned int)bench_number(state, "--threads", part, DISPATCH_THREADS_MAX);
	}
}

static void add_subject(struct argp_state *state, struct command_line *c, const char *arg)
{
	const struct dispatch_subject *s = dispatch_subject_find(arg);
	struct suggest near;

	if (c->plan.subjects_count == dispatch_subjects_count())
		argp_error(state, "%s: more subjects than there are", arg);
	if (s) {
		c->plan.subjects[c->plan.subjects_count++] = s;
		return;
	}
	suggest_init(&near, arg);
	for (size_t i = 0; i < dispatch_subjects_count(); i++)
		suggest_offer(&near, dispatch_subject_get(i)->name);
	if (suggest_best(&near))
		argp_error(state, "%s: no such subject; did you mean %s?", arg,
			   suggest_best(&near));
	argp_error(state, "%s: no such subject; --list shows them", arg);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;

	switch (key) {
	case 't':
		add_threads(state, c, arg);
		break;
	case OPTION_SWAPPER:
		c->swapper = true;
		break;
	case OPTION_NO_BPF:
		c->no_bpf = true;
		break;
	case OPTION_SCENARIO:
		c->scenario = arg;
		break;
	case OPTION_ROUNDS:
		c->plan.rounds = bench_number(state, "--rounds", arg, 10000);
		break;
	case OPTION_SLICE:
		c->plan.slice_ms = (unsigned int)bench_number(state, "--slice", arg, 60000);
		break;
	case OPTION_OVERSUBSCRIBE:
		c->plan.oversubscribe = true;
		break;
	case 'l':
		c->list = true;
		break;
	case OPTION_JSON:
	case OPTION_CSV:
		if (c->format != FORMAT_TABLE)
			argp_error(state, "--json, --csv: choose one");
		c->format = key == OPTION_JSON ? FORMAT_JSON : FORMAT_CSV;
		break;
	case 'o':
		c->output = arg;
		break;
	case ARGP_KEY_ARG:
		add_subject(state, c, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int list(void)
{
	for (size_t i = 0; i < dispatch_subjects_count(); i++) {
		const struct dispatch_subject *s = dispatch_subject_get(i);

		printf("%-20s %-9s %s\n", s->name, dispatch_kind_names[s->kind], s->promise);
	}
	dispatch_scenarios_list(stdout);
	return EXIT_OK;
}

static int too_many(unsigned int threads)
{
	return fail_usage("bench dispatch: %u threads, and %u CPUs to run them on: ask for fewer, "
			  "or add --oversubscribe",
			  threads, bench_cpus());
}

/* Every count of threads with nobody who swaps, then with a swapper where one is wanted. */
static int make_loads(struct command_line *c)
{
	struct dispatch_plan *plan = &c->plan;
	bool all = !c->threads_count;

	for (unsigned int n = 1; all && n <= bench_cpus() && c->threads_count < COUNTS_MAX; n++)
		c->threads[c->threads_count++] = n;
	for (int swapper = 0; swapper <= c->swapper; swapper++) {
		for (size_t i = 0; i < c->threads_count; i++) {
			unsigned int count = c->threads[i] + (unsigned int)swapper;

			if (count > bench_cpus() && !plan->oversubscribe) {
				if (!all || c->threads[i] == 1)
					return too_many(count);
				continue;
			}
			plan->loads[plan->loads_count++] =
				(struct dispatch_load){c->threads[i], swapper};
		}
	}
	return EXIT_OK;
}

static void take_all_subjects(struct dispatch_plan *plan)
{
	for (size_t i = 0; i < dispatch_subjects_count(); i++)
		plan->subjects[plan->subjects_count++] = dispatch_subject_get(i);
}

static int report(const struct command_line *c, const struct dispatch_scenario *scenario, FILE *out)
{
	int r = EXIT_OK;

	if (c->format == FORMAT_JSON)
		dispatch_report_json(&c->plan, out);
	else if (c->format == FORMAT_CSV)
		dispatch_report_csv(&c->plan, out);
	else
		dispatch_report_table(&c->plan, out);
	if (scenario && c->format != FORMAT_CSV)
		r = dispatch_scenario_answer(scenario, &c->plan, out, c->format == FORMAT_JSON);
	if (fflush(out) || ferror(out))
		return fail("%s: cannot write: %s", c->output ? c->output : "standard output",
			    strerror(errno));
	return r;
}

/* Where it goes is opened first: nobody waits for results that cannot be kept. */
static int measure(struct command_line *c, const struct dispatch_scenario *scenario)
{
	FILE *out = c->output ? fopen(c->output, "we") : stdout;
	int r;

	if (!out)
		return fail("%s: cannot write: %s", c->output, strerror(errno));
	r = dispatch_plan_run(&c->plan);
	r = r ? r : report(c, scenario, out);
	if (c->output)
		fclose(out);
	return r;
}

static int run(struct command_line *c)
{
	const struct dispatch_scenario *scenario;
	int r;

	if (c->list)
		return list();
	if (!c->scenario) {
		/* Subjects that were named are of user space. */
		c->plan.bpf = !c->no_bpf && !c->plan.subjects_count;
		r = make_loads(c);
		if (!c->plan.subjects_count)
			take_all_subjects(&c->plan);
		return r ? r : measure(c, NULL);
	}
	if (c->plan.subjects_count || c->threads_count || c->swapper)
		return fail_usage(
			"bench dispatch: --scenario %s: a scenario names its subjects and "
			"threads itself",
			c->scenario);
	scenario = dispatch_scenario_find(c->scenario);
	if (!scenario)
		return EXIT_FAILED;
	r = dispatch_scenario_plan(scenario, &c->plan);
	return r ? r : measure(c, scenario);
}

int cmd_bench_dispatch(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, "[SUBJECT]...", doc, NULL,
					 NULL,	  NULL};
	struct command_line c = {.plan = {.rounds = 15, .slice_ms = 20}};
	int r;

	c.plan.subjects = calloc(dispatch_subjects_count() + 1, sizeof(struct dispatch_subject *));
	if (!c.plan.subjects)
		return fail("bench: out of memory");
	bench_env_start(&c.plan.env, argc, argv);
	r = argp_parse(&argp, argc, argv, 0, NULL, &c) ? EXIT_USAGE : run(&c);
	dispatch_plan_free(&c.plan);
	return r;
}
