// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see bench/dispatch/run.h: threads that call and swap the handler of one subject. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/core/slice.h"
#include "bench/dispatch/run.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Calls between two looks at the slice. */
#define BATCH 256

/* What threads do: call flat out, time single calls, or watch for swaps, one at a time. */
enum job { CALL, TIME, WATCH };

/* The one who swaps waits until the one who calls has seen it. */
struct watch {
	lk_u64 shown, at_ns;
} __attribute__((aligned(DISPATCH_LINE)));

struct worker {
	struct bench_worker worker;
	struct dispatch_thread thread;
	const struct dispatch_ops *ops;
	enum job job;
	bool swaps;
	struct watch *watch;
	lk_u64 done;
	struct bench_times times;
};

/* -- what workers do -------------------------------------------------------------------------- */

static void enter(void *arg)
{
	const struct worker *w = arg;

	if (w->ops->enter)
		w->ops->enter();
}

static void leave(void *arg)
{
	const struct worker *w = arg;

	if (w->ops->leave)
		w->ops->leave();
}

static void pause_of(void *arg)
{
	const struct worker *w = arg;

	if (w->ops->pause)
		w->ops->pause();
}

/*
 * Take out handler `next`'s rival and retire its context when the subject's swap has returned. No
 * two threads at once.
 */
static void swap_to(const struct worker *w, unsigned int next)
{
	struct dispatch_memory *m = w->thread.memory;

	if (w->ops->own_slots) {
		w->ops->swap(m, next); /* their contexts are of the threads that call */
		return;
	}
	/* Release: the context is ready before its handler can be found. */
	order_store_release(&m->contexts[next].says, next + 1);
	w->ops->swap(m, next);
	/* Release: nobody sees it retired before the swap was done. */
	order_store_release(&m->contexts[!next].says, DISPATCH_RETIRED);
}

static void call_flat_out(struct worker *w)
{
	do {
		w->ops->loop(&w->thread, BATCH);
		w->done += BATCH;
		pause_of(w);
	} while (bench_slice_on(&w->worker));
}

static void time_calls(struct worker *w)
{
	do {
		for (int i = 0; i < BATCH; i++) {
			uint64_t start = clock_now_ns();

			w->ops->loop(&w->thread, 1);
			bench_times_add(&w->times, clock_now_ns() - start);
			pause_of(w);
		}
		w->done += BATCH;
	} while (bench_slice_on(&w->worker));
}

/* Note when a call first saw something else than the call before. */
static void watch_calls(struct worker *w)
{
	lk_u64 last = 0;

	do {
		w->ops->loop(&w->thread, 1);
		pause_of(w);
		w->done++;
		if (w->thread.event.seen == last)
			continue;
		last = w->thread.event.seen;
		/* Relaxed: the release below shows it. */
		order_store_relaxed(&w->watch->at_ns, clock_now_ns());
		/* ORDER: release: the time is there; pairs with the acquire in swap_watched(). */
		order_store_release(&w->watch->shown, last);
	} while (bench_slice_on(&w->worker));
}

static void swap_flat_out(struct worker *w)
{
	do {
		swap_to(w, ++w->done & 1);
	} while (bench_slice_on(&w->worker));
}

static void swap_watched(struct worker *w)
{
	do {
		unsigned int next = ++w->done & 1;
		uint64_t start = clock_now_ns(), seen;

		swap_to(w, next);
		/* Acquire: see watch_calls(). */
		while (order_load_acquire(&w->watch->shown) != next + 1)
			if (!bench_slice_on(&w->worker))
				return;
		seen = order_load_relaxed(&w->watch->at_ns);
		/* The clocks of two CPUs may differ a little. */
		bench_times_add(&w->times, seen > start ? seen - start : 0);
	} while (bench_slice_on(&w->worker));
}

static void work(void *arg)
{
	static void (*const calls[])(struct worker * w) = {call_flat_out, time_calls, watch_calls};
	struct worker *w = arg;

	if (w->swaps)
		(w->job == WATCH ? swap_watched : swap_flat_out)(w);
	else
		calls[w->job](w);
}

/* -- one round -------------------------------------------------------------------------------- */

static const struct dispatch_ops *ops_of(const struct dispatch_result *r)
{
	return r->cell.subject->ops;
}

static const struct bench_load *load_of(const struct dispatch_result *r)
{
	return r->cell.load;
}

int dispatch_result_init(struct bench_plan *plan, struct bench_cell *cell)
{
	const struct bench_load *load = cell->load;
	const struct dispatch_ops *ops = cell->subject->ops;

	(void)plan;
	cell->has[DISPATCH_ALONE_NS] = load->threads == 1 && !load->disturber;
	cell->has[DISPATCH_SWAPS_PER_S] = load->disturber;
	/* The time until another CPU sees the new handler; a slot of its own nobody calls. */
	cell->has[DISPATCH_VISIBLE_NS] = load->disturber && !ops->own_slots;
	if (load->disturber && !ops->swap)
		snprintf(cell->skipped, sizeof(cell->skipped), "cannot be swapped");
	return 0;
}

