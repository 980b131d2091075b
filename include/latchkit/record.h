/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * record.h - the records that BPF programs write and user space reads: layout, how a delta is
 * applied, how two partial records are merged, and the invariants that a torn read would break.
 *
 * A record is an array of 8-byte words; the enums name the words. The apply functions follow the
 * rules of latch_apply_fn, the merge functions those of latch_merge_fn (latch.h).
 */
#ifndef LATCHKIT_RECORD_H
#define LATCHKIT_RECORD_H

#include "latch.h"

/* -- event: how often something happened ------------------------------------------------------ */

enum event_word {
	EVENT_COUNT,
	EVENT_LAST, /* last task: thread group id in the upper 32 bits, thread id below */
	EVENT_CHECK, /* ties the two together, record_mix() */
	EVENT_WORDS
};

/* -- latency: how long something took, all of it in one record -------------------------------- */

/* Bucket b counts latencies of 2^b to 2^(b+1)-1 ns; bucket 0 also 0 ns, the last all beyond. */
#define LATENCY_BUCKETS 40

enum latency_word {
	LATENCY_COUNT,
	LATENCY_SUM, /* ns; 2^64 - 1: that or more */
	LATENCY_MIN, /* ns */
	LATENCY_MAX, /* ns */
	LATENCY_BUCKET0,
	LATENCY_WORDS = LATENCY_BUCKET0 + LATENCY_BUCKETS
};

/* -- value: what expressions came to, signed, all of it in one record ------------------------- */

/*
 * Bucket b counts values of 2^b to 2^(b+1)-1; bucket 0 also 0, the last all beyond. Or, in linear
 * records, min + b * step to below min + (b + 1) * step, the last all from max on.
 */
#define VALUE_BUCKETS 40

enum value_word {
	VALUE_COUNT,
	VALUE_SUM, /* of two's complement: it wraps */
	VALUE_MIN,
	VALUE_MAX,
	VALUE_BELOW, /* how many are negative, or below min: no bucket has them */
	VALUE_BUCKET0,
	VALUE_WORDS = VALUE_BUCKET0 + VALUE_BUCKETS
};

/* -- contexts: how many samples were taken in which context ----------------------------------- */

enum sample_context {
	SAMPLED_UNKNOWN,
	SAMPLED_TASK, /* the kernel, for a task */
	SAMPLED_SOFTIRQ,
	SAMPLED_HARDIRQ,
	SAMPLED_NMI,
	SAMPLED_USER,
	SAMPLED_IDLE,
	SAMPLED_KINDS
};

enum contexts_word {
	CONTEXTS_TOTAL,
	CONTEXTS_KIND0,
	CONTEXTS_WORDS = CONTEXTS_KIND0 + SAMPLED_KINDS
};

/* -- activity: how much a process does -------------------------------------------------------- */

enum activity_word {
	ACTIVITY_TOTAL,
	ACTIVITY_SAMPLES,
	ACTIVITY_SWITCHES, /* context switches away from it */
	ACTIVITY_SYSCALLS,
	ACTIVITY_WORDS
};

/* -- sample: the newest one of a CPU, published whole ----------------------------------------- */

enum sample_word {
	SAMPLE_TIME, /* ns, CLOCK_MONOTONIC */
	SAMPLE_TGID_PID, /* thread group id in the upper 32 bits, thread id below */
	SAMPLE_COMM0, /* 16 bytes, NUL-terminated */
	SAMPLE_COMM1,
	SAMPLE_CONTEXT_CPU, /* enum sample_context in the upper 32 bits, CPU below */
	SAMPLE_IP,
	SAMPLE_STACKS, /* user stack id in the upper 32 bits, kernel's below; negative: none */
	SAMPLE_CGROUP, /* id in the unified hierarchy */
	SAMPLE_START, /* when the thread started: ns, CLOCK_BOOTTIME */
	SAMPLE_CHECK, /* sample_check() */
	SAMPLE_WORDS
};

LK_STATIC_ASSERT(LATENCY_WORDS <= LATCH_MAX_WORDS, "a latency record must fit a latch");

/* Hash a word into a check value. */
static LK_INLINE lk_u64 record_mix(lk_u64 check, lk_u64 word)
{
	return ((check << 7) | (check >> 57)) ^ (word * 0x9e3779b97f4a7c15ULL);
}

/* Floor of the binary logarithm; 0 for 0. BPF has no instruction for it. */
static LK_INLINE unsigned int record_log2(lk_u64 v)
{
	unsigned int r = 0;

#pragma GCC unroll 8
	for (unsigned int shift = 32; shift > 1; shift /= 2) {
		if (v >> shift) {
			v >>= shift;
			r += shift;
		}
	}
	return r + (unsigned int)(v >> 1);
}

