// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rounds.c - see bench/core/rounds.h. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/rounds.h"
#include "cli/diag.h"
#include "host/clock.h"
#include "host/progress.h"

#define CLOCK_LOOKS 5
#define CLOCK_LEAST 1.8
#define CLOCK_MOST 2.2

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

bool bench_rounds_stopped(void)
{
	return stopped;
}

/* Work whose length is known: a chain of multiplications that no compiler shortens. */
static double work_ns(uint64_t steps)
{
	uint64_t start = clock_now_ns(), x = start;

	for (uint64_t i = 0; i < steps; i++) {
		x = x * 6364136223846793005ULL + 1;
		__asm__ volatile("" : "+r"(x));
	}
	return (double)(clock_now_ns() - start);
}

/* How many times as long twice the work takes. */
static double clock_factor(double *clock_ns)
{
	double ratio[15], cost[15];

	for (int i = 0; i < 15; i++) {
		double once = work_ns(200000), twice = work_ns(400000);
		uint64_t start = clock_now_ns();

		for (int j = 0; j < 100; j++)
			clock_now_ns();
		cost[i] = (double)(clock_now_ns() - start) / 101;
		ratio[i] = once > 0 ? twice / once : 0;
	}
	*clock_ns = bench_estimate_of(cost, 15).median;
	return bench_estimate_of(ratio, 15).median;
}

/*
 * Is the clock to be trusted? Twice the work must take about twice as long. Sets *clock_ns to what
 * reading it costs. Returns the exit code.
 */
static int check_clock(double *clock_ns)
{
	double factor = 0;

	/* A busy machine may disturb one look; a broken clock spoils all of them. */
	for (int i = 0; i < CLOCK_LOOKS; i++) {
		factor = clock_factor(clock_ns);
		if (factor > CLOCK_LEAST && factor < CLOCK_MOST)
			return EXIT_OK;
	}
	return fail("bench: twice the work took %.2f times as long: this clock cannot be trusted; "
		    "is the machine overloaded or the clock source broken? see "
		    "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		    factor);
}

/* -- rounds ----------------------------------------------------------------------------------- */

static bool result_init(struct bench_plan *plan, size_t i)
{
	struct bench_cell *c = bench_plan_cell(plan, i);

	c->subject = plan->subjects[i % plan->subjects_count];
	c->load = bench_plan_load(plan, i / plan->subjects_count);
	return bench_cell_init(c, plan->bench->metrics_count, plan->rounds) &&
	       !(plan->bench->result_init && plan->bench->result_init(plan, c));
}

static int prepare(struct bench_plan *plan)
{
	const struct bench *bench = plan->bench;
	struct bench_cell *none;

	plan->results = calloc(bench_plan_results(plan) + 1, bench->result_size);
	if (!plan->results)
		return fail("bench: out of memory");
	none = bench_plan_cell(plan, bench_plan_results(plan));
	none->subject = bench->subject(0);
	none->load = plan->loads;
	for (size_t i = 0; i < bench_plan_results(plan); i++)
		if (!result_init(plan, i))
			return fail("bench: out of memory");
	return bench->prepare ? bench->prepare(plan) : EXIT_OK;
}

static int measure(struct bench_plan *plan, size_t i, bool warm_up)
{
	double value[BENCH_METRICS_MAX] = {0};
	struct bench_cell *c = bench_plan_cell(plan, i);
	int err = c->skipped[0] ? 0 : plan->bench->round(plan, c, value, warm_up);

	if (err)
		return fail("bench: %s: %s", c->subject->name, strerror(-err));
	if (!warm_up && !c->skipped[0])
		bench_cell_add(c, value, plan->bench->metrics_count);
	return EXIT_OK;
}

/* Sets plan->measured to how many rounds have all there is: with none after ^C it fails. */
static int run_rounds(struct bench_plan *plan)
{
	void (*between)(struct bench_plan *, bool) = plan->bench->between;
	size_t count = bench_plan_results(plan), all = count * (plan->rounds + 1), done = 0;
	struct progress progress;
	int r = EXIT_OK;

	progress_begin(&progress, "measured");
	for (size_t round = 0; !r && !stopped && round <= plan->rounds; round++) {
		size_t i = 0;

		for (; !r && !stopped && i < count; i++) {
			r = measure(plan, i, round == 0);
			progress_show(&progress, ++done, all);
		}
		if (i < count || r)
			break;
		if (!stopped && between)
			between(plan, round == 0);
		if (stopped && between)
			break;
		plan->measured = round;
	}
	progress_end(&progress);
	if (!r && stopped && !plan->measured)
		r = fail("bench: stopped before the first round was complete: nothing to show");
	return r;
}

int bench_plan_run(struct bench_plan *plan)
{
	const struct sigaction action = {.sa_handler = on_signal};
	int r = check_clock(&plan->env.clock_ns);

	r = r ? r : prepare(plan);
	if (r)
		return r;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	r = run_rounds(plan);
	if (plan->bench->finish)
		plan->bench->finish(plan, r);
	plan->partial = stopped;
	for (size_t i = 0; i < bench_plan_results(plan); i++)
		if (bench_plan_cell(plan, i)->rounds > plan->measured)
			bench_plan_cell(plan, i)->rounds = plan->measured;
	bench_env_stop(&plan->env);
	return r;
}
