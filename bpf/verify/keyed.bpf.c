// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * keyed.bpf.c - a table of keyed.h, or with KEYED_READY_FIRST the counterexample, in which a
 * program claims and counts keys, and another one that runs in the NMIs which interrupt it: it
 * looks at all places, and counts. For user/verify/keyed/nmi.c.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/verify/keyed_nmi_shared.h"
#include <latchkit/keyed_ready_first.h>
#include <latchkit/record.h>

#include "bpf/latch_map.h"
#include "bpf/trace/shared.h"

#ifdef KEYED_READY_FIRST
#define FIND keyed_ready_first_latch
#else
#define FIND keyed_latch
#endif

char LICENSE[] SEC("license") = "GPL";

/* Only the context probe's members are used. */
const volatile struct trace_settings settings;
const volatile lk_u64 seed;

#include "bpf/trace/context.h"

struct places {
	lk_u64 words[keyed_bucket_words(KEYED_NMI_WORDS, KEYED_LATCH)];
};

LATCH_MAP(table, struct places);

lk_u64 addresses[KEYED_NMI_BUCKETS]; /* of the buckets, in the kernel */
lk_u64 finding; /* the key that the program is finding, plus one; 0: none */
struct keyed_nmi_tally own, nested;

/* What the program in the NMI found. One CPU is interrupted. */
struct keyed_nmi_site sites[KEYED_NMI_SITES];
lk_u64 contexts[SAMPLED_KINDS];
/* The first key that was not whole, or nobody's, and where. */
lk_u64 bad, bad_site, bad_key[KEYED_NMI_WORDS];

#define NOW(variable) (*(volatile lk_u64 *)&(variable))

static LK_INLINE lk_u64 *bucket_at(__u32 index)
{
	return bpf_map_lookup_elem(&table, &index);
}

/* A number below `bound`, a power of two: where a verifier looks, or the compiler drops it. */
static LK_INLINE lk_u64 below(lk_u64 number, lk_u64 bound)
{
	asm volatile("" : "+r"(number));
	return number & (bound - 1);
}

static LK_INLINE void count_key(struct keyed_nmi_tally *tally, lk_u64 number, int is_nested)
{
	lk_u64 key[KEYED_NMI_WORDS], hash, *first, *second, *latch;
	int made;

	number = below(number, KEYED_NMI_KEYS);
	key_make(key, KEYED_NMI_WORDS, number, seed);
	hash = keyed_hash(key, KEYED_NMI_WORDS, seed);
	first = bucket_at(keyed_first(hash, KEYED_NMI_BUCKETS));
	second = bucket_at(keyed_second(hash, KEYED_NMI_BUCKETS));
	if (!first || !second)
		return;
	if (!is_nested)
		NOW(finding) = number + 1;
	latch = FIND(first, second, key, KEYED_NMI_WORDS, KEYED_LATCH, hash, &made);
	if (!is_nested)
		NOW(finding) = 0;
	if (!latch)
		tally->refused++;
	else if (latch_accumulate(latch, KEYED_RECORD, key_apply, &key[0]))
		tally->busy++;
	else
		tally->counted[number]++;
}

static long count_step(__u32 index, void *ctx)
{
	count_key(&own, index % KEYED_NMI_COUNTED, 0);
	return 0;
}

static LK_INLINE void judge_key(struct keyed_nmi_site *s, lk_u64 site, const lk_u64 *key,
				lk_u64 fingerprint)
{
	lk_u64 want[KEYED_NMI_WORDS];

	key_make(want, KEYED_NMI_WORDS, key_number(key), seed);
	if (key_is_whole(key, KEYED_NMI_WORDS) && key[0] == want[0] &&
	    fingerprint == keyed_fingerprint(keyed_hash(key, KEYED_NMI_WORDS, seed))) {
		s->whole++;
		return;
	}
	s->torn++;
	if (bad)
		return;
	bad = 1;
	bad_site = site;
	for (int i = 0; i < KEYED_NMI_WORDS; i++)
		bad_key[i] = key[i];
}

static LK_INLINE void look(struct keyed_nmi_site *s, lk_u64 site)
{
	for (unsigned int b = 0; b < KEYED_NMI_BUCKETS; b++) {
		struct keyed_table t = {.words = bucket_at(b),
					.buckets = 1,
					.key_words = KEYED_NMI_WORDS,
					.latch_words = KEYED_LATCH};
		lk_u64 key[KEYED_NMI_WORDS];

		if (!t.words)
			return;
		for (unsigned int place = 0; place < KEYED_WAYS; place++) {
			lk_u64 fingerprint = keyed_key(&t, place, key);

			if (fingerprint)
				judge_key(s, site, key, fingerprint);
		}
	}
}

SEC("syscall")
int where(void *ctx)
{
	addresses[0] = (lk_u64)bucket_at(0);
	addresses[1] = (lk_u64)bucket_at(1);
	return 0;
}

SEC("syscall")
int count(void *ctx)
{
	bpf_loop(2 * KEYED_NMI_COUNTED, count_step, 0, 0);
	return 0;
}

/* The cookie says which word is watched. */
SEC("perf_event")
int on_event(void *ctx)
{
	lk_u64 site = bpf_get_attach_cookie(ctx), under_way = NOW(finding), number;
	struct keyed_nmi_site *s = &sites[below(site, KEYED_NMI_SITES)];

	number = s->hits++;
	s->inside += under_way != 0;
	contexts[context_now() % SAMPLED_KINDS]++;
	look(s, site);
	if (number % KEYED_NMI_ACTS == KEYED_NMI_LOOK || !under_way)
		return 0;
	if (number % KEYED_NMI_ACTS == KEYED_NMI_SAME)
		number = under_way - 1;
	else
		number = KEYED_NMI_COUNTED + number % (KEYED_NMI_KEYS - KEYED_NMI_COUNTED);
	count_key(&nested, number, 1);
	look(s, site);
	return 0;
}
