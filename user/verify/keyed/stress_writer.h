/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stress_writer.h - a thread that counts keys, and counts them in its signal handler, too. */
#ifndef LATCHKIT_USER_VERIFY_KEYED_STRESS_WRITER_H
#define LATCHKIT_USER_VERIFY_KEYED_STRESS_WRITER_H

#include <stdint.h>

#include "verify/keyed/stress_state.h"

/* What one who counts has done: a thread, or its signal handler. */
struct stress_tally {
	lk_u64 counted[STRESS_KEYS], refused[STRESS_KEYS], made, busy;
};

struct stress_writer {
	struct stress *stress;
	pthread_t thread;
	uint64_t random;
	unsigned int key; /* which is being counted; STRESS_KEYS: none */
	struct stress_tally own, nested;
	lk_u64 signals, bad; /* keys that are not whole, seen by the handler */
};

/* Once in a process: signals to writers do something. */
void stress_writer_open(void);
void stress_writer_start(struct stress_writer *w, struct stress *s, unsigned int number);
/* Wait until all writers are about to begin: the barrier wakes them up one after the other. */
void stress_writers_wait(const struct stress *s);

#endif /* LATCHKIT_USER_VERIFY_KEYED_STRESS_WRITER_H */
