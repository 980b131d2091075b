// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench.c - see bench/trace/bench.h */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bench/trace/bench.h"
#include "cli/diag.h"
#include "host/clock.h"
#include "host/progress.h"

#define BATCH_NS 2e5
#define CALLS_MAX (1UL << 24)
/* What the kernel still has to do after attaching and detaching. */
#define SETTLE_MS 50

/* -- tracers ----------------------------------------------------------------------------------- */

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

/* Block the signals that ask to stop, and ignore SIGPIPE. */
static void block_signals(void)
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

/* Stay on the last CPU: the first tends to serve interrupts. Returns it, or -1 and errno. */
static int pin(void)
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

/* -- the measured calls ------------------------------------------------------------------------ */

static int zeros = -1; /* /dev/zero, which is read */

static double time_calls(enum bench_trace_call call, unsigned long calls)
{
	double start = (double)clock_now_ns();
	char byte;

	for (unsigned long i = 0; i < calls && call == BENCH_CALL_GETPPID; i++)
		syscall(SYS_getppid);
	for (unsigned long i = 0; i < calls && call == BENCH_CALL_READ; i++)
		syscall(SYS_read, zeros, &byte, 1);
	return ((double)clock_now_ns() - start) / (double)calls;
}

static double fastest(enum bench_trace_call call, unsigned long calls)
{
	double best = time_calls(call, calls);

	for (int i = 1; i < BENCH_TRACE_BATCHES; i++) {
		double ns = time_calls(call, calls);

		best = ns < best ? ns : best;
	}
	return best;
}

/* How many calls take BATCH_NS when nothing is attached. */
static unsigned long calibrate(enum bench_trace_call call)
{
	unsigned long calls = 1000;

	while (fastest(call, calls) * (double)calls < BATCH_NS && calls < CALLS_MAX)
		calls *= 2;
	return calls;
}

/* Returns nanoseconds a call; *made: how many calls there were. */
static double measure(const struct bench_trace *b, enum bench_trace_call call, long long *made)
{
	unsigned long calls = b->calls[call];

	time_calls(call, calls / 2);
	*made = (long long)(calls / 2 + BENCH_TRACE_BATCHES * calls);
	return fastest(call, calls);
}

static int measure_row(struct bench_trace *b, struct bench_trace_row *row, size_t round)
{
	struct bench_tracing *t = &row->tracing;
	long long made, seen;
	int r;

	if (t->skipped[0])
		return 0;
	r = t->tracer->attach ? t->tracer->attach(t) : 0;
	if (r)
		return r == BENCH_TRACER_SKIP ? 0 : r;
	bench_trace_stopped(SETTLE_MS);
	row->call_ns[round] = measure(b, t->tracer->call, &made);
	seen = t->tracer->detach ? t->tracer->detach(t) : -1;
	if (seen >= 0 && seen < made)
		bench_tracer_skip(t, "it saw only %lld of %lld calls", seen, made);
	return 0;
}

/* -- rounds ------------------------------------------------------------------------------------ */

static int add_rows(struct bench_trace *b)
{
	while (b->row_count < BENCH_TRACE_ROWS && bench_tracers[b->row_count].job) {
		struct bench_trace_row *row = &b->row[b->row_count];

		row->tracing.tracer = &bench_tracers[b->row_count++];
		row->call_ns = calloc(b->rounds + 1, sizeof(*row->call_ns));
		if (!row->call_ns)
			return fail("bench trace: out of memory");
	}
	return 0;
}

static int run_round(struct bench_trace *b, size_t round)
{
	int r = 0;

	for (size_t i = 0; !r && i < b->row_count && !b->interrupted; i++) {
		r = measure_row(b, &b->row[i], round);
		b->interrupted = bench_trace_stopped(0);
	}
	if (!r && !b->interrupted)
		b->measured = round;
	return r;
}

static int run_rounds(struct bench_trace *b)
{
	double start = (double)clock_now_ns(), now = start, round_ns = 0;
	struct progress progress;
	int r = 0;

	progress_begin(&progress, "rounds measured");
	for (size_t i = 0; !r && i <= b->rounds && !b->interrupted; i++) {
		if (i > 1 && now - start + round_ns > b->limit_s * 1e9)
			break;
		r = run_round(b, i);
		progress_show(&progress, i + 1, b->rounds + 1);
		round_ns = (double)clock_now_ns() - now;
		now += round_ns;
	}
	progress_end(&progress);
	if (!r && !b->measured)
		return fail("bench trace: interrupted before the first round was over");
	return r;
}

int bench_trace_run(struct bench_trace *b)
{
	int r;

	block_signals();
	b->cpu = pin();
	if (b->cpu < 0)
		return fail("bench trace: cannot stay on one CPU: %m");
	r = add_rows(b);
	if (r)
		return r;
	zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	if (zeros < 0)
		return fail("bench trace: /dev/zero: %m");
	for (int call = 0; call < BENCH_TRACE_CALLS; call++)
		b->calls[call] = calibrate((enum bench_trace_call)call);
	r = run_rounds(b);
	close(zeros);
	return r;
}

void bench_trace_free(struct bench_trace *b)
{
	for (size_t i = 0; i < b->row_count; i++)
		free(b->row[i].call_ns);
}

/* -- results ----------------------------------------------------------------------------------- */

const struct bench_trace_row *bench_trace_find(const struct bench_trace *b,
					       const struct bench_trace_row *of, const char *name)
{
	for (size_t i = 0; i < b->row_count; i++)
		if (strcmp(b->row[i].tracing.tracer->job, of->tracing.tracer->job) == 0 &&
		    strcmp(b->row[i].tracing.tracer->name, name) == 0)
			return &b->row[i];
	return NULL;
}

struct bench_estimate bench_trace_call_ns(const struct bench_trace *b,
					  const struct bench_trace_row *row)
{
	return bench_estimate_of(row->call_ns + 1, b->measured);
}

/* What a row adds in each round; the caller frees it. NULL when out of memory. */
static double *added(const struct bench_trace *b, const struct bench_trace_row *row)
{
	const struct bench_trace_row *none = row;
	double *ns = calloc(b->measured, sizeof(*ns));

	while (none > b->row && strcmp(none[-1].tracing.tracer->job, row->tracing.tracer->job) == 0)
		none--;
	for (size_t i = 0; ns && i < b->measured; i++)
		ns[i] = row->call_ns[i + 1] - none->call_ns[i + 1];
	return ns;
}

struct bench_estimate bench_trace_added_ns(const struct bench_trace *b,
					   const struct bench_trace_row *row)
{
	double *ns = added(b, row);
	struct bench_estimate e = bench_estimate_of(ns, ns ? b->measured : 0);

	free(ns);
	return e;
}

struct bench_estimate bench_trace_ratio(const struct bench_trace *b,
					const struct bench_trace_row *row,
					const struct bench_trace_row *unit)
{
	double *x = added(b, row), *y = added(b, unit);
	struct bench_estimate e = bench_ratio_of(x, y, x && y ? b->measured : 0);

	free(x);
	free(y);
	return e;
}
