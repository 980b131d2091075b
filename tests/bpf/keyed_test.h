/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* keyed_test.h - between tests/bpf/keyed.bpf.c and tests/bpf/test_keyed_bpf.c. */
#ifndef LATCHKIT_TESTS_KEYED_TEST_H
#define LATCHKIT_TESTS_KEYED_TEST_H

#include "bpf/verify/keyed_shared.h"

#define KEYED_TEST_KEYS 1024
/* Programs that count at once. */
#define KEYED_TEST_WHO 2

/* What a program is asked: so many counts of random keys. */
struct keyed_args {
	lk_u64 who, counts, random;
	lk_u64 buckets, seed;
};

/* What one who counts has done. */
struct keyed_tally {
	lk_u64 counted[KEYED_TEST_KEYS];
	lk_u64 refused, made, busy;
};

static LK_INLINE unsigned int keyed_draw(lk_u64 *random)
{
	*random = *random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned int)(*random >> 33) % KEYED_TEST_KEYS;
}

#endif /* LATCHKIT_TESTS_KEYED_TEST_H */
