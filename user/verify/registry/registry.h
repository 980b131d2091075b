/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry.h - try to break registries: each check of each subject runs in a process of its
 * own, which may crash, hang or be ended by a sanitizer, and what became of it is the verdict.
 */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_REGISTRY_H
#define LATCHKIT_USER_VERIFY_REGISTRY_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

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
	const char *name, *promise;
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

enum verify_registry_outcome { REGISTRY_PASS, REGISTRY_FAIL, REGISTRY_SKIP, REGISTRY_OUTCOMES };

/* What the check `step` did with one operation. */
struct verify_registry_stepped {
	const char *operation;
	unsigned long boundaries; /* of its machine instructions, all visited */
	lk_u64 runs;
	lk_u64 missed; /* instructions that were not executed again, all acts together */
	lk_u64 waited; /* how often the other thread had to wait for the one that was stopped */
	bool failed;
};
#define REGISTRY_STEPPED_MAX 12

/* What a check found. */
struct verify_registry_result {
	enum verify_registry_outcome outcome;
	char reason[512]; /* of a failure, or why it was skipped */
	lk_u64 operations, hits; /* all; lookups that found something */
	lk_u64 leaked, early; /* objects never freed; seen or written to after they were freed */
	struct verify_registry_account account;
	double seconds;
	struct verify_registry_stepped stepped[REGISTRY_STEPPED_MAX];
	unsigned int stepped_count;
};

struct verify_registry_check {
	const char *name, *promise;
	void (*run)(const struct verify_registry_ops *ops, double seconds,
		    struct verify_registry_result *result);
	double grace_s; /* how much longer than asked it may take, on a slow machine */
};

/* Note a failure; the first one counts. */
void registry_found(struct verify_registry_result *result, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* verify/registry/step.c */
void verify_registry_step(const struct verify_registry_ops *ops, double seconds,
			  struct verify_registry_result *result);

size_t verify_registry_checks_count(void);
const struct verify_registry_check *verify_registry_check_get(size_t i);
size_t verify_registry_subjects_count(void);
const struct verify_registry_ops *verify_registry_subject_get(size_t i);

/*
 * Run a check in a process of its own. Returns 0 and *result, or a negative errno: no process.
 */
int verify_registry_run(const struct verify_registry_check *check,
			const struct verify_registry_ops *ops, double seconds,
			struct verify_registry_result *result);

/* latchkit verify registry */
int cmd_verify_registry(int argc, char **argv);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_REGISTRY_H */
