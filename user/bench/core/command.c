// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* command.c - see bench/core/command.h. */
#include <string.h>

#include "bench/core/claim.h"
#include "bench/core/command.h"
#include "bench/core/record.h"
#include "bench/core/rounds.h"
#include "bench/core/scenario.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/numbers.h"
#include "cli/suggest.h"
#include "cli/whole_file.h"
#include "host/cpus.h"

#define THREADS_MAX 63

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

/* -- options ---------------------------------------------------------------------------------- */

void bench_each(struct argp_state *state, void *data, const char *option, char *arg,
		void (*fn)(struct argp_state *state, void *data, const char *part))
{
	char *rest, *part = strtok_r(arg, ",", &rest);

	if (!part)
		argp_error(state, "%s: an empty list", option);
	for (; part; part = strtok_r(NULL, ",", &rest))
		fn(state, data, part);
}

void bench_list_add(struct argp_state *state, struct bench_list *list, size_t most,
		    const char *option, unsigned long value)
{
	if (list->count == most)
		argp_error(state, "%s: more than %zu", option, most);
	list->values[list->count++] = value;
}

static void add_threads(struct argp_state *state, void *data, const char *arg)
{
	struct bench_plan *plan = data;

	bench_list_add(state, &plan->threads, plan->bench->threads_max, "--threads",
		       number_option(state, "--threads", arg, THREADS_MAX));
}

static void add_subject(struct argp_state *state, struct bench_plan *plan, const char *arg)
{
	const struct bench *bench = plan->bench;
	const struct bench_subject *s = bench_subject_find(bench, arg);
	struct suggest near;

	if (plan->subjects_count == bench_subjects_count(bench))
		argp_error(state, "%s: more subjects than there are", arg);
	if (s) {
		plan->subjects[plan->subjects_count++] = s;
		return;
	}
	suggest_init(&near, arg);
	for (size_t i = 0; bench->subject(i); i++)
		suggest_offer(&near, bench->subject(i)->name);
	argp_error(state, "%s: no such subject; %s", arg, suggest_hint(&near, "--list shows them"));
}

