// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* rounds.c - see bench/core/rounds.h. */
#include <signal.h>

#include "bench/core/rounds.h"
#include "bench/core/stats.h"
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

int bench_rounds_check_clock(double *clock_ns)
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

int bench_rounds_run(const struct bench_rounds *r, size_t *complete)
{
	const struct sigaction action = {.sa_handler = on_signal};
	size_t all = r->count * (r->rounds + 1), done = 0;
	struct progress progress;
	int err = EXIT_OK;

	*complete = 0;
	progress_begin(&progress, "measured");
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	for (size_t round = 0; !err && !stopped && round <= r->rounds; round++) {
		size_t i = 0;

		for (; !err && !stopped && i < r->count; i++) {
			err = r->measure(r->arg, i, round == 0);
			progress_show(&progress, ++done, all);
		}
		if (i < r->count || err)
			break;
		if (!stopped && r->between)
			r->between(r->arg, round == 0);
		if (stopped && r->between)
			break;
		*complete = round;
	}
	progress_end(&progress);
	if (!err && stopped && !*complete)
		err = fail("bench: stopped before the first round was complete: nothing to show");
	return err;
}
