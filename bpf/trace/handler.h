/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * handler.h - which handler an event gets, and how it is accounted for. Handlers may be swapped
 * while the programs run, so that each event reads its handler once, when it starts, and keeps it:
 * a timed call carries it from entry to return. So each event has exactly one handler. Without
 * --control the handlers are constants to the verifier, which removes the code of all others.
 */
#ifndef LATCHKIT_BPF_TRACE_HANDLER_H
#define LATCHKIT_BPF_TRACE_HANDLER_H

/* A start entry holds its handler above the probe's number and START_SYSCALL. */
#define START_HANDLER_SHIFT 40

/*
 * The handler of an event, with HANDLER_COUNTED; to be called once for each event. Relaxed
 * suffices: nothing is published by the number.
 */
static LK_INLINE __u32 handler_now(enum probe_kind kind)
{
	__u32 handler = settings.handler[kind];

	return handler == HANDLER_IN_MAP ? order_load_relaxed(&handlers[kind]) : handler;
}

static LK_INLINE bool handler_is(__u32 handler, enum trace_handler id)
{
	return (handler & HANDLER_ID) == id;
}

/* Store the handler in a call's start word, if handlers can be swapped before it returns. */
static LK_INLINE __u64 start_with_handler(__u64 word, __u32 handler)
{
	return handler & HANDLER_COUNTED ? word | (__u64)handler << START_HANDLER_SHIFT : word;
}

static LK_INLINE __u64 start_without_handler(__u64 word)
{
	return word & ((1ULL << START_HANDLER_SHIFT) - 1);
}

static LK_INLINE __u32 start_handler(__u64 word)
{
	__u32 handler = settings.handler[KIND_LATENCY];

	return handler == HANDLER_IN_MAP ? word >> START_HANDLER_SHIFT : handler;
}

/* Count an event as finished by its handler; `column` as in lost(). Returns 0. */
static LK_INLINE int handled(__u32 column, __u32 handler)
{
	struct trace_losses *own;

	if (!(handler & HANDLER_COUNTED))
		return 0;
	own = PER_CPU_SLOT(losses, settings.probes, column);
	if (!own)
		return 0;
	if (handler_is(handler, HANDLER_COUNT))
		__sync_fetch_and_add(&own->handled[HANDLER_COUNT], 1);
	else if (handler_is(handler, HANDLER_LATENCY))
		__sync_fetch_and_add(&own->handled[HANDLER_LATENCY], 1);
	else
		__sync_fetch_and_add(&own->handled[HANDLER_STACKS], 1);
	return 0;
}

#endif /* LATCHKIT_BPF_TRACE_HANDLER_H */
