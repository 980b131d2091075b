// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tracing.c - see bench/trace/tracing.h. */
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "bench/trace/tracing.h"

int bench_tracer_skip(struct bench_tracing *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->skipped, sizeof(t->skipped), format, args);
	va_end(args);
	return BENCH_TRACER_SKIP;
}

/* -- signals: blocked, and asked for where it is convenient to stop ---------------------------- */

static sigset_t stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

void bench_trace_block_signals(void)
{
	sigset_t set = stop_signals();

	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGINT, SIG_DFL); /* a shell's background job is born ignoring it */
	signal(SIGPIPE, SIG_IGN);
}

bool bench_trace_stopped(unsigned int wait_ms)
{
	const struct timespec wait = {wait_ms / 1000, (long)(wait_ms % 1000) * 1000000};
	sigset_t set = stop_signals();
	static bool stopped;

	if (!stopped)
		stopped = sigtimedwait(&set, NULL, &wait) > 0;
	return stopped;
}

/* -- CPUs -------------------------------------------------------------------------------------- */

static cpu_set_t other_cpus; /* those that this process may use, without the measured one */

int bench_trace_pin(void)
{
	int cpu = CPU_SETSIZE - 1;
	cpu_set_t own;

	if (sched_getaffinity(0, sizeof(other_cpus), &other_cpus))
		return -1;
	while (cpu > 0 && !CPU_ISSET(cpu, &other_cpus))
		cpu--;
	CPU_ZERO(&own);
	CPU_SET(cpu, &own);
	if (CPU_COUNT(&other_cpus) > 1)
		CPU_CLR(cpu, &other_cpus);
	return sched_setaffinity(0, sizeof(own), &own) ? -1 : cpu;
}

void bench_trace_leave_cpu(void)
{
	sched_setaffinity(0, sizeof(other_cpus), &other_cpus);
}
