// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench registry: its options. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/options.h"
#include "bench/registry/judge.h"
#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "host/cpus.h"
#include "bench/registry/json.h"
#include "bench/registry/table.h"
#include "bench/registry/keys.h"
#include "bench/registry/scenario.h"
#include "cli/numbers.h"

enum { OPTION_SHRINKER = 256, OPTION_SCENARIO };

#define LIST_MAX 8

struct list {
	unsigned long values[LIST_MAX];
	size_t count;
};

struct command_line {
	struct bench_options options;
	struct bench_registry_plan plan;
	struct list threads, objects, writes, keys;
	bool shrinker;
	const char *scenario_name;
	struct bench_scenario *scenario; /* NULL: none */
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"threads", 't', "N,...", 0, "how many threads look up at once (1 to the number of CPUs)",
	 1},
	{"objects", 'n', "N,...", 0, "how many objects there are (1000,100000)", 1},
	{"keys", 'k', "KIND,...", 0, "which are looked up: uniform, hot, zipf (uniform)", 1},
	{"writes", 'w', "PERCENT,...", 0,
	 "how many operations of 100 delete an object and insert it anew (0)", 1},
	{"shrinker", OPTION_SHRINKER, NULL, 0,
	 "the same again while another thread sheds, flat out", 1},
	{"scenario", OPTION_SCENARIO, "NAME", 0,
	 "judge a claim: S4.1 ... S4.6, bars, bpf (see --list)", 1},
	{0},
};

static const char doc[] =
	"Measure tables of objects that are found by an id: how many lookups get through, alone "
	"and at once, while objects are replaced and shed; how long single lookups take; and what "
	"an object takes of memory.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static void add_value(struct argp_state *state, struct list *list, const char *what,
		      unsigned long value)
{
	if (list->count == LIST_MAX)
		argp_error(state, "%s: more than %d", what, LIST_MAX);
	list->values[list->count++] = value;
}

static void add_threads(struct argp_state *state, void *list, const char *arg)
{
	add_value(state, list, "--threads",
		  number_option(state, "--threads", arg, BENCH_REGISTRY_THREADS_MAX));
}

static void add_objects(struct argp_state *state, void *list, const char *arg)
{
	add_value(state, list, "--objects", number_option(state, "--objects", arg, 10000000));
}

/* No writes at all are a number, too. */
static void add_writes(struct argp_state *state, void *list, const char *arg)
{
	add_value(state, list, "--writes",
		  strcmp(arg, "0") == 0 ? 0 : number_option(state, "--writes", arg, 100));
}

static void add_keys(struct argp_state *state, void *list, const char *arg)
{
	unsigned long kind = 0;

	while (kind < BENCH_KEYS_KINDS && strcmp(bench_registry_keys_names[kind], arg) != 0)
		kind++;
	if (kind == BENCH_KEYS_KINDS)
		argp_error(state, "--keys %s: none of uniform, hot, zipf", arg);
	add_value(state, list, "--keys", kind);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &c->options;
		break;
	case 't':
		bench_each(state, &c->threads, "--threads", arg, add_threads);
		break;
	case 'n':
		bench_each(state, &c->objects, "--objects", arg, add_objects);
		break;
	case 'w':
		bench_each(state, &c->writes, "--writes", arg, add_writes);
		break;
	case 'k':
		bench_each(state, &c->keys, "--keys", arg, add_keys);
		break;
	case OPTION_SHRINKER:
		c->shrinker = true;
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
	return bench_registry_subject_get(i)->name;
}

static int list(void)
{
	for (size_t i = 0; i < bench_registry_subjects_count(); i++) {
		const struct bench_registry_subject *s = bench_registry_subject_get(i);

		printf("%-14s %-9s %s\n", s->name, bench_registry_kind_names[s->kind], s->promise);
	}
	bench_scenarios_list(bench_registry_scenarios, 14, stdout);
	return EXIT_OK;
}

static int add_load(struct bench_registry_plan *plan, struct bench_registry_load load, bool all)
{
	unsigned int count = load.threads + load.shrinker;

	if (count > cpus_count() && !plan->oversubscribe) {
		/* Of all counts those that fit. */
		if (all && load.threads > 1)
			return EXIT_OK;
		return fail_usage("bench registry: %u threads, and %u CPUs to run them on: ask for "
				  "fewer, or add --oversubscribe",
				  count, cpus_count());
	}
	if (plan->loads_count == BENCH_REGISTRY_LOADS)
		return fail_usage("bench registry: more than %d loads: ask for fewer",
				  BENCH_REGISTRY_LOADS);
	plan->loads[plan->loads_count++] = load;
	return EXIT_OK;
}

