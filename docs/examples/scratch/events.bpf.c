// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * events.bpf.c - two programs that put events of 1 KiB together, which is more than a program's
 * stack, and write them to a ring buffer: one at calls of a function, one at ticks of a clock.
 * -DUSE_scratch: in scratch memory of latchkit/scratch.h; -DUSE_plain: in an array of the CPU.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include <latchkit/scratch.h>

#include "events.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);
} events SEC(".maps");

unsigned long long numbers, refused, full;

#ifdef USE_scratch
SCRATCH_MAP(memory, sizeof(struct event), 4);
#else
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event);
} memory SEC(".maps");
#endif

static __always_inline void emit(void)
{
	lk_u64 number = __sync_fetch_and_add(&numbers, 1), which;
#ifdef USE_scratch
	struct event *event = scratch_claim(memory, &which);
#else
	__u32 zero = 0;
	struct event *event = bpf_map_lookup_elem(&memory, &zero);

	(void)which;
#endif
	if (!event) {
		__sync_fetch_and_add(&refused, 1);
		return;
	}
	for (int i = 0; i < EVENT_WORDS; i++)
		((volatile struct event *)event)->words[i] = number;
	if (bpf_ringbuf_output(&events, event, sizeof(*event), 0))
		__sync_fetch_and_add(&full, 1);
#ifdef USE_scratch
	scratch_release(event, which);
#endif
}

SEC("uprobe")
int on_call(void *ctx)
{
	emit();
	return 0;
}

SEC("perf_event")
int on_tick(void *ctx)
{
	emit();
	return 0;
}
