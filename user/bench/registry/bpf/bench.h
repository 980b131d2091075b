/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench.h - what the life of an object costs in BPF programs: registry/array.h,
 * registry/kptr.h and plain hash maps, by test run, on one CPU. Each operation is looped inside the
 * program, with ids drawn at random; the time of the same loop without it is subtracted.
 */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_BPF_BENCH_H
#define LATCHKIT_USER_BENCH_REGISTRY_BPF_BENCH_H

#include <stdint.h>

#include "bench/core/plan.h"
#include "bench/registry/bpf/programs.h"

/* How many objects there are: few, and more than caches hold. */
#define BENCH_REGISTRY_BPF_SIZES 2
#define BENCH_REGISTRY_BPF_WAYS 10
#define BENCH_REGISTRY_BPF_RESULTS (BENCH_REGISTRY_BPF_SIZES * BENCH_REGISTRY_BPF_WAYS)
/* What all are compared to: lookup and replace. */
#define BENCH_REGISTRY_BPF_REFERENCE "hash"

enum bench_registry_bpf_operation { BENCH_BPF_LOOKUP, BENCH_BPF_REPLACE, BENCH_BPF_OPERATIONS };
/* Their names in every output. A replace deletes an object and inserts it anew. */
extern const char *const bench_registry_bpf_operations[BENCH_BPF_OPERATIONS];

/* What became of one operation of one subject among so many objects. */
struct bench_registry_bpf_result {
	struct bench_cell cell; /* its metric: ns of one operation */
	enum bench_registry_bpf_operation operation;
	size_t objects;
	uint64_t operations, failed; /* in all rounds; failed: found nothing or was refused */
};

struct bench_registry_bpf {
	struct bench_registry_bpf_result result[BENCH_REGISTRY_BPF_RESULTS]; /* size by size */
	struct bench_registry_bpf_loaded loaded[BENCH_REGISTRY_BPF_SIZES][BENCH_BPF_OBJECTS];
};

/*
 * Load the programs, fill the registries and make room for that many rounds. Whatever cannot be had
 * is skipped with the reason. Returns 0 or -ENOMEM; bench_registry_bpf_close() in either case.
 */
int bench_registry_bpf_open(struct bench_registry_bpf *b, size_t rounds);
void bench_registry_bpf_close(struct bench_registry_bpf *b);
/* Why nothing at all can be measured, and what to do; NULL: something can. */
const char *bench_registry_bpf_refused(const struct bench_registry_bpf *b);
/*
 * Run each operation for `ms` milliseconds or a little more, until stopped() says true, and append
 * what it took: the median of batches of a few thousand. A warm-up is not appended.
 */
void bench_registry_bpf_round(struct bench_registry_bpf *b, unsigned int ms, bool warm_up,
			      bool (*stopped)(void));

/* Drop rounds that not all have, and those above `most`. Returns how many are left. */
size_t bench_registry_bpf_drop(struct bench_registry_bpf *b, size_t most);

/* That operation of that subject; NULL: it was not measured. */
const struct bench_registry_bpf_result *
bench_registry_bpf_find(const struct bench_registry_bpf *b, const char *subject,
			enum bench_registry_bpf_operation operation, size_t objects);
/* How many times what that operation of the plain hash map takes, among as many objects. */
struct bench_estimate bench_registry_bpf_ratio(const struct bench_registry_bpf *b,
					       const struct bench_registry_bpf_result *r,
					       enum bench_registry_bpf_operation operation);
/* The same of a replace; of a lookup the count is 0. */
struct bench_estimate bench_registry_bpf_of_replace(const struct bench_registry_bpf *b,
						    const struct bench_registry_bpf_result *r);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_BPF_BENCH_H */
