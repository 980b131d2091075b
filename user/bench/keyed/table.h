/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* table.h - one table or map of records by key, and the programs that update it, loaded. */
#ifndef LATCHKIT_USER_BENCH_KEYED_TABLE_H
#define LATCHKIT_USER_BENCH_KEYED_TABLE_H

#include "bench/keyed/subject.h"
#include "bpf/bench/keyed_shared.h"
#include "object/image.h"

struct bench_keyed_table {
	const struct bench_keyed_ops *ops;
	const struct bench_keyed_load *load;
	struct bpf_image image;
	struct bench_keyed_run *runs;
	int empty_fd, update_fd; /* programs */
	int map_fd; /* of a hash map */
	/* Of latchkit/keyed.h: */
	lk_u64 *words; /* mapped */
	size_t bytes;
	unsigned int buckets;
	lk_u64 seed;
};

/* Words of a record of that kind. */
unsigned int bench_keyed_words(unsigned int record);
/*
 * Load it, with no keys. Returns NULL and says why in buf of `size` bytes: no memory, no privilege,
 * refused by the kernel.
 */
struct bench_keyed_table *bench_keyed_open(const struct bench_subject *subject,
					   const struct bench_keyed_load *load, char *buf,
					   size_t size);
void bench_keyed_close(struct bench_keyed_table *t);
/*
 * Run one of its programs: `count` updates, or of empty_fd as much without them. `place`: of the
 * caller, different from that of all who run at the same time; t->runs[place] says how it went.
 * Returns 0 or a negative errno.
 */
int bench_keyed_call(const struct bench_keyed_table *t, int program, unsigned int place,
		     size_t count);
/* Update each key once, in order. Returns 0 or a negative errno. */
int bench_keyed_fill(const struct bench_keyed_table *t);

#endif /* LATCHKIT_USER_BENCH_KEYED_TABLE_H */
