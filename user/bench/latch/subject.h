/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * subject.h - what `latchkit bench latch` compares: every latch of variants.def, other shapes of
 * them, and peers, all behind the same loops. bench/latch/loops.c is compiled once for each
 * subject, so that a loop holds the code of its subject and nothing else; bench/latch/subject.c
 * collects the results.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_SUBJECT_H
#define LATCHKIT_USER_BENCH_LATCH_SUBJECT_H

#include <latchkit/latch.h>

#include "bench/core/plan.h"

/* A reader gives up after as many tries. */
#define BENCH_TRIES 1000
/* Reads by their number of retries; the last counts that many or more. */
#define BENCH_RETRIES 64
/* Different records that a writer publishes in turn. */
#define BENCH_RECORDS 4
/* Words that a delta changes; of a shorter record, all. */
#define BENCH_DELTA_WORDS 4

/* What is stored and how. */
struct bench_shape {
	unsigned int words; /* of the record: a power of two, 1 to LATCH_MAX_WORDS */
	bool accumulate; /* else publish */
	bool many_writers; /* stamps must come from the latch */
};

struct bench_bpf;

/* One thread's own: what it writes and what it counted. */
struct bench_thread {
	lk_u64 pool[BENCH_RECORDS][LATCH_MAX_WORDS];
	lk_u64 stamp;
	struct bench_bpf *bpf; /* for the loops of bench/latch/bpf.h */
	unsigned int place; /* among the readers there */
	unsigned int event, cpu; /* for the loops of bench/latch/events.h */
	volatile lk_u64 watched; /* the word that is stored to for an NMI */
	lk_u64 done; /* operations tried */
	lk_u64 refused; /* writes */
	lk_u64 gave_up; /* reads */
	lk_u64 retries, retries_max;
	lk_u64 retried[BENCH_RETRIES];
	lk_u64 checked, torn; /* reads that were judged: the last of each loop */
};

/* Do `count` operations on the subject's memory. */
typedef void bench_loop_fn(lk_u64 *memory, lk_u64 count, struct bench_thread *t);

struct bench_loops {
	/* Size of the memory in words. */
	size_t (*memory_words)(const struct bench_shape *shape);
	/* Make zeroed memory ready, and give back what it holds. NULL: nothing to do. */
	void (*begin)(lk_u64 *memory, const struct bench_shape *shape);
	void (*end)(lk_u64 *memory, const struct bench_shape *shape);
	/* Around all that a thread does with it. NULL: nothing. */
	void (*enter)(void);
	void (*leave)(void);
	/* The loops for a shape. Of peers in BPF no writer. */
	bench_loop_fn *(*writer)(const struct bench_shape *shape);
	bench_loop_fn *(*reader)(const struct bench_shape *shape);
};

struct bench_latch {
	struct bench_subject subject;
	bool is_peer;
	bool in_bpf; /* has BPF programs, by its name */
	bool in_bpf_only; /* and user space reads by system call */
	bool sound; /* never torn; in task context, for peers */
	const struct bench_loops *loops;
};

/* Returns subject number i, the first member of a struct bench_latch; NULL behind the last. */
const struct bench_subject *bench_latch_subject(size_t i);
/* Fill the pool of records with what the oracle expects. */
void bench_thread_init(struct bench_thread *t);

/* A delta changes some words of the record, whatever its size, as a histogram's does. */
static LK_INLINE unsigned int bench_delta_words(unsigned int words)
{
	return words < BENCH_DELTA_WORDS ? words : BENCH_DELTA_WORDS;
}

/*
 * Would no writer of a benchmark have left this record? Published records count upwards from their
 * first word; each delta adds 1, 2, 3, ...
 */
static LK_INLINE bool bench_is_torn(const lk_u64 *record, unsigned int words, bool accumulate)
{
	bool torn = false;

	if (accumulate)
		for (unsigned int i = 1; i < bench_delta_words(words); i++)
			torn |= record[i] != record[0] * (i + 1);
	else
		for (unsigned int i = 1; i < words; i++)
			torn |= record[i] != record[0] + i;
	return torn;
}

#endif /* LATCHKIT_USER_BENCH_LATCH_SUBJECT_H */
