/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* rank.h - who is ahead under a load, and by how much, where that can be told at all. */
#ifndef LATCHKIT_USER_BENCH_LATCH_RANK_H
#define LATCHKIT_USER_BENCH_LATCH_RANK_H

#include "bench/latch/result.h"

struct bench_rank {
	const struct bench_cell *cell;
	/*
	 * The one before it has `lead` times as much, compared round by round; 0: no difference, or
	 * it is the first.
	 */
	double lead;
};

/*
 * Order the sound subjects under load number l by a rate, most first. `ranks` has room for all
 * subjects. Returns how many there are.
 */
size_t bench_rank(const struct bench_plan *plan, size_t l, enum bench_metric metric,
		  struct bench_rank *ranks);

#endif /* LATCHKIT_USER_BENCH_LATCH_RANK_H */
