// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * latch.bpf.c - loops of writes and reads of one latch, LATCH_VARIANT, in some sizes, started by
 * BPF_PROG_TEST_RUN: what user/bench/latch/bpf.c measures. user/bench/latch/loops.c is the same
 * for user space. Only the programs of one size and workload are loaded.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include <latchkit/latch.h>

#include "bpf/bench/latch_shared.h"
#include "bpf/latch_map.h"

char LICENSE[] SEC("license") = "GPL";

#define DELTA_WORDS 4

struct bench_bpf_buffers buffers;

static LK_INLINE void apply(lk_u64 *record, const void *delta)
{
	const unsigned int *words = delta;

	for (unsigned int i = 0; i < DELTA_WORDS && i < *words; i++)
		latch_word_set(record, i, latch_word_get(record, i) + i + 1);
}

static LK_INLINE void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < DELTA_WORDS; i++)
		into[i] += from[i];
}

static LK_INLINE void merge_first(lk_u64 *into, const lk_u64 *from)
{
	into[0] += from[0];
}

static LK_INLINE void count_read(struct bench_bpf_args *a, int retries)
{
	lk_u64 n = retries < 0 ? BENCH_BPF_TRIES : retries;

	if (!n)
		return;
	a->gave_up += retries < 0;
	a->retries += n;
	if (n > a->retries_max)
		a->retries_max = n;
	if (n >= BENCH_BPF_RETRIES)
		n = BENCH_BPF_RETRIES - 1;
	for (lk_u64 i = 1; i < BENCH_BPF_RETRIES; i++)
		a->retried[i] += n == i;
}

/* One write for an event, counted. */
#define EVENT(kind, write) \
	({ \
		struct bench_bpf_events *e = \
			&buffers.events[kind][bpf_get_smp_processor_id() % BENCH_BPF_CPUS]; \
\
		e->refused += write; \
		e->ran++; \
		0; \
	})

static LK_INLINE int is_ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == buffers.tgid;
}

/* Programs by what runs them: any system call's entry, one function, a watchpoint (an NMI). */
#define EVENTS(name, write) \
	SEC("raw_tp/sys_enter") int raw_tp_##name(struct bpf_raw_tracepoint_args *ctx) \
	{ \
		if (!is_ours() || ctx->args[1] != buffers.syscall) \
			return 0; \
		return EVENT(BENCH_EVENT_RAW_TP, write); \
	} \
	SEC("kprobe") int kprobe_##name(void *ctx) \
	{ \
		return is_ours() ? EVENT(BENCH_EVENT_KPROBE, write) : 0; \
	} \
	SEC("perf_event") int nmi_##name(void *ctx) \
	{ \
		return EVENT(BENCH_EVENT_NMI, write); \
	}

/* One loop of STEPs: `args` lives on the stack, where bpf_loop() wants it. */
#define LOOP(name, step) \
	SEC("syscall") int name(struct bench_bpf_args *ctx) \
	{ \
		struct bench_bpf_args args = *ctx; \
\
		bpf_loop(args.rounds & 0x7fffff, step, &args, 0); \
		*ctx = args; \
		return 0; \
	}

/* A stamp of 0: stamps come from the latch. */
static LK_INLINE int write_publish(lk_u64 *latch, unsigned int n, const lk_u64 *record,
				   lk_u64 *stamp)
{
	return latch_publish(latch, n, record, *stamp ? ++*stamp : LATCH_STAMP_COUNTER) != 0;
}

static LK_INLINE int write_accumulate(lk_u64 *latch, unsigned int n, const lk_u64 *record,
				      lk_u64 *stamp)
{
	return latch_accumulate(latch, n, apply, &n) != 0;
}

static LK_INLINE int read_publish(lk_u64 *latch, unsigned int n, lk_u64 place)
{
	return latch_read(latch, n, buffers.copies[place], BENCH_BPF_TRIES);
}

static LK_INLINE int read_accumulate(lk_u64 *latch, unsigned int n, lk_u64 place)
{
	return latch_read_sum(latch, n, buffers.copies[place], buffers.scratches[place],
			      BENCH_BPF_TRIES, n < DELTA_WORDS ? merge_first : merge);
}

/* The map and the programs of one workload, publish or accumulate, with records of n words. */
#define WORKLOAD(what, n) \
	struct what##_##n { \
		lk_u64 words[latch_##what##_words(n)]; \
	}; \
	LATCH_MAP(memory_##what##_##n, struct what##_##n); \
\
	static long step_##what##_##n(__u32 index, struct bench_bpf_args *a) \
	{ \
		__u32 zero = 0; \
		struct what##_##n *latch = bpf_map_lookup_elem(&memory_##what##_##n, &zero); \
\
		if (!latch) \
			return 1; \
		_Pragma("clang loop unroll(full)") for (int i = 0; i < BENCH_BPF_STEP; i++) \
			a->refused += write_##what(latch->words, n, buffers.pool[i], &a->stamp); \
		return 0; \
	} \
	static long step_read_##what##_##n(__u32 index, struct bench_bpf_args *a) \
	{ \
		__u32 zero = 0; \
		struct what##_##n *latch = bpf_map_lookup_elem(&memory_##what##_##n, &zero); \
\
		if (latch) \
			count_read(a, read_##what(latch->words, n, a->place % BENCH_BPF_PLACES)); \
		return 0; \
	} \
	static LK_INLINE int one_##what##_##n(void) \
	{ \
		__u32 zero = 0; \
		struct what##_##n *latch = bpf_map_lookup_elem(&memory_##what##_##n, &zero); \
		lk_u64 stamp = 0; \
\
		return latch && write_##what(latch->words, n, buffers.pool[0], &stamp); \
	} \
	EVENTS(what##_##n, one_##what##_##n()) \
	LOOP(write_##what##_##n, step_##what##_##n) \
	LOOP(read_##what##_##n, step_read_##what##_##n)

#define SIZED(n) \
	WORKLOAD(publish, n) \
	WORKLOAD(accumulate, n)

SIZED(1)
SIZED(8)
SIZED(32)
SIZED(128)
