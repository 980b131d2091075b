// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scratch.bpf.c - programs that claim a scratch buffer of their CPU, use it and release it, as
 * -DREMEDY says: `scratch`, which is latchkit/scratch.h, or a counterexample of scratch_shared.h.
 * One is run in loops, others at events that interrupt it (user/verify/scratch/nmi.c); or they
 * belong to threads that preempt each other (user/verify/scratch/preempt.c).
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <latchkit/record.h>
#include <latchkit/scratch.h>

#define remedy_buffer(in, way) buffer_at(way)
#define remedy_between(buffer) taken_at(buffer)
static LK_INLINE lk_u64 *buffer_at(__u32 way);
static LK_INLINE void taken_at(lk_u64 *buffer);
#include "bpf/verify/scratch_shared.h"

#include "bpf/trace/shared.h"

char LICENSE[] SEC("license") = "GPL";

/* Only the context probe's members are used. */
const volatile struct trace_settings settings;

#include "bpf/trace/context.h"

const volatile __u32 tgid, cpu; /* whose system calls claim, and on which CPU */
const volatile __u32 rounds = 1; /* how often a buffer is filled while it is held */

SCRATCH_MAP(buffers, SCRATCH_TEST_BYTES, SCRATCH_TEST_WAYS);

lk_u64 addresses[SCRATCH_TEST_WAYS]; /* of this CPU's buffers */
struct scratch_tally tallies[SCRATCH_WHO];
lk_u64 claims_begun; /* each fills its buffer with its own number */
lk_u64 under_way[SCRATCH_WHO]; /* claims not released yet, of one CPU */
lk_u64 owners[SCRATCH_TEST_WAYS];

/* What events found: hits of each site, and those while the loop had a claim under way. */
lk_u64 hits[SCRATCH_NMI_SLOTS], inside[SCRATCH_NMI_SLOTS];
lk_u64 contexts[SAMPLED_KINDS];

static LK_INLINE lk_u64 *buffer_at(__u32 way)
{
	return bpf_map_lookup_elem(&buffers, &way);
}

/*
 * What people do between looking at a flag and setting it, such as noting since when, but more
 * often, so that a program is preempted there within seconds.
 */
static LK_INLINE void taken_at(lk_u64 *buffer)
{
	for (int i = 0; i < 64; i++)
		order_store_relaxed(buffer + SCRATCH_HEAD_WORDS - 1, bpf_ktime_get_ns());
}

#define remedy_scratch_claim(in, which) scratch_claim(buffers, which)
#define remedy_scratch_release(in, bytes, which) scratch_release(bytes, which)

#define PASTE_(a, b, c) a##b##c
#define PASTE(a, b, c) PASTE_(a, b, c)
#define CLAIM(which) PASTE(remedy_, REMEDY, _claim)((void *)0, which)
#define RELEASE(bytes, which) PASTE(remedy_, REMEDY, _release)((void *)0, bytes, which)

/* A number below `bound`, a power of two: where a verifier looks, or the compiler drops it. */
static LK_INLINE lk_u64 below(lk_u64 number, lk_u64 bound)
{
	asm volatile("" : "+r"(number));
	return number & (bound - 1);
}

/* Fill it with the number, and look whether it is. Returns not 0 if some words are others. */
static LK_INLINE lk_u64 fill_and_look(lk_u64 *words, lk_u64 number)
{
	lk_u64 others = 0;

	for (int i = 0; i < SCRATCH_TEST_WORDS; i++)
		order_store_relaxed(words + i, number);
	for (int i = 0; i < SCRATCH_TEST_WORDS; i++)
		others |= order_load_relaxed(words + i) ^ number;
	return others;
}

static LK_INLINE void hold(struct scratch_tally *tally, lk_u64 *words, lk_u64 which)
{
	lk_u64 *owner = &owners[below(scratch_way(which), SCRATCH_TEST_WAYS)], torn = 0;
	lk_u64 number = order_fetch_add_relaxed(&claims_begun, 1) + 1;

	if (order_fetch_add_relaxed(owner, 1))
		order_fetch_add_relaxed(&tally->shared, 1);
	for (__u32 i = 0; i < 32 && i < rounds; i++)
		torn |= fill_and_look(words, number);
	if (torn)
		order_fetch_add_relaxed(&tally->torn, 1);
	order_fetch_add_relaxed(owner, -1ULL);
}

/* One claim, by a program of this kind. */
static LK_INLINE void claim_once(enum scratch_who who)
{
	struct scratch_tally *tally = &tallies[who];
	lk_u64 which;
	void *bytes;

	for (int i = 0; i < SCRATCH_WHO; i++)
		if (order_load_relaxed(&under_way[i]))
			order_fetch_add_relaxed(&tally->met[i], 1);
	order_fetch_add_relaxed(&under_way[who], 1);
	bytes = CLAIM(&which);
	if (bytes) {
		hold(tally, bytes, which);
		RELEASE(bytes, which);
		order_fetch_add_relaxed(&tally->claims, 1);
	} else {
		order_fetch_add_relaxed(&tally->refused, 1);
	}
	order_fetch_add_relaxed(&under_way[who], -1ULL);
}

static long loop_step(__u32 index, void *ctx)
{
	claim_once(SCRATCH_LOOP);
	return 0;
}

SEC("syscall")
int where(void *ctx)
{
	for (int i = 0; i < SCRATCH_TEST_WAYS; i++)
		addresses[i] = (lk_u64)buffer_at(i);
	return 0;
}

SEC("syscall")
int loop(void *ctx)
{
	bpf_loop(SCRATCH_NMI_CLAIMS, loop_step, 0, 0);
	return 0;
}

/* The cookie says which word is watched. */
SEC("perf_event")
int on_event(void *ctx)
{
	lk_u64 site = below(bpf_get_attach_cookie(ctx), SCRATCH_NMI_SLOTS);

	hits[site]++;
	inside[site] += order_load_relaxed(&under_way[SCRATCH_LOOP]) != 0;
	contexts[context_now() % SAMPLED_KINDS]++;
	claim_once(SCRATCH_NMI);
	return 0;
}

SEC("uprobe")
int on_call(void *ctx)
{
	claim_once(SCRATCH_UPROBE);
	return 0;
}

SEC("raw_tracepoint/sys_enter")
int on_enter(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == tgid && bpf_get_smp_processor_id() == cpu)
		claim_once(SCRATCH_RAW);
	return 0;
}
