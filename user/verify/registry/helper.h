/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * helper.h - another thread that does what a signal handler may not: it deletes,
 * inserts, sheds and waits for grace periods while the thread that asks stands still.
 */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_HELPER_H
#define LATCHKIT_USER_VERIFY_REGISTRY_HELPER_H

#include <pthread.h>
#include <semaphore.h>

#include "verify/registry/ops.h"

enum helper_request {
	HELPER_ERASE, /* the object with that id */
	HELPER_INSERT, /* one with that id, which has that tag */
	HELPER_SHRINK, /* one object */
	HELPER_SETTLE, /* wait until what was put is freed */
	HELPER_LOOKUP, /* and keep what it finds, in `object` */
	HELPER_PUT, /* `object` */
	HELPER_FIND, /* the same without a reference, within a read-side section that stays open */
	HELPER_GET, /* a reference of `object`, and end the section; NULL: refused */
	HELPER_LEAVE, /* end the section, if it is open */
	HELPER_END
};

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
	enum helper_request what;
	lk_u64 id, tag;
	void *object;
	long result; /* 0 or a negative errno; of HELPER_SHRINK, how many */
	/* Private: */
	bool in_section;
	lk_u64 asked, taken, done; /* so many so far */
	sem_t go;
	pthread_t thread;
	pid_t tid;
	int state; /* a file that tells whether it sleeps */
};

/* Start it. Returns false: no thread. */
bool helper_start(struct helper *h, const struct verify_registry_ops *ops);
void helper_end(struct helper *h);
/* Have it do o->what, and wait until it has, or cannot. From a signal handler, too. */
enum helper_state helper_ask(struct helper *h, enum helper_request what);
/* Wait until it has done what it was asked. Returns false: it hangs. */
bool helper_finish(struct helper *h);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_HELPER_H */
