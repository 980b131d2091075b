/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* subject.h - what `latchkit bench keyed` compares, and under which loads. */
#ifndef LATCHKIT_USER_BENCH_KEYED_SUBJECT_H
#define LATCHKIT_USER_BENCH_KEYED_SUBJECT_H

#include <linux/bpf.h>
#include <stddef.h>

#include <latchkit/order.h>

#include "bench/core/plan.h"

/* The ops of a struct bench_subject. */
struct bench_keyed_ops {
	const char *program; /* lk_bench_PROGRAM_RECORDn in bpf/bench/keyed.bpf.c */
	enum bpf_map_type type; /* BPF_MAP_TYPE_UNSPEC: the table of latchkit/keyed.h */
	const char *read; /* how: the subject's label */
};

/* What is kept of each key. */
enum bench_keyed_record { BENCH_KEYED_COUNT, BENCH_KEYED_LATENCY, BENCH_KEYED_RECORDS };
/* Their names in every output. */
extern const char *const bench_keyed_records[BENCH_KEYED_RECORDS];

/* Compared as bytes: no padding. */
struct bench_keyed_load {
	struct bench_load load; /* threads update at once; there is no disturber */
	size_t keys; /* that are updated, drawn uniformly */
	size_t room; /* for so many keys */
	unsigned int key_words;
	unsigned int record; /* enum bench_keyed_record */
};

#endif /* LATCHKIT_USER_BENCH_KEYED_SUBJECT_H */
