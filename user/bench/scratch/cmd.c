// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench scratch: what it is made of; see bench/core/plan.h. */
#include "bench/core/command.h"
#include "bench/core/scenario.h"
#include "bench/scratch/judge.h"
#include "bench/scratch/run.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/numbers.h"

/* Numbers of each option. */
#define NUMBERS_MAX 8

#define SCRATCH(subject, since, runs, kind, text) \
	{.name = #subject, \
	 .label = since, \
	 .promise = text, \
	 .ops = &(const struct bench_scratch_ops){runs, BENCH_SCRATCH_##kind}},
static const struct bench_subject subjects[] = {
#include "bench/scratch/subjects.def"
};

static const struct bench_subject *subject(size_t i)
{
	return i < sizeof(subjects) / sizeof(subjects[0]) ? &subjects[i] : NULL;
}

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"ways", 'w', "N,...", 0, "how many buffers each CPU has: 1, 2, 4, 8 (all)", 1},
	{"scenario", BENCH_OPTION_SCENARIO, "NAME", 0, "judge a claim: bars, ways (see --list)", 1},
	{0},
};

static const char doc[] =
	"Measure what getting 2 KiB of scratch memory costs a BPF program: by latchkit/scratch.h "
	"and by what is done instead. How many of its claims are refused when each is interrupted "
	"by another with probability 1/2, for each number of ways." BENCH_DOC_END;

/* -- options ----------------------------------------------------------------------------------- */

static bool ways_exist(unsigned long long ways)
{
	return ways == 1 || ways == 2 || ways == 4 || ways == 8;
}

static void add_ways(struct argp_state *state, void *list, const char *arg)
{
	unsigned long ways = number_option(state, "--ways", arg, 32);

	if (!ways_exist(ways))
		argp_error(state, "--ways %s: 1, 2, 4 and 8 are built in", arg);
	bench_list_add(state, list, NUMBERS_MAX, "--ways", ways);
}

static error_t parse_option(struct bench_plan *plan, int key, char *arg, struct argp_state *state)
{
	if (key != 'w')
		return ARGP_ERR_UNKNOWN;
	bench_each(state, &bench_scratch_plan(plan)->ways, "--ways", arg, add_ways);
	return 0;
}

static bool was_asked(const struct bench_plan *plan)
{
	return bench_scratch_plan(plan)->ways.count;
}

static int make_loads(struct bench_plan *plan)
{
	struct bench_scratch_plan *own = bench_scratch_plan(plan);
	struct bench_scratch_load load = {.load.threads = 1};
	int r = 0;

	if (!own->ways.count)
		own->ways = (struct bench_list){{1, 2, 4, 8}, 4};
	for (size_t i = 0; !r && i < own->ways.count; i++) {
		load.ways = (unsigned int)own->ways.values[i];
		r = bench_add_load(plan, &load);
	}
	return r;
}

/* "WAYS" */
static bool take_load(void *load, char **words, int count)
{
	struct bench_scratch_load *l = load;
	unsigned long long ways;

	if (count != 1 || !number_parse(words[0], 10, 1, 32, &ways) || !ways_exist(ways))
		return false;
	l->ways = (unsigned int)ways;
	return true;
}

/* -- the bench --------------------------------------------------------------------------------- */

/* Is there anything that can be measured here? Before anybody waits for it. */
static int prepare(struct bench_plan *plan)
{
	const char *why = bench_scratch_refused(subject(0));

	(void)plan;
	return why ? fail("bench scratch: %s", why) : EXIT_OK;
}

BENCH_SCENARIOS(bench_scratch_scenarios, "user/bench/scratch/scenarios.txt");

#define JUDGE(which) &JUDGE_OF(which),
static const struct bench_judge *const judges[] = {
#include "bench/scratch/judges.def"
	NULL,
};

static const char *const metrics[BENCH_SCRATCH_METRICS] = {"ns"};

int cmd_bench_scratch(int argc, char **argv)
{
	static const struct bench bench = {
		.name = "scratch",
		.subject = subject,
		.name_width = 12,
		.label_width = 6,
		.plan_size = sizeof(struct bench_scratch_plan),
		.load_size = sizeof(struct bench_scratch_load),
		.result_size = sizeof(struct bench_scratch_result),
		.loads_max = NUMBERS_MAX,
		.metrics = metrics,
		.metrics_count = BENCH_SCRATCH_METRICS,
		.steady = BENCH_SCRATCH_NS + 1,
		.options = options,
		.doc = doc,
		.parse = parse_option,
		.make_loads = make_loads,
		.scenarios = bench_scratch_scenarios,
		.scenario_names = "subjects and loads",
		.asked = was_asked,
		.disturber = "",
		.take_load = take_load,
		.judges = judges,
		.prepare = prepare,
		.reports = &bench_scratch_reports,
		.round = bench_scratch_round,
	};

	return bench_command(&bench, argc, argv);
}
