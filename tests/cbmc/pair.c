/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A thread replaces a handler and its context, while another calls.
 * Bounds: 1 swap, 1 call.
 */
#include "dispatch_threads.h"

static void swapper(void)
{
	put_new();
}

static void caller(void)
{
	call();
	__CPROVER_assert(seen_new == new_ran, "pair: the function and the context belong together");
	__CPROVER_assert(!new_ran, "reach: the new handler is called");
	__CPROVER_assert(!old_ran, "reach: the old handler is called");
}

int main(void)
{
	put_old();
__CPROVER_ASYNC_1:
	swapper();
__CPROVER_ASYNC_2:
	caller();
	return 0;
}
