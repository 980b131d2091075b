/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Two holders use an object and put their references; a third thread, which found the object, gets
 * one and puts it. REFERENCE: refcount or rcuref.
 * Bounds: 2 holders x 1 put, 1 get and its put.
 */
#include "memory.h"

#include <latchkit/refcount.h>

#define REFERENCE_PASTE_(kind, verb) kind##_##verb
#define REFERENCE_PASTE(kind, verb) REFERENCE_PASTE_(kind, verb)
#define reference_get() REFERENCE_PASTE(REFERENCE, get)((struct REFERENCE *)memory, NULL)
#define reference_put() REFERENCE_PASTE(REFERENCE, put)((struct REFERENCE *)memory, NULL)
#define reference_set(n) REFERENCE_PASTE(REFERENCE, set)((struct REFERENCE *)memory, n)

void *memory_known(memory_word address)
{
	(void)address;
	return NULL;
}

/* What each holder did with the object, whether its put was the last, and whether it has ended. */
static _Bool used[2], last[2], ended[2];
static _Bool freed;

static void holder(unsigned int who)
{
	used[who] = 1;
	last[who] = reference_put();
	if (last[who])
		freed = 1;
	memory_mb();
	ended[who] = 1;
}

static void finder(void)
{
	_Bool over = ended[0] && ended[1], got = reference_get(), mine = 0;

	if (got) {
		__CPROVER_assert(!over, "dead: nobody gets one after the last");
		__CPROVER_assert(!freed, "alive: who has got a reference keeps the object");
		mine = reference_put();
		__CPROVER_assert(!mine || (used[0] && used[1]),
				 "done: the last one comes after all uses");
	}
	__CPROVER_assume(ended[0] && ended[1]);
	__CPROVER_assert(last[0] + last[1] + mine == 1, "once: one put is the last");
	__CPROVER_assert(!mine, "reach: the last one is the one that was got");
	__CPROVER_assert(!got || mine, "reach: the last one is a holder's");
	__CPROVER_assert(!over || got, "reach: the object is found dead");
}

MEMORY_MAIN(reference_set(2), holder(0), holder(1), finder())
