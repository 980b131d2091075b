/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * count - statistics of a registry: one record for each CPU, in a latch. Compile with _GNU_SOURCE.
 *
 * Each CPU has a latch (`bank`, latch/bank.h), to which threads that run there add. A thread may be
 * preempted or migrated in the middle: writers that meet take different ways, and one that is
 * refused tries the next CPU's. A reader gets whole records and stops no writer.
 *
 * Cost       add: one atomic instruction and two stores; read: all CPUs' records
 * Progress   add lock-free; read lock-free, it retries when a writer laps it
 * Memory     1 KiB for each CPU
 */
#ifndef LATCHKIT_REGISTRY_COUNT_H
#define LATCHKIT_REGISTRY_COUNT_H

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "../latch/bank.h"
#include "../refcount.h"
#include "cache.h"

enum registry_count {
	REGISTRY_MADE, /* objects */
	REGISTRY_NO_MEMORY, /* registry_new() that returned NULL */
	REGISTRY_INSERTED,
	REGISTRY_DUPLICATE, /* inserts refused: the id was there */
	REGISTRY_DELETED, /* unlinked by registry_delete() */
	REGISTRY_ABSENT, /* deletes refused: the id was not there */
	REGISTRY_RECLAIMED, /* unlinked by registry_shrink() for their age */
	REGISTRY_KEPT, /* old enough, but config.keep() returned true */
	REGISTRY_FREED, /* objects freed to the cache */
	REGISTRY_BAD_PUTS, /* the last put of an object that was still linked: undone */
	/* With config.count_lookups only: */
	REGISTRY_HITS,
	REGISTRY_MISSES,
	REGISTRY_DYING, /* lookups that found an object without references */
	REGISTRY_COUNTS
};

#define REGISTRY_LATCH_WORDS ((unsigned int)latch_bank_accumulate_words(REGISTRY_COUNTS))
/* How often a reader tries to read one CPU's record before it lets others run. */
#define REGISTRY_READ_TRIES 100

struct registry_counts {
	lk_u64 *latches; /* one for each CPU */
	unsigned int cpus;
	lk_u64 warnings[REFCOUNT_WARNINGS]; /* of the reference counts, all CPUs together */
};

static inline void registry_counts_apply(lk_u64 *record, const void *which)
{
	unsigned int i = *(const enum registry_count *)which;

	latch_word_set(record, i, latch_word_get(record, i) + 1);
}

static inline void registry_counts_merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < REGISTRY_COUNTS; i++)
		into[i] += from[i];
}

static inline size_t registry_counts_bytes(const struct registry_counts *c)
{
	return c->cpus * REGISTRY_LATCH_WORDS * sizeof(lk_u64);
}

/* Returns 0 or -ENOMEM. */
static inline int registry_counts_init(struct registry_counts *c,
				       const struct registry_memory *memory)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	c->cpus = cpus > 0 ? (unsigned int)cpus : 1;
	c->latches = (lk_u64 *)memory->alloc(REGISTRY_LINE, registry_counts_bytes(c), memory->arg);
	if (!c->latches)
		return -ENOMEM;
	memset(c->latches, 0, registry_counts_bytes(c));
	return 0;
}

static inline void registry_counts_end(struct registry_counts *c,
				       const struct registry_memory *memory)
{
	if (c->latches)
		memory->free(c->latches, REGISTRY_LINE, registry_counts_bytes(c), memory->arg);
}

/* Count an operation, on this CPU. */
static inline void registry_counts_add(struct registry_counts *c, enum registry_count which)
{
	int here = sched_getcpu();
	unsigned int cpu = here < 0 ? 0 : (unsigned int)here % c->cpus;

	while (latch_bank_accumulate(c->latches + (size_t)cpu * REGISTRY_LATCH_WORDS,
				     REGISTRY_COUNTS, registry_counts_apply, &which)) {
		if (++cpu == c->cpus) {
			cpu = 0;
			sched_yield();
		}
	}
}

/* Set `sum`, REGISTRY_COUNTS words, to the sum of all CPUs. */
static inline void registry_counts_read(const struct registry_counts *c, lk_u64 *sum)
{
	lk_u64 record[REGISTRY_COUNTS], scratch[REGISTRY_COUNTS];

	memset(sum, 0, REGISTRY_COUNTS * sizeof(*sum));
	for (unsigned int cpu = 0; cpu < c->cpus; cpu++) {
		while (latch_bank_read_sum(c->latches + (size_t)cpu * REGISTRY_LATCH_WORDS,
					   REGISTRY_COUNTS, record, scratch, REGISTRY_READ_TRIES,
					   registry_counts_merge) < 0)
			sched_yield();
		registry_counts_merge(sum, record);
	}
}

#endif /* LATCHKIT_REGISTRY_COUNT_H */
