/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * other.h - another thread that does what a signal handler may not: it deletes,
 * inserts, sheds and waits for grace periods while the thread that asks stands still.
 */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_OTHER_H
#define LATCHKIT_USER_VERIFY_REGISTRY_OTHER_H

#include <pthread.h>
#include <semaphore.h>

#include "verify/registry/registry.h"

enum other_what {
	OTHER_ERASE, /* the object with that id */
	OTHER_INSERT, /* one with that id, which has that tag */
	OTHER_SHRINK, /* one object */
	OTHER_SETTLE, /* wait until what was put is freed */
	OTHER_LOOKUP, /* and keep what it finds, in `object` */
	OTHER_PUT, /* `object` */
	OTHER_FIND, /* the same without a reference, within a read-side section that stays open */
	OTHER_GET, /* a reference of `object`, and end the section; NULL: refused */
	OTHER_LEAVE, /* end the section, if it is open */
	OTHER_END
};

/* What became of it. */
enum other_became {
	OTHER_DONE,
	OTHER_WAITS, /* it sleeps: what it needs, the thread that asked has */
	OTHER_HANGS /* it does neither */
};

struct other {
	const struct verify_registry_ops *ops;
	void *r;
	/* What it is asked, and what it answers. */
	enum other_what what;
	lk_u64 id, tag;
	void *object;
	long result; /* 0 or a negative errno; of OTHER_SHRINK, how many */
	/* Private: */
	bool in_section;
	lk_u64 asked, taken, done; /* so many so far */
	sem_t go;
	pthread_t thread;
	pid_t tid;
	int state; /* a file that tells whether it sleeps */
};

/* Start it. Returns false: no thread. */
bool other_start(struct other *o, const struct verify_registry_ops *ops);
void other_end(struct other *o);
/* Have it do o->what, and wait until it has, or cannot. From a signal handler, too. */
enum other_became other_ask(struct other *o, enum other_what what);
/* Wait until it has done what it was asked. Returns false: it hangs. */
bool other_finish(struct other *o);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_OTHER_H */
