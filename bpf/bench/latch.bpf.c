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

#define SIZED(n) \
	struct published_##n { \
		lk_u64 words[latch_publish_words(n)]; \
	}; \
	struct accumulated_##n { \
		lk_u64 words[latch_accumulate_words(n)]; \
	}; \
	LATCH_MAP(memory_publish_##n, struct published_##n); \
	LATCH_MAP(memory_accumulate_##n, struct accumulated_##n); \
\
	static long step_publish_##n(__u32 index, struct bench_bpf_args *a) \
	{ \
		__u32 zero = 0; \
		struct published_##n *latch = bpf_map_lookup_elem(&memory_publish_##n, &zero); \
\
		if (!latch) \
			return 1; \
		_Pragma("clang loop unroll(full)") for (int i = 0; i < BENCH_BPF_STEP; i++) \
		{ \
			lk_u64 stamp = a->stamp ? ++a->stamp : LATCH_STAMP_COUNTER; \
\
			a->refused += latch_publish(latch->words, n, buffers.pool[i], stamp) != 0; \
		} \
		return 0; \
	} \
	static long step_accumulate_##n(__u32 index, struct bench_bpf_args *a) \
	{ \
		__u32 zero = 0; \
		struct accumulated_##n *latch = \
			bpf_map_lookup_elem(&memory_accumulate_##n, &zero); \
		unsigned int words = n; \
\
		if (!latch) \
			return 1; \
		_Pragma("clang loop unroll(full)") for (int i = 0; i < BENCH_BPF_STEP; i++) \
			a->refused += latch_accumulate(latch->words, n, apply, &words) != 0; \
		return 0; \
	} \
	static long step_read_publish_##n(__u32 index, struct bench_bpf_args *a) \
	{ \
		__u32 zero = 0; \
		struct published_##n *latch = bpf_map_lookup_elem(&memory_publish_##n, &zero); \
\
		if (latch) \
			count_read(a, latch_read(latch->words, n, \
						 buffers.copies[a->place % BENCH_BPF_PLACES], \
						 BENCH_BPF_TRIES)); \
		return 0; \
	} \
	static long step_read_accumulate_##n(__u32 index, struct bench_bpf_args *a) \
	{ \
		__u32 zero = 0; \
		struct accumulated_##n *latch = \
			bpf_map_lookup_elem(&memory_accumulate_##n, &zero); \
\
		if (latch) \
			count_read(a, \
				   latch_read_sum(latch->words, n, \
						  buffers.copies[a->place % BENCH_BPF_PLACES], \
						  buffers.scratches[a->place % BENCH_BPF_PLACES], \
						  BENCH_BPF_TRIES, \
						  n < DELTA_WORDS ? merge_first : merge)); \
		return 0; \
	} \
	static LK_INLINE int one_publish_##n(void) \
	{ \
		__u32 zero = 0; \
		struct published_##n *latch = bpf_map_lookup_elem(&memory_publish_##n, &zero); \
\
		return latch && \
		       latch_publish(latch->words, n, buffers.pool[0], LATCH_STAMP_COUNTER) != 0; \
	} \
	static LK_INLINE int one_accumulate_##n(void) \
	{ \
		__u32 zero = 0; \
		struct accumulated_##n *latch = \
			bpf_map_lookup_elem(&memory_accumulate_##n, &zero); \
		unsigned int words = n; \
\
		return latch && latch_accumulate(latch->words, n, apply, &words) != 0; \
	} \
	EVENTS(publish_##n, one_publish_##n()) \
	EVENTS(accumulate_##n, one_accumulate_##n()) \
	LOOP(write_publish_##n, step_publish_##n) \
	LOOP(write_accumulate_##n, step_accumulate_##n) \
	LOOP(read_publish_##n, step_read_publish_##n) \
	LOOP(read_accumulate_##n, step_read_accumulate_##n)

SIZED(1)
SIZED(8)
SIZED(32)
SIZED(128)
