/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A thread replaces a handler and ends the life of the old one's context, while another calls.
 * Bounds: 1 swap, 1 call, RCU is a flag.
 */
#include "dispatch_threads.h"

static void swapper(void)
{
	put_new();
	old_context.ready = 0;
}

static void caller(void)
{
	call();
	if (!old_ran)
		return;
	__CPROVER_assert(seen_ready == 1, "lifetime: the old context is alive while it is used");
	__CPROVER_assert(seen_ready != 1, "reach: the old handler is called");
}

THREADS_MAIN(old_context.ready = 1, swapper)
