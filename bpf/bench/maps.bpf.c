// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * maps.bpf.c - what people use instead of a latch to hand a record from a BPF program to user
 * space, in loops as in bpf/bench/latch.bpf.c: stores to a map's value, with and without
 * bpf_spin_lock, bpf_map_update_elem(), a value for each CPU, a ring buffer. User space reads by
 * system call; what bpf_res_spin_lock protects cannot be looked up, and so a program reads it, run
 * by one. Only the programs and the map of one size are loaded.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include <latchkit/latch.h>

#include "bpf/bench/latch_shared.h"

char LICENSE[] SEC("license") = "GPL";

struct bench_bpf_buffers buffers;

/* Linux 6.15 and newer. The kernel knows the type by its name. */
struct bpf_res_spin_lock {
	__u32 val;
};
extern int bpf_res_spin_lock(struct bpf_res_spin_lock *lock) __weak __ksym;
extern void bpf_res_spin_unlock(struct bpf_res_spin_lock *lock) __weak __ksym;

#define MAP_OF(map_type, name, value_type) \
	struct { \
		__uint(type, map_type); \
		__uint(max_entries, 1); \
		__type(key, __u32); \
		__type(value, value_type); \
	} name SEC(".maps")

/* A program NAME that does `write` with `record`, BENCH_BPF_STEP times a round. */
#define WRITER(name, write) \
	static long step_##name(__u32 index, struct bench_bpf_args *a) \
	{ \
		__u32 zero = 0; \
\
		_Pragma("clang loop unroll(full)") for (int i = 0; i < BENCH_BPF_STEP; i++) \
		{ \
			const lk_u64 *record = buffers.pool[i]; \
\
			(void)zero; \
			a->refused += write; \
		} \
		return 0; \
	} \
	SEC("syscall") int write_##name(struct bench_bpf_args *ctx) \
	{ \
		struct bench_bpf_args args = *ctx; \
\
		bpf_loop(args.rounds & 0x7fffff, step_##name, &args, 0); \
		*ctx = args; \
		return 0; \
	}

#define SIZED(n) \
	struct plain_##n { \
		lk_u64 words[n]; \
	}; \
	struct locked_##n { \
		struct bpf_spin_lock lock; \
		lk_u64 words[n]; \
	}; \
	struct res_locked_##n { \
		struct bpf_res_spin_lock lock; \
		lk_u64 words[n]; \
	}; \
	MAP_OF(BPF_MAP_TYPE_ARRAY, map_lookup_##n, struct plain_##n); \
	MAP_OF(BPF_MAP_TYPE_ARRAY, map_update_##n, struct plain_##n); \
	MAP_OF(BPF_MAP_TYPE_ARRAY, map_spin_lock_##n, struct locked_##n); \
	MAP_OF(BPF_MAP_TYPE_ARRAY, map_res_spin_lock_##n, struct res_locked_##n); \
	MAP_OF(BPF_MAP_TYPE_PERCPU_ARRAY, map_percpu_##n, struct plain_##n); \
	struct { \
		__uint(type, BPF_MAP_TYPE_RINGBUF); \
		__uint(max_entries, 1 << 18); \
	} map_ringbuf_##n SEC(".maps"); \
\
	static LK_INLINE int store_##n(void *map, __u32 zero, const lk_u64 *record) \
	{ \
		struct plain_##n *value = bpf_map_lookup_elem(map, &zero); \
\
		if (!value) \
			return 1; \
		latch_copy_in(value->words, record, n); \
		return 0; \
	} \
	static LK_INLINE int store_locked_##n(__u32 zero, const lk_u64 *record) \
	{ \
		struct locked_##n *value = bpf_map_lookup_elem(&map_spin_lock_##n, &zero); \
\
		if (!value) \
			return 1; \
		bpf_spin_lock(&value->lock); \
		latch_copy_in(value->words, record, n); \
		bpf_spin_unlock(&value->lock); \
		return 0; \
	} \
	static LK_INLINE int store_res_locked_##n(__u32 zero, const lk_u64 *record) \
	{ \
		struct res_locked_##n *value = bpf_map_lookup_elem(&map_res_spin_lock_##n, &zero); \
\
		if (!value || bpf_res_spin_lock(&value->lock)) \
			return 1; \
		latch_copy_in(value->words, record, n); \
		bpf_res_spin_unlock(&value->lock); \
		return 0; \
	} \
	SEC("syscall") int read_map_res_spin_lock_##n(struct bench_bpf_args *ctx) \
	{ \
		__u32 zero = 0; \
		struct res_locked_##n *value = bpf_map_lookup_elem(&map_res_spin_lock_##n, &zero); \
		lk_u64 *copy = buffers.copies[ctx->place % BENCH_BPF_PLACES]; \
\
		ctx->gave_up = !value || bpf_res_spin_lock(&value->lock); \
		if (!value || ctx->gave_up) \
			return 0; \
		latch_copy_out(copy, value->words, n); \
		bpf_res_spin_unlock(&value->lock); \
		return 0; \
	} \
	WRITER(map_lookup_##n, store_##n(&map_lookup_##n, zero, record)) \
	WRITER(map_percpu_##n, store_##n(&map_percpu_##n, zero, record)) \
	WRITER(map_spin_lock_##n, store_locked_##n(zero, record)) \
	WRITER(map_res_spin_lock_##n, store_res_locked_##n(zero, record)) \
	WRITER(map_update_##n, bpf_map_update_elem(&map_update_##n, &zero, record, 0) != 0) \
	WRITER(map_ringbuf_##n, \
	       bpf_ringbuf_output(&map_ringbuf_##n, (void *)record, 8 * n, BPF_RB_NO_WAKEUP) != 0)

SIZED(1)
SIZED(8)
SIZED(32)
SIZED(128)
