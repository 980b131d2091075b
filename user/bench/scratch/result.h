/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - what `latchkit bench scratch` compares, under which loads, and what it measures. */
#ifndef LATCHKIT_USER_BENCH_SCRATCH_RESULT_H
#define LATCHKIT_USER_BENCH_SCRATCH_RESULT_H

#include "bench/core/plan.h"

/* What kind of program gets the memory. */
enum bench_scratch_kind {
	BENCH_SCRATCH_CLASSIFIER,
	BENCH_SCRATCH_WAYS, /* the same, and its name ends in how many there are */
	BENCH_SCRATCH_RAW_TP
};

/* The ops of a struct bench_subject. */
struct bench_scratch_ops {
	const char *program; /* lk_bench_PROGRAM in bpf/bench/scratch.bpf.c */
	enum bench_scratch_kind kind;
};

/* Compared as bytes: no padding. */
struct bench_scratch_load {
	struct bench_load load; /* one thread; there is no disturber */
	unsigned int ways;
	unsigned int unused;
};

/* What is measured once a round. */
enum bench_scratch_metric {
	BENCH_SCRATCH_NS, /* of getting memory and giving it back, the loop around it subtracted */
	BENCH_SCRATCH_METRICS
};

struct bench_scratch_result {
	struct bench_cell cell;
	unsigned long long turns, failed; /* in all rounds; failed: got no memory */
	unsigned long long claims, refused; /* of claims within each other, where there are ways */
};

struct bench_scratch_plan {
	struct bench_plan plan;
	struct bench_list ways; /* that options ask for */
};

static inline struct bench_scratch_plan *bench_scratch_plan(const struct bench_plan *plan)
{
	return (struct bench_scratch_plan *)plan;
}

extern const struct bench_reports bench_scratch_reports;

#endif /* LATCHKIT_USER_BENCH_SCRATCH_RESULT_H */
