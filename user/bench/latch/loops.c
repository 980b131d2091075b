// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * loops.c - the loops of one subject, BENCH_NAME: a latch (LATCH_VARIANT) or a peer
 * (BENCH_PEER), which keeps the same contract. One pair of loops for each size and workload.
 */
#include "bench/latch/subject.h"

#ifdef BENCH_PEER
#define PEER_HEADER_(name) #name
/* clang-format off */
#define PEER_HEADER(name) PEER_HEADER_(peer/name.h)
/* clang-format on */
#define PEER_PASTE_(name, verb) peer_##name##_##verb
#define PEER_PASTE(name, verb) PEER_PASTE_(name, verb)
#define PEER(verb) PEER_PASTE(BENCH_PEER, verb)
#include PEER_HEADER(BENCH_PEER)
#define latch_publish_words PEER(words)
#define latch_accumulate_words PEER(words)
#define latch_publish PEER(publish)
#define latch_accumulate PEER(accumulate)
#define latch_read PEER(read)
#define latch_read_sum(memory, words, record, scratch, tries, merge) \
	((void)(scratch), (void)(merge), PEER(read)(memory, words, record, tries))
#endif

/* What a peer may want between its loops. */
#ifndef PEER_PAUSE
#define PEER_PAUSE() ((void)0)
#endif

static LK_INLINE void apply(lk_u64 *record, const void *delta)
{
	const unsigned int *words = delta;

	for (unsigned int i = 0; i < bench_delta_words(*words); i++)
		latch_word_set(record, i, latch_word_get(record, i) + i + 1);
}

static LK_INLINE void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < BENCH_DELTA_WORDS; i++)
		into[i] += from[i];
}

static LK_INLINE void merge_first(lk_u64 *into, const lk_u64 *from)
{
	into[0] += from[0];
}

/* One operation in BENCH_REPEAT is done once more than it is counted; 0: none is. */
#ifndef BENCH_REPEAT
#define BENCH_REPEAT 0
#endif
static LK_INLINE lk_u64 with_repeats(lk_u64 count)
{
	return BENCH_REPEAT ? count + count / (BENCH_REPEAT + !BENCH_REPEAT) : count;
}

static LK_INLINE void write_loop(lk_u64 *memory, unsigned int words, bool accumulate, bool stamps,
				 lk_u64 count, struct bench_thread *t)
{
	lk_u64 refused = 0, stamp = t->stamp, all = with_repeats(count);

	for (lk_u64 i = 0; i < all; i++) {
		if (accumulate)
			refused += latch_accumulate(memory, words, apply, &words) != 0;
		else
			refused += latch_publish(memory, words, t->pool[i % BENCH_RECORDS],
						 stamps ? ++stamp : LATCH_STAMP_COUNTER) != 0;
	}
	t->stamp = stamp;
	t->refused += refused;
	t->done += count;
	PEER_PAUSE();
}

static __attribute__((noinline, cold)) void count_retries(struct bench_thread *t, int retries)
{
	lk_u64 n = retries < 0 ? BENCH_TRIES : (lk_u64)retries;

	t->gave_up += retries < 0;
	t->retries += n;
	t->retried[n < BENCH_RETRIES ? n : BENCH_RETRIES - 1]++;
	if (n > t->retries_max)
		t->retries_max = n;
}

static LK_INLINE void read_loop(const lk_u64 *memory, unsigned int words, bool accumulate,
				lk_u64 count, struct bench_thread *t)
{
	lk_u64 record[LATCH_MAX_WORDS], scratch[LATCH_MAX_WORDS];
	lk_u64 all = with_repeats(count);
	int retries = 0;

	for (lk_u64 i = 0; i < all; i++) {
		if (accumulate)
			retries = latch_read_sum(memory, words, record, scratch, BENCH_TRIES,
						 words < BENCH_DELTA_WORDS ? merge_first : merge);
		else
			retries = latch_read(memory, words, record, BENCH_TRIES);
		/* The record is used: no compiler may leave out a part of the copy. */
		__asm__ volatile("" ::"r"(record) : "memory");
		if (__builtin_expect(retries != 0, 0))
			count_retries(t, retries);
	}
	t->done += count;
	if (retries >= 0) {
		t->checked++;
		t->torn += bench_is_torn(record, words, accumulate);
	}
	PEER_PAUSE();
}