/* What all benches have. */
static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	struct bench_plan *plan = state->input;

	switch (key) {
	case OPTION_ROUNDS:
		plan->rounds = number_option(state, "--rounds", arg, 10000);
		break;
	case OPTION_SLICE:
		plan->slice_ms = (unsigned int)number_option(state, "--slice", arg, 60000);
		break;
	case OPTION_OVERSUBSCRIBE:
		plan->oversubscribe = true;
		break;
	case 'l':
		plan->list = true;
		break;
	case OPTION_JSON:
	case OPTION_CSV:
		if (plan->format != BENCH_TABLE)
			argp_error(state, "--json, --csv: choose one");
		plan->format = key == OPTION_JSON ? BENCH_JSON : BENCH_CSV;
		break;
	case 'o':
		plan->output = arg;
		break;
	case ARGP_KEY_ARG:
		add_subject(state, plan, arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* What a bench lists. */
static error_t parse_listed(int key, char *arg, struct argp_state *state)
{
	struct bench_plan *plan = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = plan;
		break;
	case 't':
		bench_each(state, plan, "--threads", arg, add_threads);
		return 0;
	case BENCH_OPTION_DISTURBER:
		plan->disturber = true;
		return 0;
	case BENCH_OPTION_SCENARIO:
		plan->scenario_name = arg;
		return 0;
	}
	return plan->bench->parse ? plan->bench->parse(plan, key, arg, state) : ARGP_ERR_UNKNOWN;
}

static const struct argp common = {options, parse_common, NULL, NULL, NULL, NULL, NULL};

static int parse(struct bench_plan *plan, int argc, char **argv)
{
	const struct argp_child children[] = {
		{&common, 0, NULL, 0}, {plan->bench->child, 0, NULL, 0}, {0}};
	const struct argp argp = {.options = plan->bench->options,
				  .parser = parse_listed,
				  .args_doc = "[SUBJECT]...",
				  .doc = plan->bench->doc,
				  .children = children};

	return arguments_parse(&argp, argc, argv, plan);
}

/* -- what to measure -------------------------------------------------------------------------- */

int bench_check_cpus(const struct bench_plan *plan, unsigned int threads)
{
	if (threads <= cpus_count() || plan->oversubscribe)
		return EXIT_OK;
	return fail_usage("bench %s: %u threads, and %u CPUs to run them on: ask for fewer, or add "
			  "--oversubscribe",
			  plan->bench->name, threads, cpus_count());
}

int bench_add_loads_of_threads(struct bench_plan *plan, struct bench_load *load)
{
	struct bench_list threads = plan->threads;
	bool all = !threads.count;
	int r = EXIT_OK;

	for (unsigned int n = 1; all && n <= cpus_count() && n <= plan->bench->threads_max; n++)
		threads.values[threads.count++] = n;
	for (load->disturber = 0; load->disturber <= plan->disturber; load->disturber++) {
		for (size_t i = 0; !r && i < threads.count; i++) {
			load->threads = (unsigned int)threads.values[i];
			/* Of all counts those that fit. */
			if (all && load->threads > 1 && !plan->oversubscribe &&
			    load->threads + load->disturber > cpus_count())
				continue;
			r = bench_check_cpus(plan, load->threads + load->disturber);
			r = r ? r : bench_add_load(plan, load);
		}
	}
	return r;
}

static bool was_asked(const struct bench_plan *plan)
{
	return plan->subjects_count || plan->threads.count || plan->disturber ||
	       (plan->bench->asked && plan->bench->asked(plan));
}

/* Subjects and loads are those of the command line, or of the scenario. */
static int make_plan(struct bench_plan *plan)
{
	const struct bench *bench = plan->bench;
	int r;

	if (!plan->scenario_name) {
		r = bench->make_loads(plan);
		if (!plan->subjects_count)
			bench_plan_take_all(plan);
		return r;
	}
	if (was_asked(plan))
		return fail_usage("bench %s: --scenario %s: a scenario names its %s itself",
				  bench->name, plan->scenario_name, bench->scenario_names);
	plan->scenario = bench_scenario__new(bench->scenarios, plan->scenario_name,
					     bench->scenario_files, &r);
	return plan->scenario ? bench_scenario_plan(plan->scenario, plan) : r;
}

/* -- all of it -------------------------------------------------------------------------------- */

static int list(const struct bench *bench)
{
	const struct bench_subject *s;

	for (size_t i = 0; (s = bench->subject(i)); i++)
		printf("%-*s %-*s %s\n", bench->name_width, s->name, bench->label_width, s->label,
		       s->promise);
	bench_scenarios_list(bench->scenarios, bench->name_width, stdout);
	return EXIT_OK;
}

static int report(const struct bench_plan *plan, FILE *out)
{
	bench_report(plan, out);
	if (plan->scenario && plan->bench->judges && plan->format != BENCH_CSV)
		return bench_judge_scenario(plan->scenario, plan, out);
	if (plan->scenario && plan->bench->answer && plan->format == BENCH_TABLE)
		plan->bench->answer(plan, out);
	return EXIT_OK;
}

/* The file is opened first: nobody waits for results that cannot be kept. */
static int measure(struct bench_plan *plan)
{
	struct whole_file out;
	int lost = whole_file_open(&out, plan->output), r = 0;

	if (lost)
		return lost;
	lost = bench_plan_run(plan);
	if (!lost)
		r = report(plan, out.stream); /* the answer may be no, and is written */
	if (!lost && !bench_stats_had_memory())
		lost = fail("%s: out of memory for all figures",
			    plan->output ? plan->output : "standard output");
	lost = whole_file_close(&out, lost);
	return lost ? lost : r;
}

static int run(struct bench_plan *plan)
{
	int r;

	if (plan->list)
		return list(plan->bench);
	r = make_plan(plan);
	r = r ? r : measure(plan);
	return r || !plan->bench->after ? r : plan->bench->after(plan);
}

int bench_command(const struct bench *bench, int argc, char **argv)
{
	struct bench_plan *plan = bench_plan__new(bench);
	int r;

	if (!plan)
		return fail("bench: out of memory");
	bench_env_start(&plan->env, argc, argv);
	r = parse(plan, argc, argv);
	r = r ? r : run(plan);
	bench_scenario__free(plan->scenario);
	bench_plan__free(plan);
	return r;
}