static LK_INLINE unsigned int latency_bucket(lk_u64 ns)
{
	unsigned int bucket = record_log2(ns);

	return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

/* delta: a lk_u64, the task, as EVENT_LAST. */
static LK_INLINE void event_apply(lk_u64 *record, const void *delta)
{
	lk_u64 count = latch_word_get(record, EVENT_COUNT) + 1;
	lk_u64 who = *(const lk_u64 *)delta;

	latch_word_set(record, EVENT_COUNT, count);
	latch_word_set(record, EVENT_LAST, who);
	latch_word_set(record, EVENT_CHECK, record_mix(count, who));
}

/* EVENT_LAST of the sum is that of the part that counted most. */
static LK_INLINE void event_merge(lk_u64 *into, const lk_u64 *from)
{
	lk_u64 who = from[EVENT_COUNT] > into[EVENT_COUNT] ? from[EVENT_LAST] : into[EVENT_LAST];

	into[EVENT_COUNT] += from[EVENT_COUNT];
	into[EVENT_LAST] = who;
	into[EVENT_CHECK] = into[EVENT_COUNT] ? record_mix(into[EVENT_COUNT], who) : 0;
}

static LK_INLINE int event_consistent(const lk_u64 *r)
{
	if (!r[EVENT_COUNT])
		return !r[EVENT_LAST] && !r[EVENT_CHECK];
	return r[EVENT_CHECK] == record_mix(r[EVENT_COUNT], r[EVENT_LAST]);
}

/* Add without wrapping: 2^64 - 1 stands for all beyond. */
static LK_INLINE lk_u64 latency_add_up(lk_u64 sum, lk_u64 ns)
{
	sum += ns;
	return sum < ns ? ~0ULL : sum;
}

/* delta: a lk_u64, the latency in ns. */
static LK_INLINE void latency_apply(lk_u64 *record, const void *delta)
{
	lk_u64 count = latch_word_get(record, LATENCY_COUNT);
	lk_u64 ns = *(const lk_u64 *)delta;
	unsigned int bucket = LATENCY_BUCKET0 + latency_bucket(ns);

	latch_word_set(record, LATENCY_COUNT, count + 1);
	latch_word_set(record, LATENCY_SUM,
		       latency_add_up(latch_word_get(record, LATENCY_SUM), ns));
	if (!count || ns < latch_word_get(record, LATENCY_MIN))
		latch_word_set(record, LATENCY_MIN, ns);
	if (ns > latch_word_get(record, LATENCY_MAX))
		latch_word_set(record, LATENCY_MAX, ns);
	latch_word_set(record, bucket, latch_word_get(record, bucket) + 1);
}

static LK_INLINE void latency_merge(lk_u64 *into, const lk_u64 *from)
{
	if (!from[LATENCY_COUNT])
		return;
	if (!into[LATENCY_COUNT] || from[LATENCY_MIN] < into[LATENCY_MIN])
		into[LATENCY_MIN] = from[LATENCY_MIN];
	if (from[LATENCY_MAX] > into[LATENCY_MAX])
		into[LATENCY_MAX] = from[LATENCY_MAX];
	into[LATENCY_COUNT] += from[LATENCY_COUNT];
	into[LATENCY_SUM] = latency_add_up(into[LATENCY_SUM], from[LATENCY_SUM]);
	for (unsigned int i = LATENCY_BUCKET0; i < LATENCY_WORDS; i++)
		into[i] += from[i];
}

/*
 * min * count <= sum <= max * count, told by division: the products may need more than 64 bits.
 * Of a sum of 2^64 - 1, which stands for more as well, only that is known which it exceeds.
 */
static LK_INLINE int latency_sum_possible(const lk_u64 *r)
{
	lk_u64 mean, rest;

	if (!r[LATENCY_COUNT])
		return !r[LATENCY_SUM];
	mean = r[LATENCY_SUM] / r[LATENCY_COUNT];
	rest = r[LATENCY_SUM] % r[LATENCY_COUNT];
	if (mean > r[LATENCY_MAX] || (mean == r[LATENCY_MAX] && rest))
		return 0;
	return r[LATENCY_MIN] <= mean || r[LATENCY_SUM] == ~0ULL;
}

/* The histogram adds up to the count, and min * count <= sum <= max * count. */
static LK_INLINE int latency_consistent(const lk_u64 *r)
{
	lk_u64 total = 0;

	for (unsigned int i = LATENCY_BUCKET0; i < LATENCY_WORDS; i++)
		total += r[i];
	return total == r[LATENCY_COUNT] && latency_sum_possible(r);
}

/* A value, and the word that counts it: VALUE_BELOW or a bucket. */
struct value_delta {
	lk_u64 value, word;
};

/* That word, of buckets that are powers of two. */
static LK_INLINE unsigned int value_word(lk_u64 value)
{
	unsigned int b = record_log2(value);

	if ((long long)value < 0)
		return VALUE_BELOW;
	return VALUE_BUCKET0 + (b < VALUE_BUCKETS ? b : VALUE_BUCKETS - 1);
}

/* The same of linear buckets; step > 0, max > min, fewer than VALUE_BUCKETS of them. */
static LK_INLINE unsigned int value_word_linear(lk_u64 value, long long min, long long max,
						lk_u64 step)
{
	lk_u64 bucket;

	if ((long long)value < min)
		return VALUE_BELOW;
	if ((long long)value >= max)
		return VALUE_BUCKET0 + VALUE_BUCKETS - 1;
	bucket = (value - (lk_u64)min) / step;
	return VALUE_BUCKET0 + (unsigned int)(bucket < VALUE_BUCKETS ? bucket : VALUE_BUCKETS - 1);
}

/* delta: a struct value_delta. */
static LK_INLINE void value_apply(lk_u64 *record, const void *delta)
{
	const struct value_delta *d = (const struct value_delta *)delta;
	lk_u64 count = latch_word_get(record, VALUE_COUNT), value = d->value;
	lk_u64 bucket = d->word < VALUE_WORDS ? d->word : (lk_u64)VALUE_BELOW;

#ifdef __bpf__
	asm volatile("" : "+r"(bucket)); /* or one copy is compared, and another one used */
#endif
	latch_word_set(record, VALUE_COUNT, count + 1);
	latch_word_set(record, VALUE_SUM, latch_word_get(record, VALUE_SUM) + value);
	if (!count || (long long)value < (long long)latch_word_get(record, VALUE_MIN))
		latch_word_set(record, VALUE_MIN, value);
	if (!count || (long long)value > (long long)latch_word_get(record, VALUE_MAX))
		latch_word_set(record, VALUE_MAX, value);
	latch_word_set(record, (unsigned int)bucket,
		       latch_word_get(record, (unsigned int)bucket) + 1);
}

static LK_INLINE void value_merge(lk_u64 *into, const lk_u64 *from)
{
	if (!from[VALUE_COUNT])
		return;
	if (!into[VALUE_COUNT] || (long long)from[VALUE_MIN] < (long long)into[VALUE_MIN])
		into[VALUE_MIN] = from[VALUE_MIN];
	if (!into[VALUE_COUNT] || (long long)from[VALUE_MAX] > (long long)into[VALUE_MAX])
		into[VALUE_MAX] = from[VALUE_MAX];
	into[VALUE_COUNT] += from[VALUE_COUNT];
	into[VALUE_SUM] += from[VALUE_SUM];
	for (unsigned int i = VALUE_BELOW; i < VALUE_WORDS; i++)
		into[i] += from[i];
}

/* Of linear records: the buckets and what is below them add up to the count. */
static LK_INLINE int value_linear_consistent(const lk_u64 *r)
{
	lk_u64 total = 0;

	for (unsigned int i = VALUE_BELOW; i < VALUE_WORDS; i++)
		total += r[i];
	return total == r[VALUE_COUNT] && (long long)r[VALUE_MIN] <= (long long)r[VALUE_MAX];
}

/* Of powers of two: also, the least and the most are in the buckets that say so. */
static LK_INLINE int value_consistent(const lk_u64 *r)
{
	if (!value_linear_consistent(r))
		return 0;
	return !r[VALUE_COUNT] || ((long long)r[VALUE_MIN] < 0) == (r[VALUE_BELOW] != 0);
}

/* delta: a lk_u64, an enum sample_context. */
static LK_INLINE void contexts_apply(lk_u64 *record, const void *delta)
{
	lk_u64 kind = *(const lk_u64 *)delta;
	unsigned int word = CONTEXTS_KIND0 + (kind < SAMPLED_KINDS ? (unsigned int)kind : 0);

	latch_word_set(record, CONTEXTS_TOTAL, latch_word_get(record, CONTEXTS_TOTAL) + 1);
	latch_word_set(record, word, latch_word_get(record, word) + 1);
}

static LK_INLINE void contexts_merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < CONTEXTS_WORDS; i++)
		into[i] += from[i];
}