#define SIZES(X) X(1) X(2) X(4) X(8) X(16) X(32) X(64) X(128)

#define LOOPS(words) \
	static void publish_##words(lk_u64 *memory, lk_u64 count, struct bench_thread *t) \
	{ \
		write_loop(memory, words, false, true, count, t); \
	} \
	static void publish_many_##words(lk_u64 *memory, lk_u64 count, struct bench_thread *t) \
	{ \
		write_loop(memory, words, false, false, count, t); \
	} \
	static void accumulate_##words(lk_u64 *memory, lk_u64 count, struct bench_thread *t) \
	{ \
		write_loop(memory, words, true, false, count, t); \
	} \
	static void read_##words(lk_u64 *memory, lk_u64 count, struct bench_thread *t) \
	{ \
		read_loop(memory, words, false, count, t); \
	} \
	static void read_sum_##words(lk_u64 *memory, lk_u64 count, struct bench_thread *t) \
	{ \
		read_loop(memory, words, true, count, t); \
	}
SIZES(LOOPS)

static bench_loop_fn *pick_writer(const struct bench_shape *s)
{
	switch (s->words) {
#define CASE(n) \
	case n: \
		return s->accumulate	 ? accumulate_##n \
		       : s->many_writers ? publish_many_##n \
					 : publish_##n;
		SIZES(CASE)
#undef CASE
	}
	return NULL;
}

static bench_loop_fn *pick_reader(const struct bench_shape *s)
{
	switch (s->words) {
#define CASE(n) \
	case n: \
		return s->accumulate ? read_sum_##n : read_##n;
		SIZES(CASE)
#undef CASE
	}
	return NULL;
}

/* One write each, never called: bench/core/code.c counts the instructions. */
#define ONE__(workload, name) one_##workload##_##name
#define ONE_(workload, name) ONE__(workload, name)
#define ONE(workload) \
	int ONE_(workload, BENCH_NAME)(lk_u64 *, const lk_u64 *); \
	__attribute__((used)) int ONE_(workload, BENCH_NAME)(lk_u64 * memory, const lk_u64 *record)

ONE(publish)
{
	return latch_publish(memory, 8, record, 1);
}

ONE(accumulate)
{
	const unsigned int words = 8;

	(void)record;
	return latch_accumulate(memory, words, apply, &words);
}

static size_t memory_words(const struct bench_shape *s)
{
	size_t words = s->words;

	return s->accumulate ? latch_accumulate_words(words) : latch_publish_words(words);
}

/* What a peer may want around its use. */
#ifdef PEER_BEGIN
static void begin(lk_u64 *memory, const struct bench_shape *s)
{
	PEER_BEGIN(memory, s->words);
	(void)s;
}

static void end(lk_u64 *memory, const struct bench_shape *s)
{
	PEER_END(memory);
	(void)s;
}
#endif

#ifdef PEER_ENTER
static void enter(void)
{
	PEER_ENTER();
}

static void leave(void)
{
	PEER_LEAVE();
}
#endif

#define LOOPS_NAME_(name) bench_loops_##name
#define LOOPS_NAME(name) LOOPS_NAME_(name)

const struct bench_loops LOOPS_NAME(BENCH_NAME) = {
	.memory_words = memory_words,
#ifdef PEER_BEGIN
	.begin = begin,
	.end = end,
#endif
#ifdef PEER_ENTER
	.enter = enter,
	.leave = leave,
#endif
	.writer = pick_writer,
	.reader = pick_reader,
};
