// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * dispatch.bpf.c - handlers in BPF that can be swapped: by a switch on a selector word, by tail
 * calls at a constant and at a variable index, by updating the link of an attached program. Each
 * for classifiers, which are timed by test run, and for a tracepoint, which sees events;
 * user/bench/dispatch/bpf/bench.c loads and swaps them.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include <latchkit/dispatch.h>

#include "bpf/bench/dispatch_shared.h"

char LICENSE[] SEC("license") = "GPL";

struct dispatch_bpf_shared shared;

/* A program that waits for the kernel's RCU: user space updates the inner map to have that done. */
struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} inner SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct inner);
} grace_period SEC(".maps") = {.values = {&inner}};

#define PROGRAMS(name) \
	struct { \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY); \
		__uint(max_entries, 2); \
		__uint(key_size, sizeof(__u32)); \
		__uint(value_size, sizeof(__u32)); \
	} name SEC(".maps")

PROGRAMS(time_constant);
PROGRAMS(time_variable);
PROGRAMS(event_constant);
PROGRAMS(event_variable);

/* What a handler does: look whether the context is its own, and count. */
static LK_INLINE void handle(unsigned int number, unsigned int context)
{
	/* Relaxed: who retires it wants to know who is late. */
	lk_u64 says = order_load_relaxed(&shared.says[context & 1]);

	shared.calls[number]++;
	if (says == number + 1)
		return;
	if (says)
		shared.mixed++;
	else
		shared.late++;
}

static __attribute__((noinline)) int handle_0(unsigned int context)
{
	handle(0, context);
	return 0;
}

static LK_INLINE void handle_numbered(unsigned int number, unsigned int context)
{
	switch (number) {
	case 0:
		handle(0, context);
		break;
	case 1:
		handle(1, context);
		break;
	default:
		shared.unhandled++;
	}
}

static LK_INLINE void handle_selected(void)
{
	lk_u64 selector = dispatch_selector_get(&shared.selector);

	handle_numbered(dispatch_selector_handler(selector), dispatch_selector_context(selector));
}

/* -- timed ------------------------------------------------------------------------------------ */

/* Count one dispatch; all ways do. Relaxed: one thread runs them. */
static LK_INLINE lk_u64 step(void)
{
	lk_u64 steps = order_load_relaxed(&shared.steps) + 1;

	order_store_relaxed(&shared.steps, steps);
	return steps;
}

SEC("tc") int time_empty(struct __sk_buff *skb)
{
	order_store_relaxed(&shared.steps, 0);
	return 0;
}

/* Unrolled: the verifier of Linux 6.1 refuses some layouts of loops. */
#define TIME_LOOP(how, dispatch) \
	SEC("tc") int time_##how(struct __sk_buff *skb) \
	{ \
		order_store_relaxed(&shared.steps, 0); \
		_Pragma("clang loop unroll(full)") for (int i = 0; i < DISPATCH_BPF_STEPS; i++) \
		{ \
			step(); \
			dispatch; \
		} \
		return 0; \
	}

TIME_LOOP(inlined, handle(0, 0))
TIME_LOOP(call, handle_0(0))
TIME_LOOP(switch, handle_selected())

/* A chain: each handler is called by the one before, the first by the entry. */
#define TIME_TAIL(how, index) \
	SEC("tc") int time_tail_##how(struct __sk_buff *skb) \
	{ \
		order_store_relaxed(&shared.steps, 0); \
		bpf_tail_call(skb, &time_##how, index); \
		shared.unhandled++; \
		return 0; \
	} \
	TIME_TAIL_HANDLER(how, index, 0) \
	TIME_TAIL_HANDLER(how, index, 1)
#define TIME_TAIL_HANDLER(how, index, number) \
	SEC("tc") int time_tail_##how##_##number(struct __sk_buff *skb) \
	{ \
		handle(number, number); \
		if (step() < DISPATCH_BPF_STEPS) { \
			bpf_tail_call(skb, &time_##how, index); \
			shared.unhandled++; \
		} \
		return 0; \
	}

TIME_TAIL(constant, 0)
TIME_TAIL(variable, (__u32)order_load_relaxed(&shared.index))

/* -- events ----------------------------------------------------------------------------------- */

static LK_INLINE int is_event(const struct bpf_raw_tracepoint_args *ctx)
{
	return bpf_get_current_pid_tgid() >> 32 == shared.tgid && ctx->args[1] == shared.syscall;
}

SEC("raw_tp/sys_enter") int event_switch(struct bpf_raw_tracepoint_args *ctx)
{
	if (is_event(ctx))
		handle_selected();
	return 0;
}

/* The counterexample: handler and context are two words, and a swap stores one after the other. */
SEC("raw_tp/sys_enter") int event_split(struct bpf_raw_tracepoint_args *ctx)
{
	if (is_event(ctx)) {
		/* Acquire: as dispatch_selector_get(). */
		lk_u64 number = order_load_acquire(&shared.split[0]);

		handle_numbered((unsigned int)number,
				(unsigned int)order_load_acquire(&shared.split[1]));
	}
	return 0;
}

#define EVENT_TAIL(how, index) \
	SEC("raw_tp/sys_enter") int event_tail_##how(struct bpf_raw_tracepoint_args *ctx) \
	{ \
		if (!is_event(ctx)) \
			return 0; \
		bpf_tail_call(ctx, &event_##how, index); \
		shared.unhandled++; \
		return 0; \
	} \
	EVENT_TAIL_HANDLER(how, 0) \
	EVENT_TAIL_HANDLER(how, 1)
#define EVENT_TAIL_HANDLER(how, number) \
	SEC("raw_tp/sys_enter") int event_tail_##how##_##number(void *ctx) \
	{ \
		handle(number, number); \
		return 0; \
	}

EVENT_TAIL(constant, 0)
EVENT_TAIL(variable, (__u32)order_load_relaxed(&shared.index))

/* Attached to the loopback device of a network namespace of their own. */
#define HEADERS (14 + 20 + 8)
#define EVENT_LINK(number) \
	SEC("xdp") int event_link_##number(struct xdp_md *ctx) \
	{ \
		unsigned char *data = (unsigned char *)(long)ctx->data; \
		__u64 magic = 0; \
\
		if (data + HEADERS + sizeof(magic) > (unsigned char *)(long)ctx->data_end) \
			return XDP_PASS; \
		__builtin_memcpy(&magic, data + HEADERS, sizeof(magic)); \
		if (magic != DISPATCH_BPF_MAGIC) \
			return XDP_PASS; \
		handle(number, number); \
		return XDP_DROP; \
	}

EVENT_LINK(0)
EVENT_LINK(1)