/* Every combination. */
static int make_loads(struct command_line *c, bool all)
{
	int r = EXIT_OK;

	for (size_t n = 0; n < c->objects.count; n++)
		for (size_t k = 0; k < c->keys.count; k++)
			for (size_t w = 0; w < c->writes.count; w++)
				for (int s = 0; s <= c->shrinker; s++)
					for (size_t t = 0; !r && t < c->threads.count; t++)
						r = add_load(
							&c->plan,
							(struct bench_registry_load){
								(unsigned int)c->threads.values[t],
								c->objects.values[n],
								(enum bench_registry_keys)
									c->keys.values[k],
								(unsigned int)c->writes.values[w],
								s},
							all);
	return r;
}

static void take_subjects(struct command_line *c)
{
	struct bench_registry_plan *plan = &c->plan;
	bool all = !c->options.chosen_count;
	size_t count = all ? bench_registry_subjects_count() : c->options.chosen_count;

	for (size_t i = 0; i < count; i++)
		plan->subjects[plan->subjects_count++] =
			bench_registry_subject_get(all ? i : c->options.chosen[i]);
}

/* What the command line asks for, or else the defaults. */
static int request(struct command_line *c)
{
	bool all = !c->threads.count;

	for (unsigned int n = 1; all && n <= cpus_count() && c->threads.count < LIST_MAX; n++)
		c->threads.values[c->threads.count++] = n;
	if (!c->objects.count)
		c->objects = (struct list){{1000, 100000}, 2};
	if (!c->keys.count)
		c->keys.count = 1; /* uniform */
	if (!c->writes.count)
		c->writes.count = 1; /* 0 */
	take_subjects(c);
	return make_loads(c, all);
}

static int measure(void *arg)
{
	struct command_line *c = arg;

	return bench_registry_plan_run(&c->plan);
}

static int report(void *arg, FILE *out)
{
	const struct command_line *c = arg;
	enum bench_format format = c->options.format;

	if (format == BENCH_JSON)
		bench_registry_report_json(&c->plan, out);
	else if (format == BENCH_CSV)
		bench_registry_report_csv(&c->plan, out);
	else
		bench_registry_report_table(&c->plan, out);
	return c->scenario && format != BENCH_CSV
		       ? bench_registry_scenario_answer(c->scenario, &c->plan, out,
							format == BENCH_JSON)
		       : EXIT_OK;
}

/* Subjects and loads are those of the command line, or of the scenario. */
static int make_plan(struct command_line *c)
{
	int r;

	c->plan.rounds = c->options.rounds;
	c->plan.slice_ms = c->options.slice_ms;
	c->plan.oversubscribe = c->options.oversubscribe;
	if (!c->scenario_name)
		return request(c);
	if (c->options.chosen_count || c->threads.count || c->objects.count || c->keys.count ||
	    c->writes.count || c->shrinker)
		return fail_usage(
			"bench registry: --scenario %s: a scenario names its subjects and "
			"loads itself",
			c->scenario_name);
	c->scenario = bench_scenario__new(bench_registry_scenarios, c->scenario_name, false, &r);
	return c->scenario ? bench_registry_scenario_plan(c->scenario, &c->plan) : r;
}

static int run(struct command_line *c)
{
	int r;

	if (c->options.list)
		return list();
	r = make_plan(c);
	return r ? r : bench_options_measure(&c->options, measure, report, c);
}

int cmd_bench_registry(int argc, char **argv)
{
	static const struct argp_child children[] = {{&bench_options_argp, 0, NULL, 0}, {0}};
	static const struct argp argp = {options, parse_option, "[SUBJECT]...", doc, children,
					 NULL,	  NULL};
	struct command_line *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return fail("bench: out of memory");
	r = bench_options_init(&c->options, bench_registry_subjects_count(), subject_name);
	c->plan.subjects = calloc(bench_registry_subjects_count() + 1, sizeof(void *));
	if (!r && !c->plan.subjects)
		r = fail("bench: out of memory");
	if (!r) {
		bench_env_start(&c->plan.env, argc, argv);
		r = arguments_parse(&argp, argc, argv, c) ? EXIT_FAILED : run(c);
	}
	bench_scenario__free(c->scenario);
	bench_registry_plan_free(&c->plan);
	bench_options_free(&c->options);
	free(c);
	return r;
}
