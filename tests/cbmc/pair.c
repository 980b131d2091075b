/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A thread replaces a handler and its context, while another calls.
 * Bounds: 1 swap, 1 call.
 */
#include "dispatch_threads.h"

static void caller(void)
{
	call();
	__CPROVER_assert(seen_new == new_ran, "pair: the function and the context belong together");
	__CPROVER_assert(!new_ran, "reach: the new handler is called");
	__CPROVER_assert(!old_ran, "reach: the old handler is called");
}

THREADS_MAIN(, put_new)
