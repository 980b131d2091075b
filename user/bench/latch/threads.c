// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* threads.c - see bench/latch/threads.h. */
#include "bench/core/slice.h"
#include "bench/latch/threads.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Operations between two looks at the phase, and loops between two timed operations. */
#define BATCH 256
#define LOOPS_PER_SAMPLE 8

static void timed_operation(struct bench_worker *w)
{
	uint64_t start = clock_now_ns();

	w->loop(w->memory, 1, &w->thread);
	bench_times_add(&w->times, clock_now_ns() - start);
}

static void work_flat_out(struct bench_worker *w)
{
	unsigned int i = 0;

	do {
		w->loop(w->memory, w->batch ? w->batch : BATCH, &w->thread);
		/* A single one from within a program would be timed with its system call. */
		if (!w->batch && i++ % LOOPS_PER_SAMPLE == 0)
			timed_operation(w);
	} while (bench_slice_on(w->slice));
}

/* One operation at each interval; what comes late is not made up for. */
static void work_paced(struct bench_worker *w)
{
	double next = (double)clock_now_ns();

	do {
		double now = (double)clock_now_ns();

		if (now < next)
			continue;
		timed_operation(w);
		next += w->interval_ns;
		if (next < now)
			next = now;
	} while (bench_slice_on(w->slice));
}

static void *worker_main(void *arg)
{
	struct bench_worker *w = arg;
	uint64_t start;

	cpu_pin(w->cpu);
	w->subject->loops->enter();
	bench_slice_begin(w->slice, NULL);
	start = clock_now_ns();
	if (w->interval_ns > 0)
		work_paced(w);
	else
		work_flat_out(w);
	w->seconds = (double)(clock_now_ns() - start) / 1e9;
	w->subject->loops->leave();
	return NULL;
}

int bench_workers_run(struct bench_worker *workers, unsigned int count, unsigned int ms)
{
	struct bench_slice slice = {0};

	for (unsigned int i = 0; i < count; i++)
		workers[i].slice = &slice;
	return bench_slice_run(&slice, worker_main, workers, sizeof(*workers), count, ms);
}
