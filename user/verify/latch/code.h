/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * code.h - the operations of each latch as functions of their own, with constant sizes, so
 * that they fold as they do in a user's program. Checks step through exactly this code.
 * verify/latch/operations.c is compiled once for each variant; verify/latch/code.c collects the
 * results.
 */
#ifndef LATCHKIT_USER_VERIFY_LATCH_CODE_H
#define LATCHKIT_USER_VERIFY_LATCH_CODE_H

#include <stdbool.h>

#include "latch/table.h"

/* The sizes in words; SIZE(words) for each. */
#define VERIFY_SIZES(SIZE) SIZE(1) SIZE(2) SIZE(8)
#define VERIFY_WORDS_MAX 8

/*
 * One form for all operations. publish: record in, argument the stamp; accumulate: argument the
 * delta, of which word i gets i + 1 times as much; read, read_sum: record out, argument the tries.
 */
typedef int verify_call_fn(lk_u64 *latch, lk_u64 *record, lk_u64 argument);

enum verify_operation {
	VERIFY_PUBLISH,
	VERIFY_ACCUMULATE,
	VERIFY_READ,
	VERIFY_READ_SUM,
	VERIFY_OPERATIONS
};

struct verify_size {
	unsigned int words;
	size_t publish_words, accumulate_words; /* of latch memory */
	verify_call_fn *calls[VERIFY_OPERATIONS];
	const char *names[VERIFY_OPERATIONS]; /* the functions' names in the symbol table */
};

/* All of one variant; its functions lie between begin and end. */
struct verify_code {
	const struct verify_size *sizes;
	size_t sizes_count;
	const unsigned char *begin, *end;
};

/*
 * Records whose words follow from word 0, so that one put together from two shows: of an
 * accumulated record all words are multiples of it, of a published one other functions.
 */
static inline lk_u64 verify_field(bool accumulate, lk_u64 first, unsigned int i)
{
	if (accumulate)
		return first * (i + 1);
	return first ? (first ^ (i * 0x9e3779b97f4a7c15ULL)) + i : 0;
}

static inline bool verify_whole(bool accumulate, const lk_u64 *record, unsigned int words)
{
	for (unsigned int i = 1; i < words; i++)
		if (record[i] != verify_field(accumulate, record[0], i))
			return false;
	return true;
}

const struct verify_code *verify_code_of(const struct latch_variant *variant);
/* Write "function+0x12: 48 8b 07 ..." for an address in the code, "outside" for another. */
void verify_code_site(const struct verify_code *code, lk_u64 address, char *site, size_t size);

#endif /* LATCHKIT_USER_VERIFY_LATCH_CODE_H */