static LK_INLINE int contexts_consistent(const lk_u64 *r)
{
	lk_u64 total = 0;

	for (unsigned int i = CONTEXTS_KIND0; i < CONTEXTS_WORDS; i++)
		total += r[i];
	return total == r[CONTEXTS_TOTAL];
}

/* delta: a lk_u64, an enum activity_word but ACTIVITY_TOTAL. */
static LK_INLINE void activity_apply(lk_u64 *record, const void *delta)
{
	lk_u64 what = *(const lk_u64 *)delta;
	unsigned int word =
		what < ACTIVITY_WORDS ? (unsigned int)what : (unsigned int)ACTIVITY_SYSCALLS;

	latch_word_set(record, ACTIVITY_TOTAL, latch_word_get(record, ACTIVITY_TOTAL) + 1);
	latch_word_set(record, word, latch_word_get(record, word) + 1);
}

static LK_INLINE void activity_merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < ACTIVITY_WORDS; i++)
		into[i] += from[i];
}

static LK_INLINE int activity_consistent(const lk_u64 *r)
{
	return r[ACTIVITY_TOTAL] ==
	       r[ACTIVITY_SAMPLES] + r[ACTIVITY_SWITCHES] + r[ACTIVITY_SYSCALLS];
}

static LK_INLINE lk_u64 sample_check(const lk_u64 *r)
{
	lk_u64 check = 0;

	for (unsigned int i = 0; i < SAMPLE_CHECK; i++)
		check = record_mix(check, r[i]);
	return check;
}

static LK_INLINE int sample_consistent(const lk_u64 *r)
{
	return r[SAMPLE_CHECK] == sample_check(r);
}

#endif /* LATCHKIT_RECORD_H */
