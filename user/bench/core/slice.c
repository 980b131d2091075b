// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* slice.c - see bench/core/slice.h. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "bench/core/slice.h"
#include "host/clock.h"

enum { PHASE_WAIT, PHASE_WORK, PHASE_STOP };

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

void bench_slice_begin(struct bench_slice *s, void (*pause)(void))
{
	/* Relaxed: only counted. */
	__atomic_fetch_add(&s->ready, 1, __ATOMIC_RELAXED);
	while (phase_of(s) == PHASE_WAIT) {
		if (pause)
			pause();
		sched_yield();
	}
}

bool bench_slice_on(const struct bench_slice *s)
{
	return phase_of(s) == PHASE_WORK;
}

int bench_slice_run(struct bench_slice *s, void *(*main)(void *worker), void *workers, size_t size,
		    unsigned int count, unsigned int ms)
{
	pthread_t *threads = calloc(count, sizeof(*threads));
	unsigned int started = 0;
	int err = threads ? 0 : -ENOMEM;

	while (!err && started < count) {
		err = -pthread_create(&threads[started], NULL, main,
				      (char *)workers + started * size);
		started += !err;
	}
	/* Relaxed: see bench_slice_begin(). */
	while (!err && __atomic_load_n(&s->ready, __ATOMIC_RELAXED) < count)
		sched_yield();
	if (!err) {
		set_phase(s, PHASE_WORK);
		clock_sleep_ms(ms);
	}
	set_phase(s, PHASE_STOP);
	for (unsigned int i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return err;
}
