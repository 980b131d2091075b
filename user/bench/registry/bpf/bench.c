// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench.c - see bench/registry/bpf/bench.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/registry/bpf/bench.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Operations of one test run: few enough not to be interrupted often, so many that the clock does
 * not count. */
#define BATCH 4096
/* Of one round. */
#define BATCHES 512

const char *const bench_registry_bpf_operations[BENCH_BPF_OPERATIONS] = {"lookup", "replace"};

static const size_t sizes[BENCH_REGISTRY_BPF_SIZES] = {1000, 100000};

#define WAY(its_name, does, in, program, text) \
	{ \
		{.name = its_name, .promise = text}, BENCH_BPF_##does, BENCH_BPF_##in, program \
	}
static const struct way {
	struct bench_subject subject;
	enum bench_registry_bpf_operation operation;
	enum bench_registry_bpf_object object;
	const char *program;
} ways[BENCH_REGISTRY_BPF_WAYS] = {
	WAY("hash", LOOKUP, MAPS, "lk_bench_look",
	    "a hash map's value, used without a reference: it may be another's by then"),
	WAY("hash_alloc", LOOKUP, MAPS, "lk_bench_look_al", "the same with BPF_F_NO_PREALLOC"),
	WAY("hash_copy", LOOKUP, MAPS, "lk_bench_copy",
	    "the value copied without a lock: it may be torn"),
	WAY("hash_locked", LOOKUP, MAPS, "lk_bench_copy_lk",
	    "the value copied under the bpf_spin_lock in it"),
	WAY("array", LOOKUP, ARRAY, "lk_bench_look",
	    "registry/array.h: a reference, a look, a put"),
	WAY("kptr", LOOKUP, KPTR, "lk_bench_look", "registry/kptr.h: the same"),
	WAY("hash", REPLACE, MAPS, "lk_bench_repl", "a hash map's element deleted and inserted"),
	WAY("hash_alloc", REPLACE, MAPS, "lk_bench_repl_al", "the same with BPF_F_NO_PREALLOC"),
	WAY("array", REPLACE, ARRAY, "lk_bench_repl", "registry/array.h: delete, new, insert"),
	WAY("kptr", REPLACE, KPTR, "lk_bench_repl", "registry/kptr.h: the same"),
};

static const struct way *way_of(const struct bench_registry_bpf *b,
				const struct bench_registry_bpf_result *r)
{
	return &ways[(r - b->result) % BENCH_REGISTRY_BPF_WAYS];
}

/* The loaded object of a result. */
static struct bench_registry_bpf_loaded *loaded_of(struct bench_registry_bpf *b,
						   const struct bench_registry_bpf_result *r)
{
	size_t size = (size_t)(r - b->result) / BENCH_REGISTRY_BPF_WAYS;

	return &b->loaded[size][way_of(b, r)->object];
}

int bench_registry_bpf_open(struct bench_registry_bpf *b, size_t rounds)
{
	memset(b, 0, sizeof(*b));
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++) {
		struct bench_registry_bpf_result *r = &b->result[i];
		const struct way *way = way_of(b, r);

		r->cell.subject = &way->subject;
		r->operation = way->operation;
		r->objects = sizes[i / BENCH_REGISTRY_BPF_WAYS];
		if (!bench_cell_init(&r->cell, 1, rounds))
			return -ENOMEM;
		bench_registry_bpf_load(loaded_of(b, r), way->object, r->objects);
		memcpy(r->cell.skipped, loaded_of(b, r)->refused, sizeof(r->cell.skipped));
	}
	return 0;
}

void bench_registry_bpf_close(struct bench_registry_bpf *b)
{
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++)
		bench_cell_free(&b->result[i].cell);
	for (int i = 0; i < BENCH_REGISTRY_BPF_SIZES; i++)
		for (int k = 0; k < BENCH_BPF_OBJECTS; k++)
			bench_registry_bpf_unload(&b->loaded[i][k]);
	memset(b, 0, sizeof(*b));
}

const char *bench_registry_bpf_refused(const struct bench_registry_bpf *b)
{
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++)
		if (!b->result[i].cell.skipped[0])
			return NULL;
	return b->result[0].cell.skipped;
}

