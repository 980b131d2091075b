// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench dispatch: its options. */
#include <argp.h>
#include <stdlib.h>

#include "bench/dispatch/plan.h"
#include "bench/dispatch/scenario.h"
#include "bench/core/options.h"
#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "host/cpus.h"
#include "bench/dispatch/json.h"
#include "bench/dispatch/table.h"
#include "cli/numbers.h"

enum { OPTION_SWAPPER = 256, OPTION_NO_BPF, OPTION_SCENARIO };

#define COUNTS_MAX (DISPATCH_LOADS / 2)

struct command_line {
	struct bench_options options;
	struct dispatch_plan plan;
	unsigned int threads[COUNTS_MAX];
	size_t threads_count;
	bool swapper, no_bpf;
	const char *scenario_name;
	struct bench_scenario *scenario; /* NULL: none */
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"threads", 't', "N,...", 0, "how many threads call at once (1 to the number of CPUs)", 1},
	{"swapper", OPTION_SWAPPER, NULL, 0, "the same again while another thread swaps, flat out",
	 1},
	{"no-bpf", OPTION_NO_BPF, NULL, 0, "leave out the BPF programs (--csv shows none)", 1},
	{"scenario", OPTION_SCENARIO, "NAME", 0, "judge a claim: S0.1 ... S1.6, bars (see --list)",
	 1},
	{0},
};

static const char doc[] =
	"Measure ways to call a handler that can be swapped at run time: what a call costs, alone, "
	"with other threads and while a swapper runs flat out; how long single calls take; when a "
	"swap is seen; and whether calls of a handler go on after it was swapped out.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static void add_threads(struct argp_state *state, void *line, const char *arg)
{
	struct command_line *c = line;

	if (c->threads_count == COUNTS_MAX)
		argp_error(state, "--threads: more than %d", COUNTS_MAX);
	c->threads[c->threads_count++] =
		(unsigned int)number_option(state, "--threads", arg, DISPATCH_THREADS_MAX);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &c->options;
		break;
	case 't':
		bench_each(state, c, "--threads", arg, add_threads);
		break;
	case OPTION_SWAPPER:
		c->swapper = true;
		break;
	case OPTION_NO_BPF:
		c->no_bpf = true;
		break;
	case OPTION_SCENARIO:
		c->scenario_name = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const char *subject_name(size_t i)
{
	return dispatch_subject_get(i)->name;
}

static int list(void)
{
	for (size_t i = 0; i < dispatch_subjects_count(); i++) {
		const struct dispatch_subject *s = dispatch_subject_get(i);

		printf("%-20s %-9s %s\n", s->name, dispatch_kind_names[s->kind], s->promise);
	}
	bench_scenarios_list(dispatch_scenarios, 20, stdout);
	return EXIT_OK;
}

static int too_many(unsigned int threads)
{
	return fail_usage("bench dispatch: %u threads, and %u CPUs to run them on: ask for fewer, "
			  "or add --oversubscribe",
			  threads, cpus_count());
}

/* Every count of threads with nobody who swaps, then with a swapper where one is wanted. */
static int make_loads(struct command_line *c)
{
	struct dispatch_plan *plan = &c->plan;
	bool all = !c->threads_count;

	for (unsigned int n = 1; all && n <= cpus_count() && c->threads_count < COUNTS_MAX; n++)
		c->threads[c->threads_count++] = n;
	for (int swapper = 0; swapper <= c->swapper; swapper++) {
		for (size_t i = 0; i < c->threads_count; i++) {
			unsigned int count = c->threads[i] + (unsigned int)swapper;

			if (count > cpus_count() && !plan->oversubscribe) {
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

/* Those that were chosen, or all; and, where no subject was chosen, the programs. */
static void take_subjects(struct command_line *c)
{
	struct dispatch_plan *plan = &c->plan;
	bool all = !c->options.chosen_count;
	size_t count = all ? dispatch_subjects_count() : c->options.chosen_count;

	for (size_t i = 0; i < count; i++)
		plan->subjects[plan->subjects_count++] =
			dispatch_subject_get(all ? i : c->options.chosen[i]);
	plan->bpf = all && !c->no_bpf;
}

static int measure(void *arg)
{
	struct command_line *c = arg;

	return dispatch_plan_run(&c->plan);
}

static int report(void *arg, FILE *out)
{
	const struct command_line *c = arg;
	enum bench_format format = c->options.format;

	if (format == BENCH_JSON)
		dispatch_report_json(&c->plan, out);
	else if (format == BENCH_CSV)
		dispatch_report_csv(&c->plan, out);
	else
		dispatch_report_table(&c->plan, out);
	return c->scenario && format != BENCH_CSV
		       ? dispatch_scenario_answer(c->scenario, &c->plan, out, format == BENCH_JSON)
		       : EXIT_OK;
}

/* Subjects and loads are those of the command line, or of the scenario. */
static int make_plan(struct command_line *c)
{
	int r;

	c->plan.rounds = c->options.rounds;
	c->plan.slice_ms = c->options.slice_ms;
	c->plan.oversubscribe = c->options.oversubscribe;
	if (!c->scenario_name) {
		take_subjects(c);
		return make_loads(c);
	}
	if (c->options.chosen_count || c->threads_count || c->swapper)
		return fail_usage(
			"bench dispatch: --scenario %s: a scenario names its subjects and "
			"threads itself",
			c->scenario_name);
	c->scenario = bench_scenario__new(dispatch_scenarios, c->scenario_name, false, &r);
	return c->scenario ? dispatch_scenario_plan(c->scenario, &c->plan) : r;
}

static int run(struct command_line *c)
{
	int r;

	if (c->options.list)
		return list();
	r = make_plan(c);
	return r ? r : bench_options_measure(&c->options, measure, report, c);
}

int cmd_bench_dispatch(int argc, char **argv)
{
	static const struct argp_child children[] = {{&bench_options_argp, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse_option, "[SUBJECT]...", doc, children,
					 NULL,	  NULL};
	struct command_line c = {0};
	int r = bench_options_init(&c.options, dispatch_subjects_count(), subject_name);

	c.plan.subjects = calloc(dispatch_subjects_count() + 1, sizeof(struct dispatch_subject *));
	if (!r && !c.plan.subjects)
		r = fail("bench: out of memory");
	if (!r) {
		bench_env_start(&c.plan.env, argc, argv);
		r = arguments_parse(&argp, argc, argv, &c) ? EXIT_FAILED : run(&c);
	}
	bench_scenario__free(c.scenario);
	dispatch_plan_free(&c.plan);
	bench_options_free(&c.options);
	return r;
}
