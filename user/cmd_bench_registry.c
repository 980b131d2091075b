// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd_bench_registry.c - latchkit bench registry: its options. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench_registry_judge.h"
#include "bench_request.h"
#include "bench_threads.h"
#include "cmd_bench.h"
#include "diag.h"
#include "suggest.h"

enum {
	OPTION_ROUNDS = 256,
	OPTION_SLICE,
	OPTION_SHRINKER,
	OPTION_JSON,
	OPTION_CSV,
	OPTION_OVERSUBSCRIBE,
	OPTION_SCENARIO,
};

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

#define LIST_MAX 8

struct list {
	unsigned long values[LIST_MAX];
	size_t count;
};

struct command_line {
	struct bench_registry_plan plan;
	struct list threads, objects, writes, keys;
	bool shrinker, list;
	enum format format;
	const char *scenario, *output;
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

static const char doc[] =
	"Measure tables of objects that are found by an id: how many lookups get through, alone "
	"and at "
	"once, while objects are replaced and shed; how long single lookups take; and what an "
	"object "
	"takes of memory.\v"
	"Without SUBJECTs: all. Each round visits every subject once, so that what disturbs the "
	"machine disturbs all of them; the first round is dropped.";

static void add_value(struct argp_state *state, struct list *list, const char *what,
		      unsigned long value)
{
	if (list->count == LIST_MAX)
		argp_error(state, "%s: more than %d", what, LIST_MAX);
	list->values[list->count++] = value;
}

static void add_numbers(struct argp_state *state, struct list *list, const char *what, char *arg,
			unsigned long max)
{
	char *rest, *part = strtok_r(arg, ",", &rest);

	if (!part)
		argp_error(state, "%s: an empty list", what);
	for (; part; part = strtok_r(NULL, ",", &rest)) {
		/* No writes at all are a number, too. */
		if (list->count < LIST_MAX && max == 100 && strcmp(part, "0") == 0)
			list->values[list->count++] = 0;
		else
			add_value(state, list, what, bench_number(state, what, part, max));
	}
}

static void add_keys(struct argp_state *state, struct list *list, char *arg)
{
	char *rest, *part = strtok_r(arg, ",", &rest);

	if (!part)
		argp_error(state, "--keys: an empty list");
	for (; part; part = strtok_r(NULL, ",", &rest)) {
		unsigned long kind = 0;

		while (kind < BENCH_KEYS_KINDS && strcmp(bench_registry_keys_names[kind], part))
			kind++;
		if (kind == BENCH_KEYS_KINDS)
			argp_error(state, "--keys %s: none of uniform, hot, zipf", part);
		add_value(state, list, "--keys", kind);
	}
}

static void add_subject(struct argp_state *state, struct command_line *c, const char *arg)
{
	const struct bench_registry_subject *s = bench_registry_subject_find(arg);
	struct suggest near;

	if (c->plan.subjects_count == bench_registry_subjects_count())
		argp_error(state, "%s: more subjects than there are", arg);
	if (s) {
		c->plan.subjects[c->plan.subjects_count++] = s;
		return;
	}
	suggest_init(&near, arg);
	for (size_t i = 0; i < bench_registry_subjects_count(); i++)
		suggest_offer(&near, bench_registry_subject_get(i)->name);
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
		add_numbers(state, &c->threads, "--threads", arg, BENCH_REGISTRY_THREADS_MAX);
		break;
	case 'n':
		add_numbers(state, &c->objects, "--objects", arg, 10000000);
		break;
	case 'w':
		add_numbers(state, &c->writes, "--writes", arg, 100);
		break;
	case 'k':
		add_keys(state, &c->keys, arg);
		break;
	case OPTION_SHRINKER:
		c->shrinker = true;
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
	for (size_t i = 0; i < bench_registry_subjects_count(); i++) {
		const struct bench_registry_subject *s = bench_registry_subject_get(i);

		printf("%-14s %-9s %s\n", s->name, bench_registry_kind_names[s->kind], s->promise);
	}
	bench_registry_scenarios_list(stdout);
	return EXIT_OK;
}

static int add_load(struct bench_registry_plan *plan, struct bench_registry_load load, bool all)
{
	unsigned int count = load.threads + load.shrinker;

	if (count > bench_cpus() && !plan->oversubscribe) {
		/* Of all counts those that fit. */
		if (all && load.threads > 1)
			return EXIT_OK;
		return fail_usage("bench registry: %u threads, and %u CPUs to run them on: ask for "
				  "fewer, or add --oversubscribe",
				  count, bench_cpus());
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

static int request(struct command_line *c)
{
	bool all = !c->threads.count;

	for (unsigned int n = 1; all && n <= bench_cpus() && c->threads.count < LIST_MAX; n++)
		c->threads.values[c->threads.count++] = n;
	if (!c->objects.count)
		c->objects = (struct list){{1000, 100000}, 2};
	if (!c->keys.count)
		c->keys.count = 1; /* uniform */
	if (!c->writes.count)
		c->writes.count = 1; /* 0 */
	if (!c->plan.subjects_count)
		for (size_t i = 0; i < bench_registry_subjects_count(); i++)
			c->plan.subjects[c->plan.subjects_count++] = bench_registry_subject_get(i);
	return make_loads(c, all);
}

static int report(const struct command_line *c, const struct bench_registry_scenario *scenario,
		  FILE *out)
{
	int r = EXIT_OK;

	if (c->format == FORMAT_JSON)
		bench_registry_report_json(&c->plan, out);
	else if (c->format == FORMAT_CSV)
		bench_registry_report_csv(&c->plan, out);
	else
		bench_registry_report_table(&c->plan, out);
	if (scenario && c->format != FORMAT_CSV)
		r = bench_registry_scenario_answer(scenario, &c->plan, out,
						   c->format == FORMAT_JSON);
	if (fflush(out) || ferror(out))
		return fail("%s: cannot write: %s", c->output ? c->output : "standard output",
			    strerror(errno));
	return r;
}

/* Where it goes is opened first: nobody waits for results that cannot be kept. */
static int measure(struct command_line *c, const struct bench_registry_scenario *scenario)
{
	FILE *out = c->output ? fopen(c->output, "we") : stdout;
	int r;

	if (!out)
		return fail("%s: cannot write: %s", c->output, strerror(errno));
	r = bench_registry_plan_run(&c->plan);
	r = r ? r : report(c, scenario, out);
	if (c->output)
		fclose(out);
	return r;
}

static int run(struct command_line *c)
{
	const struct bench_registry_scenario *scenario;
	int r;

	if (c->list)
		return list();
	if (!c->scenario) {
		r = request(c);
		return r ? r : measure(c, NULL);
	}
	if (c->plan.subjects_count || c->threads.count || c->objects.count || c->keys.count ||
	    c->writes.count || c->shrinker)
		return fail_usage(
			"bench registry: --scenario %s: a scenario names its subjects and "
			"loads itself",
			c->scenario);
	scenario = bench_registry_scenario_find(c->scenario);
	if (!scenario)
		return EXIT_FAILED;
	r = bench_registry_scenario_plan(scenario, &c->plan);
	return r ? r : measure(c, scenario);
}

int cmd_bench_registry(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, "[SUBJECT]...", doc, NULL,
					 NULL,	  NULL};
	struct command_line *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return fail("bench: out of memory");
	c->plan.rounds = 15;
	c->plan.slice_ms = 20;
	c->plan.subjects = calloc(bench_registry_subjects_count() + 1, sizeof(void *));
	if (!c->plan.subjects) {
		free(c);
		return fail("bench: out of memory");
	}
	bench_env_start(&c->plan.env, argc, argv);
	r = argp_parse(&argp, argc, argv, 0, NULL, c) ? EXIT_USAGE : run(c);
	bench_registry_plan_free(&c->plan);
	free(c);
	return r;
}
