/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What owners of a scratch buffer do, as functions of their own, for the proofs to disassemble.
 * `data` is what a buffer holds.
 */
#define inline inline __attribute__((always_inline))
#define SCRATCH_HEAD_WORDS 1
#include "latchkit/scratch.h"

struct world {
	lk_u64 first, data, second;
};

/* Use it, then release it. */
int piece_scratch_write_give(struct world *w)
{
	order_store_relaxed(&w->data, 1);
	return scratch_give(&w->first, 1);
}

int piece_scratch_read_give(struct world *w)
{
	lk_u64 data = order_load_relaxed(&w->data);

	return scratch_give(&w->first, 1) + (int)data;
}

/* Claim it, then use it. */
int piece_scratch_take_read(struct world *w)
{
	return scratch_take(&w->first, 0, 0) ? (int)order_load_relaxed(&w->data) : -1;
}

int piece_scratch_take_write(struct world *w)
{
	if (!scratch_take(&w->first, 0, 0))
		return -1;
	order_store_relaxed(&w->data, 2);
	return 0;
}

/* Release the second way, then claim the first. */
int piece_scratch_give_take(struct world *w)
{
	scratch_give(&w->second, 2);
	return scratch_take(&w->first, 0, 0) ? 0 : -1;
}

/* Find the first way taken: is the second one free? */
int piece_scratch_pass(struct world *w)
{
	if (scratch_take(&w->first, 0, 0))
		return -1;
	return order_load_relaxed(&w->second) ? -1 : 0;
}
