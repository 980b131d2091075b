/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * helper.h - another thread that does what a signal handler may not: it deletes,
 * inserts, sheds and waits for grace periods while the thread that asks stands still.
 */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_HELPER_H
#define LATCHKIT_USER_VERIFY_REGISTRY_HELPER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>

#include "verify/registry/ops.h"

/* What became of it. */
enum helper_state {
	HELPER_DONE,
	HELPER_BLOCKED, /* it sleeps: what it needs, the thread that asked has */
	HELPER_STUCK /* it does neither */
};

struct helper {
	const struct verify_registry_ops *ops;
	void *r;
	/* What it is asked, and what it answers. */
	void (*what)(struct helper *h); /* NULL: to end */
	lk_u64 id, tag;
	void *object;
	long result; /* 0 or a negative errno, or how many */
	bool in_section; /* a read-side section is open */
	/* Private: */
	lk_u64 asked, taken, done; /* so many so far */
	sem_t go;
	pthread_t thread;
	pid_t tid;
	int state; /* a file that tells whether it sleeps */
};

/* Start it. Returns false: it cannot be seen whether it sleeps. */
bool helper_start(struct helper *h, const struct verify_registry_ops *ops);
void helper_end(struct helper *h);
/*
 * Have it do what(h), and wait until it has, or cannot: not before `patience_ns`. From a signal
 * handler, too.
 */
enum helper_state helper_ask(struct helper *h, void (*what)(struct helper *h),
			     uint64_t patience_ns);
/* Wait until it has done what it was asked. Returns false: it hangs. */
bool helper_finish(struct helper *h);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_HELPER_H */
