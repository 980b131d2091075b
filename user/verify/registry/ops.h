/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* ops.h - a registry as a table of functions, for the checks; see ops.c. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_OPS_H
#define LATCHKIT_USER_VERIFY_REGISTRY_OPS_H

#include <stdbool.h>
#include <stddef.h>

#include <latchkit/order.h>

/* What a registry has done and how it stands. */
struct verify_registry_account {
	lk_u64 made, freed, inserted, deleted, shed;
	lk_u64 warnings; /* references that were miscounted */
	lk_u64 bad_puts; /* puts without a get that were undone */
	lk_u64 overwritten; /* objects that were written to while they were free */
	size_t in_use; /* objects that are not freed */
};

/* A registry as functions; objects and registries are pointers to whatever they are. */
struct verify_registry_ops {
	const char *name;
	bool posted; /* must fail */
	unsigned int batch; /* objects that its shrinker sheds until it drops its lock */
	void *(*create)(void); /* NULL: no memory */
	/* Returns how many objects were held by others; their memory stays. */
	size_t (*destroy)(void *r);
	/* Make one and insert it. Returns 0 or a negative errno. */
	int (*insert)(void *r, lk_u64 id);
	void *(*lookup)(void *r, lk_u64 id);
	void (*put)(void *r, void *o);
	bool (*whole)(void *o, lk_u64 id); /* Is it that object, alive? */
	int (*remove)(void *r, void *o);
	int (*erase)(void *r, lk_u64 id);
	/* Make one, with one reference, which inserting takes. */
	void *(*make)(void *r, lk_u64 id);
	int (*link)(void *r, void *o);
	/* Find one without a reference, within a section, and get a reference of what was found. */
	void *(*find)(void *r, lk_u64 id);
	bool (*get)(void *r, void *o);
	void (*section)(bool begin); /* a read-side section begins or ends */
	bool (*inside)(void); /* Is this thread within one? */
	lk_u64 (*tag)(void *o); /* what verify_registry_tag was when it was made */
	bool releases; /* tells verify_registry_released() */
	size_t (*shrink)(void *r, lk_u64 age_ns, size_t scan);
	void (*settle)(void *r);
	void (*account)(void *r, struct verify_registry_account *a);
	void (*enter)(void); /* around all that a thread does */
	void (*leave)(void);
};

extern const struct verify_registry_ops verify_registry_refcount, verify_registry_rcuref,
	verify_registry_posted;

/* What objects that this thread makes are marked with. */
extern __thread lk_u64 verify_registry_tag;
/* Called with the tag of each object that nobody refers to any more; NULL: nothing. */
extern void (*verify_registry_released)(lk_u64 tag);
/* Called where the calling thread has dropped a registry's lock in the middle; NULL: nothing. */
extern __thread void (*verify_registry_dropped)(void *r);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_OPS_H */
