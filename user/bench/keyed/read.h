/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* read.h - read all records of a table at once: through the mapping, or by system calls. */
#ifndef LATCHKIT_USER_BENCH_KEYED_READ_H
#define LATCHKIT_USER_BENCH_KEYED_READ_H

#include "bench/keyed/table.h"

/* All records, as they were read. */
struct bench_keyed_copy {
	size_t room, count; /* how many there may be, and are */
	lk_u64 *keys, *records; /* words of each follow those of the one before */
	lk_u64 *values; /* of a map with values for each CPU: as the kernel gives them */
	size_t gave_up; /* keys of which no record was to be had in time */
};

/* What is in a copy. */
struct bench_keyed_found {
	size_t keys; /* different ones */
	lk_u64 updates; /* that are counted in the records of all */
	size_t torn; /* records that contradict themselves: of latencies */
};

/* Room for what is in a table. Returns NULL: no memory. */
struct bench_keyed_copy *bench_keyed_copy__new(const struct bench_keyed_table *t);
void bench_keyed_copy__free(struct bench_keyed_copy *c);
/* Read all. Returns 0 or a negative errno. */
int bench_keyed_read(const struct bench_keyed_table *t, struct bench_keyed_copy *c);
/* Look into it. */
void bench_keyed_look(const struct bench_keyed_table *t, const struct bench_keyed_copy *c,
		      struct bench_keyed_found *found);

#endif /* LATCHKIT_USER_BENCH_KEYED_READ_H */
