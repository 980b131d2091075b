/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * code.h - the operations of a table that the checks step through, as functions of their own, with
 * constant sizes, so that they fold as they do in a user's program. All else that is done to a
 * table, the checks do by latchkit/keyed.h itself.
 */
#ifndef LATCHKIT_USER_VERIFY_KEYED_CODE_H
#define LATCHKIT_USER_VERIFY_KEYED_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/verify/keyed_shared.h"

/* Words of a key; SIZE(words) for each. */
#define KEYED_SIZES(SIZE) SIZE(1) SIZE(3) SIZE(8)

struct keyed_size {
	unsigned int key_words;
	/* As keyed_latch(). */
	lk_u64 *(*find)(lk_u64 *first, lk_u64 *second, const lk_u64 *key, lk_u64 hash, int *made);
	const char *name; /* of find, in the symbol table */
	/* Walk over the whole table by keyed_next() and keyed_twin(). Returns the cells met. */
	lk_u64 (*walk)(const struct keyed_table *t);
};

/* One subject; its finds lie between begin and end. */
struct keyed_code {
	const char *name, *soundness;
	bool holds;
	const struct keyed_size *sizes;
	size_t sizes_count;
	const unsigned char *begin, *end;
};

extern const struct keyed_code keyed_code_sound, keyed_code_ready_first;

/* Write "function+0x12: 48 8b 07 ..." for an address in a find, "outside" for another. */
void keyed_code_site(const struct keyed_code *code, lk_u64 address, char *site, size_t size);

#endif /* LATCHKIT_USER_VERIFY_KEYED_CODE_H */
