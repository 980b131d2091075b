// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see bench/latch/run.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/latch/bpf.h"
#include "bench/latch/events.h"
#include "bench/latch/run.h"
#include "bench/latch/threads.h"
#include "host/clock.h"
#include "host/cpus.h"

#define CACHE_LINE 64
/* Alone, one loop should last as long; so many of them a round, of which the median counts. */
#define SOLO_NS 100000
#define SOLO_LOOPS 7

/* Is it the memory of a map? Peers in BPF have theirs elsewhere, out of reach. */
static bool is_mapped(const struct bench_result *r)
{
	return r->bpf && bench_bpf_memory(r->bpf);
}

/* Memory of the subject, ready and empty. */
static lk_u64 *memory_new(const struct bench_result *r)
{
	const struct bench_subject *s = r->subject;
	const struct bench_shape *shape = &r->load->shape;
	size_t bytes =
		(8 * s->loops->memory_words(shape) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	lk_u64 *memory = is_mapped(r) ? bench_bpf_memory(r->bpf) : aligned_alloc(CACHE_LINE, bytes);

	if (!memory)
		return NULL;
	memset(memory, 0, bytes);
	s->loops->begin(memory, shape);
	return memory;
}

static void memory_free(const struct bench_result *r, lk_u64 *memory)
{
	r->subject->loops->end(memory, &r->load->shape);
	if (!is_mapped(r))
		free(memory);
}

static bench_loop_fn *find_loop(const struct bench_result *r, bool writes, enum bench_context place)
{
	const struct bench_loops *loops = r->subject->loops;

	switch (place) {
	case BENCH_BPF:
		return writes ? bench_bpf_write : bench_bpf_read;
	case BENCH_SYSCALL:
		return r->subject->in_bpf_only ? loops->reader(&r->load->shape)
					       : bench_bpf_read_singly;
	case BENCH_RAW_TP:
	case BENCH_KPROBE:
		return bench_events_syscall;
	case BENCH_NMI:
		return bench_events_store;
	default:
		return (writes ? loops->writer : loops->reader)(&r->load->shape);
	}
}

/* Where number `which` of them runs. */
static enum bench_context place_of(const unsigned int *count, unsigned int which)
{
	int place = 0;

	while (place < BENCH_CONTEXTS - 1 && which >= count[place])
		which -= count[place++];
	return (enum bench_context)place;
}

/* Where the first of them runs, or would; by events only together with others. */
static enum bench_context first_place(const unsigned int *count)
{
	bool any = false;

	if (count[BENCH_SYSCALL] && !count[BENCH_USER] && !count[BENCH_BPF])
		return BENCH_SYSCALL;
	for (int place = BENCH_BPF; place < BENCH_CONTEXTS; place++)
		any |= count[place] > 0;
	return any && !count[BENCH_USER] ? BENCH_BPF : BENCH_USER;
}

static double loop_ns(bench_loop_fn *loop, lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	uint64_t start = clock_now_ns();

	loop(memory, count, t);
	return (double)(clock_now_ns() - start);
}

/* So many operations that a loop lasts SOLO_NS or more. */
static lk_u64 calibrate(bench_loop_fn *loop, lk_u64 *memory, struct bench_thread *t)
{
	lk_u64 count = 64;

	while (loop_ns(loop, memory, count, t) < SOLO_NS && count < 1ULL << 30)
		count *= 2;
	return count;
}

/* Nanoseconds of one operation with nobody else there; another loop is for the counters. */
static double solo(bench_loop_fn *loop, lk_u64 *memory, struct bench_thread *t,
		   struct bench_pmu_count *counts)
{
	lk_u64 count = calibrate(loop, memory, t);
	double ns[SOLO_LOOPS];

	for (int i = 0; i < SOLO_LOOPS; i++)
		ns[i] = loop_ns(loop, memory, count, t) / (double)count;
	bench_pmu_start();
	loop(memory, count, t);
	bench_pmu_stop(counts, (double)count);
	return bench_estimate_of(ns, SOLO_LOOPS).median;
}

/* The writer first: readers must find a record. */
static int alone(struct bench_result *r, lk_u64 *memory, double *value)
{
	const struct bench_loops *loops = r->subject->loops;
	struct bench_thread *t = malloc(sizeof(*t));
	int err = t ? cpu_pin(cpu_at(0, true)) : -ENOMEM;

	if (!err) {
		bench_thread_init(t);
		t->bpf = r->bpf;
		loops->enter();
		value[BENCH_WRITE_NS] = solo(find_loop(r, true, first_place(r->load->writers)),
					     memory, t, &r->write_counts);
		value[BENCH_READ_NS] = solo(find_loop(r, false, first_place(r->load->readers)),
					    memory, t, &r->read_counts);
		loops->leave();
	}
	cpu_unpin();
	free(t);
	return err;
}

/* Worker number i: first the writers, of user space and of BPF, then the readers. */
static void prepare_worker(struct bench_worker *w, const struct bench_result *r, unsigned int i,
			   lk_u64 *memory)
{
	const struct bench_load *load = r->load;
	bool writes = i < bench_load_writers(load);
	unsigned int which = writes ? i : i - bench_load_writers(load);
	enum bench_context place = place_of(writes ? load->writers : load->readers, which);

	bench_thread_init(&w->thread);
	/* Beyond what any writer before it has used in this memory. */
	w->thread.stamp = 1ULL << 48;
	w->subject = r->subject;
	w->memory = memory;
	w->cpu = cpu_at(i, load->oversubscribe);
	w->loop = find_loop(r, writes, place);
	w->batch = place == BENCH_USER || place == BENCH_SYSCALL ? 0
		   : place == BENCH_BPF				 ? BENCH_BPF_BATCH
								 : BENCH_EVENT_BATCH;
	w->thread.bpf = r->bpf;
	w->thread.event = place - BENCH_RAW_TP;
	w->thread.cpu = w->cpu;
	w->thread.place = i;
	if (writes && place == BENCH_USER && load->rate_per_s > 0)
		w->interval_ns = 1e9 / load->rate_per_s;
}

static void add_writer(struct bench_result *r, const struct bench_worker *w, double *value,
		       double *tried, bool warm_up)
{
	const struct bench_thread *t = &w->thread;

	value[BENCH_WRITES_PER_S] += (double)(t->done - t->refused) / w->seconds;
	value[BENCH_DROPS_PER_WRITE] += (double)t->refused; /* so far: how many */
	*tried += (double)t->done;
	if (!warm_up)
		bench_times_merge(&r->write_times, &w->times);
}

static void add_reader(struct bench_result *r, const struct bench_worker *w, double *value,
		       double *reads, bool warm_up)
{
	const struct bench_thread *t = &w->thread;
	lk_u64 retried = 0;

	value[BENCH_READS_PER_S] += (double)(t->done - t->gave_up) / w->seconds;
	value[BENCH_RETRIES_PER_READ] += (double)t->retries; /* so far: how many */
	*reads += (double)t->done;
	if (warm_up)
		return;
	r->checked += t->checked;
	r->torn += t->torn;
	bench_times_merge(&r->read_times, &w->times);
	for (unsigned int i = 1; i < BENCH_RETRIES; i++) {
		r->retried[i] += t->retried[i];
		retried += t->retried[i];
	}
	r->retried[0] += t->done - retried;
	if (t->retries_max > r->retries_max)
		r->retries_max = t->retries_max;
}

static int together(struct bench_result *r, lk_u64 *memory, double *value, bool warm_up)
{
	const struct bench_load *load = r->load;
	unsigned int writers = bench_load_writers(load), count = writers + bench_load_readers(load);
	struct bench_worker *w = calloc(count ? count : 1, sizeof(*w));
	double writes = 0, reads = 0;
	int err = w ? 0 : -ENOMEM;

	for (unsigned int i = 0; !err && i < count; i++)
		prepare_worker(&w[i], r, i, memory);
	for (unsigned int i = 0; !err && i < writers; i++)
		if (place_of(load->writers, i) >= BENCH_RAW_TP)
			err = bench_events_attach(r->bpf, &w[i].thread);
	if (!err && count)
		err = bench_workers_run(w, count, load->slice_ms);
	if (r->bpf)
		bench_events_detach(r->bpf);
	for (unsigned int i = 0; !err && i < count; i++) {
		if (i < writers)
			add_writer(r, &w[i], value, &writes, warm_up);
		else
			add_reader(r, &w[i], value, &reads, warm_up);
	}
	value[BENCH_DROPS_PER_WRITE] /= writes > 0 ? writes : 1;
	value[BENCH_RETRIES_PER_READ] /= reads > 0 ? reads : 1;
	free(w);
	return err;
}

int bench_round(struct bench_result *r, bool warm_up)
{
	double value[BENCH_METRICS] = {0};
	lk_u64 *memory;
	int err;

	if (r->skipped[0])
		return 0;
	memory = memory_new(r);
	err = memory ? 0 : -ENOMEM;
	if (!err)
		err = alone(r, memory, value);
	if (!err)
		err = together(r, memory, value, warm_up);
	if (memory)
		memory_free(r, memory);
	if (err || warm_up)
		return err;
	for (int m = 0; m < BENCH_METRICS; m++)
		r->value[m][r->rounds] = value[m];
	r->rounds++;
	return 0;
}
