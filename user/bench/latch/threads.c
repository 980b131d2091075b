// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* threads.c - see bench/latch/threads.h. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bench/core/slice.h"
#include "bench/latch/threads.h"
#include "host/cpulist.h"

/* Operations between two looks at the phase, and loops between two timed operations. */
#define BATCH 256
#define LOOPS_PER_SAMPLE 8

uint64_t bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* The first of the CPUs that share a core with this one, itself if nobody says. */
static int first_sibling(int cpu)
{
	char path[96];
	int first = cpu;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
		 cpu);
	f = fopen(path, "re");
	if (!f)
		return cpu;
	if (fscanf(f, "%d", &first) != 1)
		first = cpu;
	fclose(f);
	return first;
}

/* All CPUs of this process, one of each core before the second of any. */
static unsigned int order_cpus(int *cpus)
{
	unsigned int count = 0;
	cpu_set_t set;

	if (sched_getaffinity(getpid(), sizeof(set), &set))
		return 0;
	for (int second = 0; second < 2; second++)
		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
			if (CPU_ISSET(cpu, &set) && (first_sibling(cpu) != cpu) == second)
				cpus[count++] = cpu;
	return count;
}

static int cpu_order[CPU_SETSIZE];
static unsigned int cpu_count;
static pthread_once_t cpu_once = PTHREAD_ONCE_INIT;

static void find_cpus(void)
{
	cpu_count = order_cpus(cpu_order);
}

unsigned int bench_cpus(void)
{
	pthread_once(&cpu_once, find_cpus);
	return cpu_count;
}

bool bench_cpus_share_cores(void)
{
	bool share = false;

	for (unsigned int i = 0; i < bench_cpus(); i++)
		share |= first_sibling(cpu_order[i]) != cpu_order[i];
	return share;
}

int bench_cpu(unsigned int i, bool oversubscribe)
{
	unsigned int count = bench_cpus();

	if (!count || (i >= count && !oversubscribe))
		return -1;
	return cpu_order[i % count];
}

int bench_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

void bench_unpin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned int i = 0; i < bench_cpus(); i++)
		CPU_SET(cpu_order[i], &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void timed_operation(struct bench_worker *w)
{
	uint64_t start = bench_now_ns();

	w->loop(w->memory, 1, &w->thread);
	bench_times_add(&w->times, bench_now_ns() - start);
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
	double next = (double)bench_now_ns();

	do {
		double now = (double)bench_now_ns();

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

	bench_pin(w->cpu);
	w->subject->loops->enter();
	bench_slice_begin(w->slice, NULL);
	start = bench_now_ns();
	if (w->interval_ns > 0)
		work_paced(w);
	else
		work_flat_out(w);
	w->seconds = (double)(bench_now_ns() - start) / 1e9;
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
