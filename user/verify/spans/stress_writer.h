/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * stress_writer.h - a thread that starts and ends keys, and does so in its signal handler, too.
 */
#ifndef LATCHKIT_USER_VERIFY_SPANS_STRESS_WRITER_H
#define LATCHKIT_USER_VERIFY_SPANS_STRESS_WRITER_H

#include <stdint.h>

#include "verify/spans/stress_state.h"

/* What one has done: a thread, or its signal handler. */
struct stress_tally {
	lk_u64 put, full, restarted, ended, unpaired;
	lk_u64 torn; /* starts that were taken and are not whole */
	lk_u64 lost, wrong; /* ends that did not find, or found another than, what must be there */
};

struct stress_writer {
	struct stress *stress;
	unsigned int number;
	pthread_t thread;
	uint64_t random;
	unsigned int key; /* which is under way; STRESS_KEYS: none that a handler may touch */
	lk_u64 own_start; /* of its own key; 0: none */
	struct stress_tally own, nested;
	lk_u64 signals;
};

/* Once in a process: signals to writers do something. */
void spans_stress_writer_open(void);
void spans_stress_writer_start(struct stress_writer *w, struct stress *s, unsigned int number);
/* Wait until all writers are about to begin: the barrier wakes them up one after the other. */
void spans_stress_writers_wait(const struct stress *s);

/* Put the next start of a key. Returns its number, or 0 if there was no room. */
lk_u64 spans_stress_put(struct stress *s, struct stress_tally *tally, unsigned int key,
			unsigned int cpu);
/* End a key. Returns how many starts were taken; *start: the number of the newest, or 0. */
int spans_stress_take(struct stress *s, struct stress_tally *tally, unsigned int key,
		      unsigned int cpu, lk_u64 *start);

#endif /* LATCHKIT_USER_VERIFY_SPANS_STRESS_WRITER_H */
