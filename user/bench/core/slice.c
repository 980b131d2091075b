// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* slice.c - see bench/core/slice.h. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "bench/core/slice.h"
#include "host/clock.h"
#include "host/cpus.h"

enum { PHASE_WAIT, PHASE_WORK, PHASE_STOP };

struct bench_slice {
	unsigned int phase, ready; /* how many workers are */
};

static unsigned int phase_of(const struct bench_slice *s)
{
	/* ORDER: acquire: what the starter prepared is there; pairs with set_phase(). */
	return __atomic_load_n(&s->phase, __ATOMIC_ACQUIRE);
}

static void set_phase(struct bench_slice *s, unsigned int phase)
{
	/* ORDER: release; pairs with phase_of(). */
	__atomic_store_n(&s->phase, phase, __ATOMIC_RELEASE);
}

bool bench_slice_on(const struct bench_worker *w)
{
	return phase_of(w->slice) == PHASE_WORK;
}

static void call(void (*fn)(void *worker), void *worker)
{
	if (fn)
		fn(worker);
}

static void *worker_main(void *arg)
{
	struct bench_worker *w = arg;
	uint64_t start;

	cpu_pin(w->cpu);
	call(w->crew->enter, w);
	/* Relaxed: only counted. */
	__atomic_fetch_add(&w->slice->ready, 1, __ATOMIC_RELAXED);
	while (phase_of(w->slice) == PHASE_WAIT) {
		call(w->crew->pause, w);
		sched_yield();
	}
	start = clock_now_ns();
	w->crew->work(w);
	w->seconds = (double)(clock_now_ns() - start) / 1e9;
	call(w->crew->leave, w);
	return NULL;
}

int bench_slice_run(const struct bench_crew *crew, void *workers, size_t size, unsigned int count,
		    unsigned int ms)
{
	pthread_t *threads = calloc(count, sizeof(*threads));
	struct bench_slice s = {0};
	unsigned int started = 0;
	int err = threads ? 0 : -ENOMEM;

	while (!err && started < count) {
		struct bench_worker *w = (void *)((char *)workers + started * size);

		w->crew = crew;
		w->slice = &s;
		err = -pthread_create(&threads[started], NULL, worker_main, w);
		started += !err;
	}
	/* Relaxed: see worker_main(). */
	while (!err && __atomic_load_n(&s.ready, __ATOMIC_RELAXED) < count)
		sched_yield();
	if (!err) {
		set_phase(&s, PHASE_WORK);
		clock_sleep_ms(ms);
	}
	set_phase(&s, PHASE_STOP);
	for (unsigned int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return err;
}
