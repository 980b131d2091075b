// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* threads.c - see bench/dispatch/threads.h. */
#include <errno.h>
#include <stdlib.h>

#include "bench/dispatch/threads.h"
#include "bench/core/slice.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Calls between two looks at the slice. */
#define BATCH 256

struct worker {
	struct dispatch_thread thread;
	struct dispatch_slice *slice;
	struct watch *watch;
	struct bench_slice *together;
	int cpu;
	double seconds;
	lk_u64 done;
	struct bench_times times;
};

/* The one who swaps waits until the one who calls has seen it. */
struct watch {
	lk_u64 shown, at_ns;
} __attribute__((aligned(DISPATCH_LINE)));

static void pause_of(const struct worker *w)
{
	if (w->slice->subject->ops->pause)
		w->slice->subject->ops->pause();
}

void dispatch_swap_to(const struct dispatch_subject *subject, struct dispatch_memory *m,
		      unsigned int next)
{
	if (subject->ops->own_slots) {
		subject->ops->swap(m, next); /* their contexts are of the threads that call */
		return;
	}
	/* Release: the context is ready before its handler can be found. */
	order_store_release(&m->contexts[next].says, next + 1);
	subject->ops->swap(m, next);
	/* Release: nobody sees it retired before the swap was done. */
	order_store_release(&m->contexts[!next].says, DISPATCH_RETIRED);
}

static void call_flat_out(struct worker *w)
{
	do {
		w->slice->subject->ops->loop(&w->thread, BATCH);
		w->done += BATCH;
		pause_of(w);
	} while (bench_slice_on(w->together));
}

static void time_calls(struct worker *w)
{
	dispatch_loop_fn *loop = w->slice->subject->ops->loop;

	do {
		for (int i = 0; i < BATCH; i++) {
			uint64_t start = clock_now_ns();

			loop(&w->thread, 1);
			bench_times_add(&w->times, clock_now_ns() - start);
			pause_of(w);
		}
		w->done += BATCH;
	} while (bench_slice_on(w->together));
}

/* Note when a call first saw something else than the call before. */
static void watch_calls(struct worker *w)
{
	dispatch_loop_fn *loop = w->slice->subject->ops->loop;
	lk_u64 last = 0;

	do {
		loop(&w->thread, 1);
		pause_of(w);
		w->done++;
		if (w->thread.event.seen == last)
			continue;
		last = w->thread.event.seen;
		/* Relaxed: the release below shows it. */
		order_store_relaxed(&w->watch->at_ns, clock_now_ns());
		/* ORDER: release: the time is there; pairs with the acquire in swap_watched(). */
		order_store_release(&w->watch->shown, last);
	} while (bench_slice_on(w->together));
}

static void swap_flat_out(struct worker *w)
{
	do {
		dispatch_swap_to(w->slice->subject, w->thread.memory, ++w->done & 1);
	} while (bench_slice_on(w->together));
}

static void swap_watched(struct worker *w)
{
	do {
		unsigned int next = ++w->done & 1;
		uint64_t start = clock_now_ns(), seen;

		dispatch_swap_to(w->slice->subject, w->thread.memory, next);
		/* Acquire: see watch_calls(). */
		while (order_load_acquire(&w->watch->shown) != next + 1)
			if (!bench_slice_on(w->together))
				return;
		seen = order_load_relaxed(&w->watch->at_ns);
		/* The clocks of two CPUs may differ a little. */
		bench_times_add(&w->times, seen > start ? seen - start : 0);
	} while (bench_slice_on(w->together));
}

static void *worker_main(void *arg)
{
	struct worker *w = arg;
	struct dispatch_slice *s = w->slice;
	const struct dispatch_ops *ops = s->subject->ops;
	bool swaps = w->thread.number == s->threads;
	uint64_t start;

	cpu_pin(w->cpu);
	if (ops->enter)
		ops->enter();
	bench_slice_begin(w->together, ops->pause);
	start = clock_now_ns();
	if (swaps)
		(s->job == DISPATCH_WATCH ? swap_watched : swap_flat_out)(w);
	else
		(s->job == DISPATCH_CALL   ? call_flat_out
		 : s->job == DISPATCH_TIME ? time_calls
					   : watch_calls)(w);
	w->seconds = (double)(clock_now_ns() - start) / 1e9;
	if (ops->leave)
		ops->leave();
	return NULL;
}

static void add_up(struct dispatch_slice *s, const struct worker *w)
{
	const struct dispatch_event *e = &w->thread.event;

	if (w->thread.number == s->threads) {
		s->swaps = w->done;
		s->swaps_per_s = w->seconds > 0 ? (double)w->done / w->seconds : 0;
		bench_times_merge(&s->visible_times, &w->times);
		return;
	}
	s->calls += w->done;
	s->calls_per_s += w->seconds > 0 ? (double)w->done / w->seconds : 0;
	s->mixed += e->mixed;
	s->late += e->late;
	s->unhandled += e->unhandled;
	bench_times_merge(&s->call_times, &w->times);
}

int dispatch_slice_run(struct dispatch_slice *s)
{
	unsigned int count = s->threads + s->swapper;
	struct worker *w = aligned_alloc(DISPATCH_LINE, count * sizeof(*w));
	struct bench_slice together = {0};
	struct watch watch = {0};
	int err;

	if (!w)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		w[i] = (struct worker){
			.thread = {.event = {.memory = s->memory},
				   .memory = s->memory,
				   .number = i},
			.slice = s,
			.watch = &watch,
			.together = &together,
			.cpu = cpu_at(i, s->oversubscribe),
		};
	err = bench_slice_run(&together, worker_main, w, sizeof(*w), count, s->ms);
	for (unsigned int i = 0; !err && i < count; i++)
		add_up(s, &w[i]);
	free(w);
	return err;
}
