/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * subject.h - what `latchkit bench dispatch` compares: ways to call a handler that
 * can be swapped meanwhile, behind the same loops.
 *
 * There are two handlers, 0 and 1, each with a context that knows its number. A context is retired
 * when the swap that took its handler out has returned: as if it were freed. A handler that finds
 * another number is half of a mixed pair; one that finds its context retired is late.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_SUBJECT_H
#define LATCHKIT_USER_BENCH_DISPATCH_SUBJECT_H

#include <pthread.h>

#include <latchkit/dispatch.h>

#include "bench/core/plan.h"

#define DISPATCH_LINE 64
/* Slots of a table; threads and the swapper have one each. */
#define DISPATCH_SLOTS 64

/* What a context says: the number of its handler plus 1, or that it is retired. */
#define DISPATCH_RETIRED 0ULL
struct dispatch_context {
	lk_u64 says;
} __attribute__((aligned(DISPATCH_LINE)));

struct dispatch_memory;

/* What a thread's calls left behind. */
struct dispatch_event {
	volatile lk_u64 seen; /* what the context said */
	lk_u64 mixed, late, unhandled; /* calls */
	struct dispatch_memory *memory; /* for functions without a context */
} __attribute__((aligned(DISPATCH_LINE)));

/* Of one subject under one load. */
struct dispatch_memory {
	struct dispatch_context contexts[2];
	struct {
		struct dispatch_slot_posted plain; /* two words: function, context */
		void *slot;
		lk_u64 word;
	} shared __attribute__((aligned(DISPATCH_LINE)));
	struct {
		union {
			pthread_rwlock_t rwlock;
			pthread_mutex_t mutex;
		};
		dispatch_fn *call;
		void *context;
	} locked __attribute__((aligned(DISPATCH_LINE)));
	/* Pairs of the subjects that keep them: as large as a struct dispatch_handler, for each
	 * slot. */
	struct {
		char bytes[DISPATCH_LINE];
	} pairs[DISPATCH_SLOTS][2] __attribute__((aligned(DISPATCH_LINE)));
	void *slots[DISPATCH_SLOTS * DISPATCH_LINE / sizeof(void *)]
		__attribute__((aligned(DISPATCH_LINE)));
	unsigned int swapped_slot; /* of a table: the one that is swapped */
};

struct dispatch_thread {
	struct dispatch_event event;
	struct dispatch_memory *memory;
	unsigned int number;
};

/* Call the handler so many times. */
typedef void dispatch_loop_fn(struct dispatch_thread *t, lk_u64 count);

struct dispatch_ops {
	/* Make zeroed memory ready: handler 0 is in. Returns 0 or a negative errno. NULL: it is. */
	int (*begin)(struct dispatch_memory *m);
	void (*end)(struct dispatch_memory *m);
	/* Around all that a thread does with it; NULL: nothing. */
	void (*enter)(void);
	void (*leave)(void);
	dispatch_loop_fn *loop;
	/* Now and then between loops; NULL: nothing. */
	void (*pause)(void);
	/* Put in handler `next` and take out the other; NULL: it cannot be swapped. */
	void (*swap)(struct dispatch_memory *m, unsigned int next);
	bool own_slots; /* threads call by slots of their own; nobody calls the one that is swapped
			 */
};

/* Returns subject number i, whose ops are such; NULL behind the last. */
const struct bench_subject *dispatch_subject(size_t i);

/* The handlers, and the first with its code in the caller. */
extern dispatch_fn dispatch_handler_0, dispatch_handler_1;
extern dispatch_fn *const dispatch_handlers[2];
/* Count a call whose context is not what it should be. */
void dispatch_judge(struct dispatch_event *e, lk_u64 says);

static LK_INLINE void dispatch_handler_body(void *context, void *event, unsigned int number)
{
	const struct dispatch_context *c = context;
	struct dispatch_event *e = event;
	/* Relaxed: who retires it wants to know who is late. */
	lk_u64 says = order_load_relaxed(&c->says);

	e->seen = says;
	if (__builtin_expect(says != number + 1, 0))
		dispatch_judge(e, says);
}

/*
 * The loop of a subject: `call` is true if there was a handler; m, t and e are at hand. Whatever is
 * loaded is loaded anew for each call.
 */
#define DISPATCH_LOOP(name, call_) \
	static void loop_##name(struct dispatch_thread *t, lk_u64 count) \
	{ \
		struct dispatch_memory *m = t->memory; \
		struct dispatch_event *e = &t->event; \
\
		for (lk_u64 i = 0; i < count; i++) { \
			__asm__ volatile("" : "+r"(m) : : "memory"); \
			if (!(call_)) \
				e->unhandled++; \
		} \
	}

#endif /* LATCHKIT_USER_BENCH_DISPATCH_SUBJECT_H */