static int memory_new(const struct dispatch_result *r, struct dispatch_memory **m)
{
	const struct dispatch_ops *ops = ops_of(r);
	int err;

	*m = aligned_alloc(DISPATCH_LINE, sizeof(**m));
	if (!*m)
		return -ENOMEM;
	memset(*m, 0, sizeof(**m));
	for (unsigned int i = 0; i < 2; i++)
		(*m)->contexts[i].says = i + 1;
	/* The neighbour of the last thread's. */
	(*m)->swapped_slot = ops->own_slots ? load_of(r)->threads : 0;
	err = ops->begin ? ops->begin(*m) : 0;
	if (err)
		free(*m);
	return err;
}

static void memory_free(const struct dispatch_result *r, struct dispatch_memory *m)
{
	if (ops_of(r)->end)
		ops_of(r)->end(m);
	free(m);
}

static void loop_alone(void *arg, uint64_t count)
{
	struct worker *w = arg;

	w->ops->loop(&w->thread, count);
	pause_of(w);
}

/* Nanoseconds of one call with nobody else there. */
static double alone(struct dispatch_result *r, struct dispatch_memory *m)
{
	struct worker w = {.ops = ops_of(r), .thread = {.event = {.memory = m}, .memory = m}};
	double ns;

	cpu_pin(cpu_at(0, true));
	enter(&w);
	ns = bench_alone_ns(loop_alone, &w, 1024, &r->counts);
	leave(&w);
	cpu_unpin();
	return ns;
}

/* What a worker did: its rate, and, unless it is a warm-up, its counts. */
static void add_up(struct dispatch_result *r, const struct worker *w, double *value, bool warm_up)
{
	const struct dispatch_event *e = &w->thread.event;
	double rate = w->worker.seconds > 0 ? (double)w->done / w->worker.seconds : 0;

	if (w->job == CALL)
		value[w->swaps ? DISPATCH_SWAPS_PER_S : DISPATCH_CALLS_PER_S] += rate;
	if (w->job == WATCH && w->swaps)
		value[DISPATCH_VISIBLE_NS] = (double)bench_times_percentile(&w->times, 50);
	if (warm_up)
		return;
	if (w->swaps) {
		r->swaps += w->done;
		bench_times_merge(&r->visible_times, &w->times);
		return;
	}
	r->calls += w->done;
	r->mixed += e->mixed;
	r->late += e->late;
	r->unhandled += e->unhandled;
	bench_times_merge(&r->call_times, &w->times);
}

static int slice(const struct bench_plan *plan, struct dispatch_result *r,
		 struct dispatch_memory *m, enum job job, double *value, bool warm_up)
{
	static const struct bench_crew crew = {enter, leave, pause_of, work};
	unsigned int threads = job == WATCH ? 1 : load_of(r)->threads,
		     count = threads + load_of(r)->disturber;
	struct worker *w = aligned_alloc(DISPATCH_LINE, count * sizeof(*w));
	struct watch watch = {0};
	int err;

	if (!w)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++)
		w[i] = (struct worker){
			.worker = {.cpu = cpu_at(i, plan->oversubscribe)},
			.thread = {.event = {.memory = m}, .memory = m, .number = i},
			.ops = ops_of(r),
			.job = job,
			.swaps = i == threads,
			.watch = &watch,
		};
	err = bench_slice_run(&crew, w, sizeof(*w), count,
			      job == CALL ? plan->slice_ms : (plan->slice_ms + 1) / 2);
	for (unsigned int i = 0; !err && i < count; i++)
		add_up(r, &w[i], value, warm_up);
	free(w);
	return err;
}

int dispatch_round(struct bench_plan *plan, struct bench_cell *cell, double *value, bool warm_up)
{
	struct dispatch_result *r = (struct dispatch_result *)cell;
	enum job last = cell->has[DISPATCH_VISIBLE_NS] ? WATCH : TIME;
	struct dispatch_memory *m;
	int err = memory_new(r, &m);

	if (err == -ENOMEM)
		return err;
	if (err) {
		snprintf(cell->skipped, sizeof(cell->skipped), "cannot be prepared here: %s",
			 strerror(-err));
		return 0;
	}
	if (cell->has[DISPATCH_ALONE_NS])
		value[DISPATCH_ALONE_NS] = alone(r, m);
	for (enum job job = CALL; !err && job <= last; job++)
		err = slice(plan, r, m, job, value, warm_up);
	memory_free(r, m);
	return err;
}
