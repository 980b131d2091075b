// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scratch.bpf.c - ways to get memory that does not fit the stack, in loops that user space starts
 * by test run and that time themselves. Each turn gets 2 KiB, writes a word and gives it back. A
 * program for each way; user space loads one.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stddef.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "bpf/bench/scratch_shared.h"

char LICENSE[] SEC("license") = "GPL";

/* bpf_loop() takes no more. */
#define BOUNDED(count) ((count)&0x7fffff)

extern void bpf_preempt_disable(void) __weak __ksym;
extern void bpf_preempt_enable(void) __weak __ksym;
extern void bpf_local_irq_save(unsigned long *flags) __weak __ksym;
extern void bpf_local_irq_restore(unsigned long *flags) __weak __ksym;
extern void *bpf_obj_new_impl(__u64 local_type_id, void *meta) __weak __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __weak __ksym;

struct bench_scratch_run run;

struct memory {
	lk_u64 words[BENCH_SCRATCH_BYTES / 8];
};

SCRATCH_MAP(ways1, BENCH_SCRATCH_BYTES, 1);
SCRATCH_MAP(ways2, BENCH_SCRATCH_BYTES, 2);
SCRATCH_MAP(ways4, BENCH_SCRATCH_BYTES, 4);
SCRATCH_MAP(ways8, BENCH_SCRATCH_BYTES, 8);

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct memory);
} percpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, struct memory);
} by_task SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct memory);
} storage SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, BENCH_SCRATCH_RING);
} ring SEC(".maps");

/* Use it. Relaxed: it is the owner's. */
static LK_INLINE int use(void *memory, __u32 i)
{
	if (!memory)
		return 1;
	order_store_relaxed(memory, i);
	return 0;
}

static LK_INLINE int empty_one(__u32 i)
{
	asm volatile("" ::"r"(i) : "memory");
	return 0;
}

static LK_INLINE int plain_one(__u32 i)
{
	__u32 zero = 0;

	return use(bpf_map_lookup_elem(&percpu, &zero), i);
}

#define SCRATCH_ONE(n) \
	static LK_INLINE int scratch##n##_one(__u32 i) \
	{ \
		lk_u64 which; \
		void *memory = scratch_claim(ways##n, &which); \
\
		if (!memory) \
			return 1; \
		use(memory, i); \
		scratch_release(memory, which); \
		return 0; \
	}
SCRATCH_ONE(1)
SCRATCH_ONE(2)
SCRATCH_ONE(4)
SCRATCH_ONE(8)

static LK_INLINE int preempt_one(__u32 i)
{
	int refused;

	bpf_preempt_disable();
	refused = plain_one(i);
	bpf_preempt_enable();
	return refused;
}

static LK_INLINE int irq_one(__u32 i)
{
	unsigned long flags;
	int refused;

	bpf_local_irq_save(&flags);
	refused = plain_one(i);
	bpf_local_irq_restore(&flags);
	return refused;
}

/* Made of zeros that are somewhere, when the task has none. It is deleted, or the map gets full. */
static LK_INLINE int hash_one(__u32 i)
{
	__u64 task = bpf_get_current_pid_tgid();
	__u32 zero = 0;
	void *zeros = bpf_map_lookup_elem(&percpu, &zero);
	int refused;

	if (!zeros || bpf_map_update_elem(&by_task, &task, zeros, BPF_NOEXIST))
		return 1;
	refused = use(bpf_map_lookup_elem(&by_task, &task), i);
	bpf_map_delete_elem(&by_task, &task);
	return refused;
}

/* The same, and what a task has once it keeps. */
static LK_INLINE int kept_one(__u32 i)
{
	__u64 task = bpf_get_current_pid_tgid();
	void *memory = bpf_map_lookup_elem(&by_task, &task);
	__u32 zero = 0;

	if (!memory) {
		void *zeros = bpf_map_lookup_elem(&percpu, &zero);

		if (zeros)
			bpf_map_update_elem(&by_task, &task, zeros, BPF_NOEXIST);
		memory = bpf_map_lookup_elem(&by_task, &task);
	}
	return use(memory, i);
}

static LK_INLINE int storage_one(__u32 i)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	return use(bpf_task_storage_get(&storage, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE), i);
}

static LK_INLINE int object_one(__u32 i)
{
	struct memory *memory = bpf_obj_new_impl(bpf_core_type_id_local(struct memory), NULL);

	if (!memory)
		return 1;
	memory->words[0] = i;
	bpf_obj_drop_impl(memory, NULL);
	return 0;
}

static LK_INLINE int ring_one(__u32 i)
{
	void *memory = bpf_ringbuf_reserve(&ring, BENCH_SCRATCH_BYTES, 0);

	if (!memory)
		return 1;
	use(memory, i);
	bpf_ringbuf_discard(memory, BPF_RB_NO_WAKEUP);
	return 0;
}

/* A program lk_bench_NAME, of that section, with a loop over NAME_one(). */
#define LOOP(section, name) \
	static long step_##name(__u32 i, lk_u64 *refused) \
	{ \
		*refused += name##_one(i) != 0; \
		return 0; \
	} \
	SEC(section) int lk_bench_##name(void *ctx) \
	{ \
		lk_u64 refused = 0, start = bpf_ktime_get_ns(); \
\
		bpf_loop(BOUNDED(run.count), step_##name, &refused, 0); \
		run.ns = bpf_ktime_get_ns() - start; \
		run.claims = run.count; \
		run.refused = refused; \
		return 0; \
	}
LOOP("tc", empty)
LOOP("tc", plain)
LOOP("tc", scratch1)
LOOP("tc", scratch2)
LOOP("tc", scratch4)
LOOP("tc", scratch8)
LOOP("tc", preempt)
LOOP("tc", irq)
LOOP("tc", hash)
LOOP("tc", kept)
LOOP("raw_tp", storage) /* classifiers have no task */
LOOP("tc", object)
LOOP("tc", ring)

/* -- claims within claims ---------------------------------------------------------------------- */

/* One claim, and with probability 1/2 one in it, and so on: so many at once. */
static LK_INLINE unsigned int draw_depth(void)
{
	unsigned int depth = 1;

	run.random ^= run.random << 13;
	run.random ^= run.random >> 7;
	run.random ^= run.random << 17;
	for (lk_u64 bits = run.random >> 32; bits & 1 && depth < BENCH_SCRATCH_DEPTH; bits >>= 1)
		depth++;
	return depth;
}

/* The last one who came goes first, so that claims have the ways from 0 on. */
#define NEST(n) \
	static LK_INLINE void nest##n##_release(__u32 way) \
	{ \
		lk_u64 *buffer = bpf_map_lookup_elem(&ways##n, &way); \
\
		if (buffer) \
			scratch_give(buffer, way + 1); \
	} \
	static long step_nest##n(__u32 i, void *ctx) \
	{ \
		unsigned int depth = draw_depth(), taken = 0; \
		lk_u64 which; \
\
		run.claims += depth; \
		for (unsigned int at = 0; at < BENCH_SCRATCH_DEPTH && at < depth; at++) \
			taken += scratch_claim(ways##n, &which) != NULL; \
		run.refused += depth - taken; \
		for (unsigned int at = 0; at < n && at < taken; at++) \
			nest##n##_release(taken - 1 - at); \
		return 0; \
	} \
	SEC("tc") int lk_bench_nest##n(void *ctx) \
	{ \
		run.claims = run.refused = 0; \
		bpf_loop(BOUNDED(run.count), step_nest##n, NULL, 0); \
		return 0; \
	}
NEST(1)
NEST(2)
NEST(4)
NEST(8)
