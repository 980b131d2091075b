/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A thread fills a context and puts in a handler that uses it, while another calls.
 * Bounds: 1 put, 1 call.
 */
#include "dispatch_threads.h"

static void publisher(void)
{
	new_context.ready = 1;
	put_new();
}

static void caller(void)
{
	call();
	if (!new_ran)
		return;
	__CPROVER_assert(seen_ready == 1, "published: the handler finds its context filled");
	__CPROVER_assert(seen_ready != 1, "reach: the new handler is called");
}

THREADS_MAIN(, publisher)
