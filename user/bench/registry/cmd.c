// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench registry: what it is made of; see bench/core/plan.h. */
#include <string.h>

#include "bench/core/command.h"
#include "bench/core/rounds.h"
#include "bench/core/scenario.h"
#include "bench/registry/judge.h"
#include "bench/registry/keys.h"
#include "bench/registry/run.h"
#include "cli/commands.h"
#include "cli/numbers.h"

#define OBJECTS_MAX 10000000
/* Numbers of each option. */
#define NUMBERS_MAX 8

#define PINNED "pinned"
#define SECTION "section"
#define LOCKED "locked"
#define COPIED "copied"

#define REGISTRY(subject, ...) extern const struct bench_registry_ops bench_registry_ops_##subject;
#include "bench/registry/subjects.def"
#undef REGISTRY

#define REGISTRY(subject, kind, text) \
	{.name = #subject, .label = kind, .promise = text, .ops = &bench_registry_ops_##subject},
static const struct bench_subject subjects[] = {
#include "bench/registry/subjects.def"
};

static const struct bench_subject *subject(size_t i)
{
	return i < sizeof(subjects) / sizeof(subjects[0]) ? &subjects[i] : NULL;
}

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"threads", 't', "N,...", 0, "how many threads look up at once (1 to the number of CPUs)",
	 1},
	{"objects", 'n', "N,...", 0, "how many objects there are (1000,100000)", 1},
	{"keys", 'k', "KIND,...", 0, "which are looked up: uniform, hot, zipf (uniform)", 1},
	{"writes", 'w', "PERCENT,...", 0,
	 "how many operations of 100 delete an object and insert it anew (0)", 1},
	{"shrinker", BENCH_OPTION_DISTURBER, NULL, 0,
	 "the same again while another thread sheds, flat out", 1},
	{"scenario", BENCH_OPTION_SCENARIO, "NAME", 0,
	 "judge a claim: S4.1 ... S4.6, bars, bpf (see --list)", 1},
	{0},
};

static const char doc[] =
	"Measure tables of objects that are found by an id: how many lookups get through, alone "
	"and at once, while objects are replaced and shed; how long single lookups take; and what "
	"an object takes of memory." BENCH_DOC_END;

static void add_objects(struct argp_state *state, void *list, const char *arg)
{
	bench_list_add(state, list, NUMBERS_MAX, "--objects",
		       number_option(state, "--objects", arg, OBJECTS_MAX));
}

/* No writes at all are a number, too. */
static void add_writes(struct argp_state *state, void *list, const char *arg)
{
	bench_list_add(state, list, NUMBERS_MAX, "--writes",
		       strcmp(arg, "0") == 0 ? 0 : number_option(state, "--writes", arg, 100));
}

/* Returns BENCH_KEYS_KINDS: none of that name. */
static unsigned int find_keys(const char *name)
{
	unsigned int kind = 0;

	while (kind < BENCH_KEYS_KINDS && strcmp(bench_registry_keys_names[kind], name) != 0)
		kind++;
	return kind;
}

static void add_keys(struct argp_state *state, void *list, const char *arg)
{
	unsigned int kind = find_keys(arg);

	if (kind == BENCH_KEYS_KINDS)
		argp_error(state, "--keys %s: none of uniform, hot, zipf", arg);
	bench_list_add(state, list, NUMBERS_MAX, "--keys", kind);
}

static error_t parse_option(struct bench_plan *plan, int key, char *arg, struct argp_state *state)
{
	struct bench_registry_plan *own = bench_registry_plan(plan);

	switch (key) {
	case 'n':
		bench_each(state, &own->objects, "--objects", arg, add_objects);
		break;
	case 'w':
		bench_each(state, &own->writes, "--writes", arg, add_writes);
		break;
	case 'k':
		bench_each(state, &own->keys_kinds, "--keys", arg, add_keys);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static bool was_asked(const struct bench_plan *plan)
{
	const struct bench_registry_plan *own = bench_registry_plan(plan);

	return own->objects.count || own->keys_kinds.count || own->writes.count;
}

/* Every combination of what the command line asks for, or else of the defaults. */
static int make_loads(struct bench_plan *plan)
{
	struct bench_registry_plan *own = bench_registry_plan(plan);
	struct bench_registry_load load = {0};
	int r = 0;

	if (!own->objects.count)
		own->objects = (struct bench_list){{1000, 100000}, 2};
	if (!own->keys_kinds.count)
		own->keys_kinds.count = 1; /* uniform */
	if (!own->writes.count)
		own->writes.count = 1; /* 0 */
	for (size_t n = 0; n < own->objects.count; n++) {
		for (size_t k = 0; k < own->keys_kinds.count; k++) {
			for (size_t w = 0; !r && w < own->writes.count; w++) {
				load.objects = own->objects.values[n];
				load.keys = (unsigned int)own->keys_kinds.values[k];
				load.writes = (unsigned int)own->writes.values[w];
				r = bench_add_loads_of_threads(plan, &load.load);
			}
		}
	}
	return r;
}

/* "OBJECTS KEYS" */
static bool take_load(void *load, char **words, int count)
{
	struct bench_registry_load *l = load;
	unsigned long long objects;

	if (count != 2 || !number_parse(words[0], 10, 1, OBJECTS_MAX, &objects))
		return false;
	l->objects = (size_t)objects;
	l->keys = find_keys(words[1]);
	return l->keys < BENCH_KEYS_KINDS;
}

static void measure_bpf(struct bench_plan *plan, bool warm_up)
{
	if (plan->bpf)
		bench_registry_bpf_round(&bench_registry_plan(plan)->in_bpf, plan->slice_ms,
					 warm_up, bench_rounds_stopped);
}

static void finish(struct bench_plan *plan, int err)
{
	(void)err;
	if (plan->bpf)
		plan->measured =
			bench_registry_bpf_drop(&bench_registry_plan(plan)->in_bpf, plan->measured);
}

BENCH_SCENARIOS(bench_registry_scenarios, "user/bench/registry/scenarios.txt");

#define JUDGE(which) extern const struct bench_judge JUDGE_OF(which);
#include "bench/registry/judges.def"
#undef JUDGE
#define JUDGE(which) &JUDGE_OF(which),
static const struct bench_judge *const judges[] = {
#include "bench/registry/judges.def"
	NULL,
};

static const char *const metrics[BENCH_REGISTRY_METRICS] = {"lookups_per_s", "replaces_per_s",
							    "sheds_per_s", "p99_ns"};

int cmd_bench_registry(int argc, char **argv)
{
	static const struct bench bench = {
		.name = "registry",
		.subject = subject,
		.name_width = 14,
		.label_width = 9,
		.plan_size = sizeof(struct bench_registry_plan),
		.load_size = sizeof(struct bench_registry_load),
		.result_size = sizeof(struct bench_registry_result),
		.loads_max = 64,
		.metrics = metrics,
		.metrics_count = BENCH_REGISTRY_METRICS,
		.steady = BENCH_LOOKUPS_PER_S + 1,
		.options = options,
		.doc = doc,
		.threads_max = NUMBERS_MAX,
		.parse = parse_option,
		.make_loads = make_loads,
		.scenarios = bench_registry_scenarios,
		.scenario_names = "subjects and loads",
		.asked = was_asked,
		.disturber = "shrinker",
		.take_load = take_load,
		.judges = judges,
		.result_init = bench_registry_result_init,
		.prepare = bench_registry_prepare,
		.release = bench_registry_release,
		.reports = &bench_registry_reports,
		.round = bench_registry_round,
		.between = measure_bpf,
		.finish = finish,
	};

	return bench_command(&bench, argc, argv);
}
