// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* pmu.c - see bench/core/pmu.h. */
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bench/core/pmu.h"
#include "bench/core/stats.h"
#include "host/clock.h"
#include "host/perf_event.h"

/* One loop should last as long; so many of them, of which the median counts. */
#define ALONE_NS 100000
#define ALONE_LOOPS 7

const char *const bench_pmu_names[BENCH_PMU_EVENTS] = {"cycles", "instructions", "cache_misses"};

/* One counter for each event; -1: there is none. */
static int fds[BENCH_PMU_EVENTS] = {-1, -1, -1};
static bool tried;

static int open_counter(uint64_t config)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = config,
		.disabled = 1,
		.exclude_hv = 1,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	int fd = perf_event_open(&attr, 0, -1);

	if (fd >= 0)
		return fd;
	attr.exclude_kernel = 1;
	return perf_event_open(&attr, 0, -1);
}

bool bench_pmu_open(void)
{
	static const uint64_t configs[BENCH_PMU_EVENTS] = {
		PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_CACHE_MISSES};
	bool any = false;

	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		if (!tried)
			fds[i] = open_counter(configs[i]);
		any |= fds[i] >= 0;
	}
	tried = true;
	return any;
}

static void start(void)
{
	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		if (fds[i] < 0)
			continue;
		ioctl(fds[i], PERF_EVENT_IOC_RESET, 0);
		ioctl(fds[i], PERF_EVENT_IOC_ENABLE, 0);
	}
}

static void stop(struct bench_pmu_count *into, double operations)
{
	static uint64_t before[BENCH_PMU_EVENTS][2]; /* the times are never reset */

	for (int i = 0; i < BENCH_PMU_EVENTS; i++) {
		uint64_t now[3], enabled, running; /* count, time enabled, time running */

		if (fds[i] < 0)
			continue;
		ioctl(fds[i], PERF_EVENT_IOC_DISABLE, 0);
		if (read(fds[i], now, sizeof(now)) != sizeof(now))
			continue;
		enabled = now[1] - before[i][0];
		running = now[2] - before[i][1];
		before[i][0] = now[1];
		before[i][1] = now[2];
		if (!running)
			continue;
		/* Counters that are shared run a part of the time. */
		into->total[i] += (double)now[0] * (double)enabled / (double)running;
		into->operations[i] += operations;
	}
}

static double loop_ns(void (*loop)(void *arg, uint64_t n), void *arg, uint64_t n)
{
	uint64_t start_ns = clock_now_ns();

	loop(arg, n);
	return (double)(clock_now_ns() - start_ns);
}

double bench_alone_ns(void (*loop)(void *arg, uint64_t n), void *arg, uint64_t few,
		      struct bench_pmu_count *counts)
{
	double ns[ALONE_LOOPS];
	uint64_t n = few;

	while (loop_ns(loop, arg, n) < ALONE_NS && n < 1ULL << 30)
		n *= 2;
	for (int i = 0; i < ALONE_LOOPS; i++)
		ns[i] = loop_ns(loop, arg, n) / (double)n;
	start();
	loop(arg, n);
	stop(counts, (double)n);
	return bench_estimate_of(ns, ALONE_LOOPS).median;
}

double bench_pmu_per_operation(const struct bench_pmu_count *c, enum bench_pmu_event event)
{
	return c->operations[event] > 0 ? c->total[event] / c->operations[event] : -1;
}
