// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench dispatch: what it is made of; see bench/core/plan.h. */
#include "bench/core/command.h"
#include "bench/core/rounds.h"
#include "bench/core/scenario.h"
#include "bench/dispatch/bpf/events.h"
#include "bench/dispatch/run.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "host/clock.h"

enum { OPTION_NO_BPF = BENCH_OPTION_OWN };

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to measure:", 1},
	{"threads", 't', "N,...", 0, "how many threads call at once (1 to the number of CPUs)", 1},
	{"swapper", BENCH_OPTION_DISTURBER, NULL, 0,
	 "the same again while another thread swaps, flat out", 1},
	{"no-bpf", OPTION_NO_BPF, NULL, 0, "leave out the BPF programs (--csv shows none)", 1},
	{"scenario", BENCH_OPTION_SCENARIO, "NAME", 0,
	 "judge a claim: S0.1 ... S1.6, bars (see --list)", 1},
	{0},
};

static const char doc[] =
	"Measure ways to call a handler that can be swapped at run time: what a call costs, alone, "
	"with other threads and while a swapper runs flat out; how long single calls take; when a "
	"swap is seen; and whether calls of a handler go on after it was swapped "
	"out." BENCH_DOC_END;

static struct dispatch_plan *own(struct bench_plan *plan)
{
	return (struct dispatch_plan *)plan;
}

static error_t parse_option(struct bench_plan *plan, int key, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	if (key != OPTION_NO_BPF)
		return ARGP_ERR_UNKNOWN;
	own(plan)->no_bpf = true;
	return 0;
}

/* Where no subject was chosen, the programs, too. */
static int make_loads(struct bench_plan *plan)
{
	struct bench_load load = {0};

	plan->bpf = !plan->subjects_count && !own(plan)->no_bpf;
	return bench_add_loads_of_threads(plan, &load);
}

/* The processor's own clock, which counts at a fixed rate whatever its frequency is. */
static double tsc_ghz(void)
{
#ifdef __x86_64__
	uint64_t start_ns = clock_now_ns(), start = __builtin_ia32_rdtsc(), ns;

	while ((ns = clock_now_ns() - start_ns) < 10000000)
		;
	return (double)(__builtin_ia32_rdtsc() - start) / (double)ns;
#else
	return 0;
#endif
}

static int prepare(struct bench_plan *plan)
{
	if (plan->bpf && dispatch_bpf_open(&own(plan)->in_bpf, plan->rounds))
		return fail("bench: out of memory");
	plan->env.tsc_ghz = tsc_ghz();
	bench_pmu_open();
	return EXIT_OK;
}

static void measure_bpf(struct bench_plan *plan, bool warm_up)
{
	dispatch_bpf_round(&own(plan)->in_bpf, warm_up); /* of those that were opened */
}

static void finish(struct bench_plan *plan, int err)
{
	if (!err && !bench_rounds_stopped() && plan->bpf)
		dispatch_bpf_events(&own(plan)->in_bpf, bench_rounds_stopped);
}

static void release(struct bench_plan *plan)
{
	dispatch_bpf_close(&own(plan)->in_bpf);
}

BENCH_SCENARIOS(dispatch_scenarios, "user/bench/dispatch/scenarios.txt");

#define JUDGE(which) extern const struct bench_judge JUDGE_OF(which);
#include "bench/dispatch/judges.def"
#undef JUDGE
#define JUDGE(which) &JUDGE_OF(which),
static const struct bench_judge *const judges[] = {
#include "bench/dispatch/judges.def"
	NULL,
};

static const char *const metrics[DISPATCH_METRICS] = {"alone_ns", "calls_per_s", "swaps_per_s",
						      "visible_ns"};

int cmd_bench_dispatch(int argc, char **argv)
{
	static const struct bench bench = {
		.name = "dispatch",
		.subject = dispatch_subject,
		.name_width = 20,
		.label_width = 9,
		.plan_size = sizeof(struct dispatch_plan),
		.load_size = sizeof(struct bench_load),
		.result_size = sizeof(struct dispatch_result),
		.loads_max = 2 * BENCH_LIST_MAX,
		.metrics = metrics,
		.metrics_count = DISPATCH_METRICS,
		.steady = DISPATCH_CALLS_PER_S + 1,
		.options = options,
		.doc = doc,
		.threads_max = BENCH_LIST_MAX,
		.parse = parse_option,
		.make_loads = make_loads,
		.scenarios = dispatch_scenarios,
		.scenario_names = "subjects and threads",
		.disturber = "swapper",
		.judges = judges,
		.result_init = dispatch_result_init,
		.prepare = prepare,
		.release = release,
		.reports = &dispatch_reports,
		.round = dispatch_round,
		.between = measure_bpf,
		.finish = finish,
	};

	return bench_command(&bench, argc, argv);
}
