// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nmi.bpf.c - one latch, LATCH_VARIANT, written by a program that an NMI interrupts, and a program
 * that runs in the NMI: it reads the latch, writes to it, and asks the context probe where it is.
 * For tests/bpf/test_nmi.c. The oracle is in test_oracle.h.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <latchkit/record.h>

#include "trace_shared.h"

#define WORDS 8
#define ORACLE_WORDS WORDS
#include "latch_map.h"
#include "test_oracle.h"

char LICENSE[] SEC("license") = "GPL";

/* Only the context probe's members are used. */
const volatile struct trace_settings settings;
/* Which workload, and the number of the system call whose entry the victims wait for. */
const volatile int accumulates;
const volatile __u64 victim_syscall;

#include "trace_context.h"

struct latch_memory {
	lk_u64 words[latch_publish_words(WORDS) > latch_accumulate_words(WORDS)
			     ? latch_publish_words(WORDS)
			     : latch_accumulate_words(WORDS)];
};

LATCH_MAP(latches, struct latch_memory);

lk_u64 rounds;
lk_u64 address; /* of the latch, in the kernel */
lk_u64 generation;
lk_u64 accepted, refused; /* writes of the interrupted program */

/* What the program in the NMI found. One CPU at a time is interrupted. */
lk_u64 hits, contexts[SAMPLED_KINDS];
lk_u64 reads_whole, reads_gave_up, reads_torn, nested_accepted, nested_refused;

lk_u64 record[WORDS], nested_record[WORDS], copy[WORDS], scratch[WORDS];

static LK_INLINE struct latch_memory *the_latch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&latches, &zero);
}

static LK_INLINE int write_one(struct latch_memory *latch, lk_u64 *mine)
{
	lk_u64 n, one = 1;

	if (accumulates)
		return latch_accumulate(latch->words, WORDS, apply, &one);
	n = *(volatile lk_u64 *)&generation + 1;
	*(volatile lk_u64 *)&generation = n;
	fill(mine, n);
	return latch_publish(latch->words, WORDS, mine, n);
}

static long write_step(__u32 index, void *ctx)
{
	struct latch_memory *latch = the_latch();

	if (!latch)
		return 1;
	if (write_one(latch, record))
		refused++;
	else
		accepted++;
	return 0;
}

static LK_INLINE int interrupt(void)
{
	struct latch_memory *latch = the_latch();
	int retries;

	if (!latch)
		return 0;
	hits++;
	contexts[context_now() % SAMPLED_KINDS]++;
	retries = accumulates ? latch_read_sum(latch->words, WORDS, copy, scratch, 4, merge)
			      : latch_read(latch->words, WORDS, copy, 4);
	if (retries < 0)
		reads_gave_up++;
	else if (torn_record(copy, accumulates))
		reads_torn++;
	else
		reads_whole++;
	if (write_one(latch, nested_record))
		nested_refused++;
	else
		nested_accepted++;
	return 0;
}

SEC("syscall")
int where(void *ctx)
{
	address = (lk_u64)the_latch();
	return 0;
}

SEC("syscall")
int write(void *ctx)
{
	bpf_loop(rounds & 0x7fffff, write_step, 0, 0);
	return 0;
}

SEC("perf_event")
int on_event(void *ctx)
{
	return interrupt();
}

SEC("raw_tp/nmi_handler")
int on_nmi_handler(void *ctx)
{
	return interrupt();
}

/* Writers that are run by a system call: the kernel treats the two kinds differently in an NMI. */
SEC("kprobe")
int victim_kprobe(void *ctx)
{
	return write_step(0, 0);
}

SEC("raw_tp/sys_enter")
int victim_raw_tp(struct bpf_raw_tracepoint_args *ctx)
{
	return ctx->args[1] == victim_syscall ? write_step(0, 0) : 0;
}
