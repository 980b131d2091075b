// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - one round of one subject under one load. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/dispatch/threads.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Alone, one loop should last as long; so many of them a round, of which the median counts. */
#define SOLO_NS 100000
#define SOLO_LOOPS 7

static int memory_new(const struct dispatch_result *r, struct dispatch_memory **m)
{
	const struct dispatch_ops *ops = r->subject->ops;
	int err;

	*m = aligned_alloc(DISPATCH_LINE, sizeof(**m));
	if (!*m)
		return -ENOMEM;
	memset(*m, 0, sizeof(**m));
	for (unsigned int i = 0; i < 2; i++)
		(*m)->contexts[i].says = i + 1;
	/* The neighbour of the last thread's. */
	(*m)->swapped_slot = ops->own_slots ? r->load->threads : 0;
	err = ops->begin ? ops->begin(*m) : 0;
	if (err)
		free(*m);
	return err;
}

static void memory_free(const struct dispatch_result *r, struct dispatch_memory *m)
{
	if (r->subject->ops->end)
		r->subject->ops->end(m);
	free(m);
}

static double loop_ns(const struct dispatch_ops *ops, struct dispatch_thread *t, lk_u64 count)
{
	uint64_t start = clock_now_ns();

	ops->loop(t, count);
	if (ops->pause)
		ops->pause();
	return (double)(clock_now_ns() - start);
}

/* Nanoseconds of one call with nobody else there; another loop is for the counters. */
static double alone(struct dispatch_result *r, struct dispatch_memory *m)
{
	struct dispatch_thread t = {.event = {.memory = m}, .memory = m};
	const struct dispatch_ops *ops = r->subject->ops;
	double ns[SOLO_LOOPS];
	lk_u64 count = 1024;

	cpu_pin(cpu_at(0, true));
	if (ops->enter)
		ops->enter();
	while (loop_ns(ops, &t, count) < SOLO_NS && count < 1ULL << 30)
		count *= 2;
	for (int i = 0; i < SOLO_LOOPS; i++)
		ns[i] = loop_ns(ops, &t, count) / (double)count;
	bench_pmu_start();
	ops->loop(&t, count);
	bench_pmu_stop(&r->counts, (double)count);
	if (ops->leave)
		ops->leave();
	cpu_unpin();
	return bench_estimate_of(ns, SOLO_LOOPS).median;
}

static int slice(struct dispatch_result *r, const struct dispatch_plan *plan,
		 struct dispatch_memory *m, enum dispatch_job job, struct dispatch_slice *s)
{
	*s = (struct dispatch_slice){
		.subject = r->subject,
		.memory = m,
		.job = job,
		.threads = job == DISPATCH_WATCH ? 1 : r->load->threads,
		.swapper = r->load->swapper,
		.oversubscribe = plan->oversubscribe,
		.ms = job == DISPATCH_CALL ? plan->slice_ms : (plan->slice_ms + 1) / 2,
	};
	return dispatch_slice_run(s);
}

static void keep_counts(struct dispatch_result *r, const struct dispatch_slice *s)
{
	r->calls += s->calls;
	r->swaps += s->swaps;
	r->mixed += s->mixed;
	r->late += s->late;
	r->unhandled += s->unhandled;
	if (s->job == DISPATCH_TIME)
		bench_times_merge(&r->call_times, &s->call_times);
	if (s->job == DISPATCH_WATCH)
		bench_times_merge(&r->visible_times, &s->visible_times);
}

/* With a swapper, the time until another CPU sees the new handler. A slot of its own nobody calls.
 */
static bool is_watched(const struct dispatch_result *r)
{
	return r->load->swapper && !r->subject->ops->own_slots;
}

static int measure(struct dispatch_result *r, const struct dispatch_plan *plan,
		   struct dispatch_memory *m, double *value, bool warm_up)
{
	struct dispatch_slice s;
	int err = 0;

	r->has[DISPATCH_ALONE_NS] = r->load->threads == 1 && !r->load->swapper;
	r->has[DISPATCH_CALLS_PER_S] = true;
	r->has[DISPATCH_SWAPS_PER_S] = r->load->swapper;
	r->has[DISPATCH_VISIBLE_NS] = is_watched(r);
	if (r->has[DISPATCH_ALONE_NS])
		value[DISPATCH_ALONE_NS] = alone(r, m);
	for (int job = DISPATCH_CALL;
	     !err && job <= (is_watched(r) ? DISPATCH_WATCH : DISPATCH_TIME); job++) {
		err = slice(r, plan, m, (enum dispatch_job)job, &s);
		if (err)
			break;
		if (job == DISPATCH_CALL) {
			value[DISPATCH_CALLS_PER_S] = s.calls_per_s;
			value[DISPATCH_SWAPS_PER_S] = s.swaps_per_s;
		}
		if (job == DISPATCH_WATCH)
			value[DISPATCH_VISIBLE_NS] =
				(double)bench_times_percentile(&s.visible_times, 50);
		if (!warm_up)
			keep_counts(r, &s);
	}
	return err;
}

int dispatch_round(struct dispatch_result *r, const struct dispatch_plan *plan, bool warm_up)
{
	double value[DISPATCH_METRICS] = {0};
	struct dispatch_memory *m;
	int err;

	if (r->skipped[0])
		return 0;
	err = memory_new(r, &m);
	if (err == -ENOMEM)
		return err;
	if (err) {
		snprintf(r->skipped, sizeof(r->skipped), "cannot be prepared here: %s",
			 strerror(-err));
		return 0;
	}
	err = measure(r, plan, m, value, warm_up);
	memory_free(r, m);
	if (err || warm_up)
		return err;
	for (int i = 0; i < DISPATCH_METRICS; i++)
		r->value[i][r->rounds] = value[i];
	r->rounds++;
	return 0;
}
