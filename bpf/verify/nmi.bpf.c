// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nmi.bpf.c - one latch, LATCH_VARIANT, written by a program that an NMI interrupts, and a program
 * that runs in the NMI: it reads the latch, writes to it, or both, and asks the context probe where
 * it is. For user/verify/latch/nmi.c. The oracle is in bpf/oracle.h.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <latchkit/record.h>

#include "bpf/verify/nmi_shared.h"
#include "bpf/trace/shared.h"

#define ORACLE_WORDS NMI_WORDS
#include "bpf/latch_map.h"
#include "bpf/oracle.h"

char LICENSE[] SEC("license") = "GPL";

/* Only the context probe's members are used. */
const volatile struct trace_settings settings;
/* Which workload; what to do in an NMI, NMI_ACTS: all; and the number of the system call whose
 * entry the victims wait for. */
const volatile int accumulates;
const volatile int only_act = NMI_ACTS;
const volatile __u64 victim_syscall;

#include "bpf/trace/context.h"

struct latch_memory {
	lk_u64 words[latch_publish_words(NMI_WORDS) > latch_accumulate_words(NMI_WORDS)
			     ? latch_publish_words(NMI_WORDS)
			     : latch_accumulate_words(NMI_WORDS)];
};

LATCH_MAP(latches, struct latch_memory);

lk_u64 rounds;
lk_u64 address; /* of the latch, in the kernel */
lk_u64 generation; /* drawn last */
lk_u64 committed; /* the generation of the write that returned last, or the total of all */
lk_u64 accepted, refused; /* writes of the interrupted program */
lk_u64 writing; /* the generation of the one under way, or 1; 0: there is none */

/* What the program in the NMI found. One CPU at a time is interrupted. */
struct nmi_site sites[NMI_SITES];
lk_u64 contexts[SAMPLED_KINDS];
/* The first record that was not as it should be, where, and what had been committed. */
lk_u64 bad_site, bad_committed, bad_record[NMI_WORDS];
lk_u64 bad; /* what was wrong with it: 1 torn, 2 old */

lk_u64 record[NMI_WORDS], nested_record[NMI_WORDS], copy[NMI_WORDS], scratch[NMI_WORDS];

#define NOW(variable) (*(volatile lk_u64 *)&(variable))

static LK_INLINE struct latch_memory *the_latch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&latches, &zero);
}

/* A program may be interrupted anywhere in here: then another write comes first. */
static LK_INLINE int write_one(struct latch_memory *latch, lk_u64 *mine, int nested)
{
	lk_u64 n, one = 1;
	int r;

	if (accumulates) {
		if (!nested)
			NOW(writing) = 1;
		r = latch_accumulate(latch->words, NMI_WORDS, apply, &one);
		if (!r)
			__sync_fetch_and_add(&committed, 1);
		return r;
	}
	n = NOW(generation) + 1;
	NOW(generation) = n;
	if (!nested)
		NOW(writing) = n;
	fill(mine, n);
	r = latch_publish(latch->words, NMI_WORDS, mine, n);
	if (!r)
		NOW(committed) = n;
	return r;
}

static long write_step(__u32 index, void *ctx)
{
	struct latch_memory *latch = the_latch();
	int r;

	if (!latch)
		return 1;
	r = write_one(latch, record, 0);
	NOW(writing) = 0;
	if (r)
		refused++;
	else
		accepted++;
	return 0;
}

static LK_INLINE void keep_bad(lk_u64 what, lk_u64 site, lk_u64 then)
{
	if (bad)
		return;
	bad = what;
	bad_site = site;
	bad_committed = then;
	for (int i = 0; i < NMI_WORDS; i++)
		bad_record[i] = copy[i];
}

static LK_INLINE void nested_read(struct latch_memory *latch, struct nmi_site *s, lk_u64 site)
{
	lk_u64 then = NOW(committed);
	int retries = accumulates ? latch_read_sum(latch->words, NMI_WORDS, copy, scratch,
						   NMI_TRIES, merge)
				  : latch_read(latch->words, NMI_WORDS, copy, NMI_TRIES);

	if (retries < 0) {
		s->gave_up++;
	} else if (torn_record(copy, accumulates)) {
		s->torn++;
		keep_bad(1, site, then);
	} else if (copy[0] < then && copy[0] != NOW(writing)) {
		s->old++;
		keep_bad(2, site, then);
	} else {
		s->whole++;
	}
}

static LK_INLINE void nested_write(struct latch_memory *latch, struct nmi_site *s)
{
	if (write_one(latch, nested_record, 1))
		s->refused++;
	else
		s->accepted++;
}

static LK_INLINE int interrupt(lk_u64 number)
{
	lk_u64 site = number < NMI_SITES ? number : NMI_ANYWHERE;
	struct latch_memory *latch = the_latch();
	struct nmi_site *s = &sites[site];
	int act;

	if (!latch)
		return 0;
	act = only_act < NMI_ACTS ? only_act : (int)(s->hits % NMI_ACTS);
	s->hits++;
	s->inside += NOW(writing) != 0;
	contexts[context_now() % SAMPLED_KINDS]++;
	if (act != NMI_WRITE)
		nested_read(latch, s, site);
	if (act != NMI_READ)
		nested_write(latch, s);
	if (act == NMI_BOTH)
		nested_read(latch, s, site);
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

/* The cookie says which word is watched. */
SEC("perf_event")
int on_event(void *ctx)
{
	return interrupt(bpf_get_attach_cookie(ctx));
}

SEC("raw_tp/nmi_handler")
int on_nmi_handler(void *ctx)
{
	return interrupt(NMI_ANYWHERE);
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
