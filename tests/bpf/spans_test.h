/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* spans_test.h - between tests/bpf/spans.bpf.c and tests/bpf/test_spans_bpf.c. */
#ifndef LATCHKIT_TESTS_SPANS_TEST_H
#define LATCHKIT_TESTS_SPANS_TEST_H

#include "bpf/verify/spans_shared.h"

/* Keys that all start and end, and one that a program starts and the other one ends. */
#define SPANS_TEST_KEYS 40
#define SPANS_TEST_HANDED SPANS_TEST_KEYS
/* Programs at once, and starts of one round. */
#define SPANS_TEST_WHO 2
#define SPANS_TEST_STARTS 16384

/* What a program is asked: so many operations on random keys. */
struct spans_args {
	lk_u64 who, operations, random;
	lk_u64 buckets, seed;
};

/* What one has done. */
struct spans_tally {
	lk_u64 put, full, restarted, ended, unpaired;
	lk_u64 torn, lost;
	lk_u64 handed; /* spans that began in the first program and ended in the second */
};

static LK_INLINE lk_u64 spans_draw(lk_u64 *random)
{
	*random = *random * 6364136223846793005ULL + 1442695040888963407ULL;
	return *random >> 33;
}

#endif /* LATCHKIT_TESTS_SPANS_TEST_H */