/* -- measuring -------------------------------------------------------------------------------- */

/* What a row of batches took and did. */
struct tally {
	double ns; /* median of one operation; negative: an errno */
	uint64_t operations, failed;
};

/* Run batches for `ms` milliseconds. What a batch was interrupted by is in few of them. */
static struct tally batches(struct bench_registry_bpf_loaded *l, const char *program,
			    unsigned int ms)
{
	uint64_t end = clock_now_ns() + ms * 1000000ULL;
	struct tally t = {.ns = 0};
	double ns[BATCHES];
	size_t n = 0;

	do {
		l->run->count = BATCH;
		t.ns = bench_registry_bpf_call(l, program);
		if (t.ns < 0)
			return t;
		ns[n++] = (double)l->run->ns / BATCH;
		t.operations += BATCH;
		t.failed += l->run->failed;
	} while (n < BATCHES && clock_now_ns() < end);
	t.ns = bench_median(ns, n);
	return t;
}

static void measure(struct bench_registry_bpf *b, struct bench_registry_bpf_result *r,
		    unsigned int ms, bool warm_up)
{
	struct bench_registry_bpf_loaded *l = loaded_of(b, r);
	struct tally empty = batches(l, "lk_bench_empty", ms / 4), t = empty;

	if (empty.ns >= 0)
		t = batches(l, way_of(b, r)->program, ms);
	if (t.ns < 0) {
		snprintf(r->cell.skipped, sizeof(r->cell.skipped), "test run: %s",
			 error_text((int)t.ns));
		return;
	}
	if (!warm_up) {
		t.ns -= empty.ns;
		bench_cell_add(&r->cell, &t.ns, 1);
		r->operations += t.operations;
		r->failed += t.failed;
	}
	/* What could not be inserted again is missing: others look it up. */
	if (t.failed && bench_registry_bpf_fill(l))
		memcpy(r->cell.skipped, l->refused, sizeof(r->cell.skipped));
}

void bench_registry_bpf_round(struct bench_registry_bpf *b, unsigned int ms, bool warm_up,
			      bool (*stopped)(void))
{
	cpu_pin(cpu_at(0, true));
	for (int i = 0; !stopped() && i < BENCH_REGISTRY_BPF_RESULTS; i++) {
		struct bench_registry_bpf_result *r = &b->result[i];

		if (!r->cell.skipped[0])
			measure(b, r, ms, warm_up);
	}
	cpu_unpin();
}

size_t bench_registry_bpf_drop(struct bench_registry_bpf *b, size_t most)
{
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++)
		if (!b->result[i].cell.skipped[0] && b->result[i].cell.rounds < most)
			most = b->result[i].cell.rounds;
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++)
		b->result[i].cell.rounds = most;
	return most;
}

/* -- results ---------------------------------------------------------------------------------- */

const struct bench_registry_bpf_result *
bench_registry_bpf_find(const struct bench_registry_bpf *b, const char *subject,
			enum bench_registry_bpf_operation operation, size_t objects)
{
	for (int i = 0; i < BENCH_REGISTRY_BPF_RESULTS; i++) {
		const struct bench_registry_bpf_result *r = &b->result[i];

		if (!r->cell.skipped[0] && r->operation == operation && r->objects == objects &&
		    strcmp(r->cell.subject->name, subject) == 0)
			return r;
	}
	return NULL;
}

struct bench_estimate bench_registry_bpf_ratio(const struct bench_registry_bpf *b,
					       const struct bench_registry_bpf_result *r,
					       enum bench_registry_bpf_operation operation)
{
	const struct bench_registry_bpf_result *reference =
		bench_registry_bpf_find(b, BENCH_REGISTRY_BPF_REFERENCE, operation, r->objects);

	return bench_cell_ratio(&r->cell, reference ? &reference->cell : NULL, 0);
}

struct bench_estimate bench_registry_bpf_of_replace(const struct bench_registry_bpf *b,
						    const struct bench_registry_bpf_result *r)
{
	if (r->operation != BENCH_BPF_REPLACE)
		return (struct bench_estimate){0};
	return bench_registry_bpf_ratio(b, r, BENCH_BPF_REPLACE);
}
