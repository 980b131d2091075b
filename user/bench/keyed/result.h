/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * result.h - what bench keyed measures of one subject under one load. In each round the table is
 * made anew: keys lie elsewhere.
 */
#ifndef LATCHKIT_USER_BENCH_KEYED_RESULT_H
#define LATCHKIT_USER_BENCH_KEYED_RESULT_H

#include "bench/core/plan.h"
#include "bench/keyed/subject.h"

/* What is measured once a round. */
enum bench_keyed_metric {
	BENCH_UPDATE_NS, /* of one update, the loop around it subtracted */
	BENCH_READ_NS, /* of reading all keys and records, nobody updates */
	BENCH_READ_BUSY_NS, /* the same while updates go on, flat out */
	BENCH_KEYED_METRICS
};

/* In all rounds together: */
struct bench_keyed_result {
	struct bench_cell cell;
	unsigned long long keys, keys_lost; /* updated; of these, in no record at the end */
	unsigned long long updates;
	unsigned long long refused; /* of these: the program was told */
	unsigned long long lost; /* of these: in no record at the end, and nobody was told */
	unsigned long long reads, torn, gave_up; /* of records while they were updated */
};

struct bench_keyed_plan {
	struct bench_plan plan;
	/* Numbers that options ask for, beside those of threads. */
	struct bench_list keys, bytes, records;
	unsigned long room; /* 0: for all keys */
};

static inline struct bench_keyed_plan *bench_keyed_plan(const struct bench_plan *plan)
{
	return (struct bench_keyed_plan *)plan;
}

extern const struct bench_reports bench_keyed_reports;

#endif /* LATCHKIT_USER_BENCH_KEYED_RESULT_H */
