// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * spans.bpf.c - a table of spans.h, or with SPANS_READY_FIRST the counterexample, in which a
 * program starts and ends keys, and another one that runs in the NMIs which interrupt it: it looks
 * at all places, and starts and ends keys, too. For user/verify/spans/nmi.c.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "bpf/verify/spans_nmi_shared.h"
#include <latchkit/record.h>
#include <latchkit/spans_ready_first.h>

#include "bpf/latch_map.h"
#include "bpf/trace/shared.h"

#ifdef SPANS_READY_FIRST
#define START spans_ready_first_start
#else
#define START spans_start
#endif

char LICENSE[] SEC("license") = "GPL";

/* Only the context probe's members are used. */
const volatile struct trace_settings settings;
const volatile lk_u64 seed;

#include "bpf/trace/context.h"

struct places {
	lk_u64 words[spans_bucket_words(SPANS_NMI_KEY, SPANS_NMI_VALUE)];
};

LATCH_MAP(table, struct places);

lk_u64 addresses[SPANS_NMI_BUCKETS]; /* of the buckets, in the kernel */
lk_u64 busy; /* the key that the program is at, plus one; 0: none */
lk_u64 numbered; /* starts of this round */
lk_u64 taken[SPANS_NMI_STARTS]; /* how often each of them was */
struct spans_nmi_tally own, nested;

/* What the program in the NMI found, and the interrupted one in the same round. */
struct spans_nmi_site sites[SPANS_NMI_SITES], outside;
lk_u64 contexts[SAMPLED_KINDS];
/* The first start that was not whole, or nobody's: the first words of its key, and its time. */
lk_u64 bad, bad_site, bad_key, bad_time;

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

static LK_INLINE void judge(struct spans_nmi_site *s, lk_u64 site, const lk_u64 *key,
			    const lk_u64 *value)
{
	lk_u64 want[SPANS_NMI_KEY];

	key_make(want, SPANS_NMI_KEY, key_number(key), seed);
	if (key_is_whole(key, SPANS_NMI_KEY) && key[0] == want[0] &&
	    span_is_whole(value, SPANS_NMI_VALUE, key) && value[0] && value[0] <= NOW(numbered)) {
		s->whole++;
		return;
	}
	s->torn++;
	if (bad)
		return;
	bad = 1;
	bad_site = site;
	bad_key = key[0];
	bad_time = value[0];
}

static __noinline int put(struct spans_nmi_tally *tally, lk_u64 number, int is_nested)
{
	lk_u64 key[SPANS_NMI_KEY], value[SPANS_NMI_VALUE], hash, *first, *second;
	int result;

	key_make(key, SPANS_NMI_KEY, number, seed);
	hash = keyed_hash(key, SPANS_NMI_KEY, seed);
	first = bucket_at(keyed_first(hash, SPANS_NMI_BUCKETS));
	second = bucket_at(keyed_second(hash, SPANS_NMI_BUCKETS));
	if (!first || !second)
		return 0;
	span_make(value, SPANS_NMI_VALUE, key, order_fetch_add_relaxed(&numbered, 1) + 1);
	if (!is_nested)
		NOW(busy) = number + 1;
	result = START(first, second, key, SPANS_NMI_KEY, value, SPANS_NMI_VALUE, hash);
	if (!is_nested)
		NOW(busy) = 0;
	tally->put++;
	if (result < 0)
		tally->full++;
	else
		tally->restarted += (lk_u64)result;
	return 0;
}

static __noinline int take(struct spans_nmi_tally *tally, lk_u64 number, int is_nested,
			   struct spans_nmi_site *s, lk_u64 site)
{
	lk_u64 key[SPANS_NMI_KEY], value[SPANS_NMI_VALUE] = {0}, hash, *first, *second;
	int result;

	key_make(key, SPANS_NMI_KEY, number, seed);
	hash = keyed_hash(key, SPANS_NMI_KEY, seed);
	first = bucket_at(keyed_first(hash, SPANS_NMI_BUCKETS));
	second = bucket_at(keyed_second(hash, SPANS_NMI_BUCKETS));
	if (!first || !second || !s || !tally)
		return 0;
	if (!is_nested)
		NOW(busy) = number + 1;
	result = spans_end(first, second, key, SPANS_NMI_KEY, value, SPANS_NMI_VALUE, hash);
	if (!is_nested)
		NOW(busy) = 0;
	if (result <= 0) {
		tally->unpaired++;
		return 0;
	}
	tally->ended++;
	tally->restarted += (lk_u64)result - 1;
	tally->twins += (lk_u64)result - 1;
	judge(s, site, key, value);
	order_fetch_add_relaxed(&taken[below(value[0], SPANS_NMI_STARTS)], 1);
	return 0;
}

/* Starts of all keys, of some again, ends of all. */
static long pair_step(__u32 index, void *ctx)
{
	lk_u64 step = index % SPANS_NMI_STEPS;

	if (step < SPANS_NMI_STARTED)
		put(&own, step, 0);
	else if (step < SPANS_NMI_STARTED + SPANS_NMI_AGAIN)
		put(&own, step - SPANS_NMI_STARTED, 0);
	else
		take(&own, step - SPANS_NMI_STARTED - SPANS_NMI_AGAIN, 0, &outside,
		     SPANS_NMI_SITES);
	return 0;
}

static LK_INLINE void look(struct spans_nmi_site *s, lk_u64 site)
{
	for (unsigned int b = 0; b < SPANS_NMI_BUCKETS; b++) {
		struct spans_table t = {.words = bucket_at(b),
					.buckets = 1,
					.key_words = SPANS_NMI_KEY,
					.value_words = SPANS_NMI_VALUE};
		lk_u64 key[SPANS_NMI_KEY], value[SPANS_NMI_VALUE];

		if (!t.words)
			return;
		for (unsigned int place = 0; place < SPANS_WAYS; place++)
			if (spans_copy(&t, place, key, value))
				judge(s, site, key, value);
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
int pair(void *ctx)
{
	bpf_loop(2 * SPANS_NMI_STEPS, pair_step, 0, 0);
	return 0;
}

/* The cookie says which word is watched. */
SEC("perf_event")
int on_event(void *ctx)
{
	lk_u64 site = below(bpf_get_attach_cookie(ctx), SPANS_NMI_SITES), at = NOW(busy), act, key;
	struct spans_nmi_site *s = &sites[site];
	int other;

	act = s->hits++ % SPANS_NMI_ACTS;
	s->inside += at != 0;
	contexts[context_now() % SAMPLED_KINDS]++;
	look(s, site);
	if (act == SPANS_NMI_LOOK || !at)
		return 0;
	other = act == SPANS_NMI_OTHER;
	key = other ? SPANS_NMI_KEYS - 1 : at - 1;
	if (act == SPANS_NMI_END || act == SPANS_NMI_BOTH)
		take(&nested, key, 1, s, site);
	if (act != SPANS_NMI_END)
		put(&nested, key, 1);
	if (other)
		take(&nested, key, 1, s, site);
	look(s, site);
	return 0;
}
