/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* scratch_test.h - between tests/bpf/scratch.bpf.c and tests/bpf/test_scratch_bpf.c. */
#ifndef LATCHKIT_TESTS_SCRATCH_TEST_H
#define LATCHKIT_TESTS_SCRATCH_TEST_H

#include <latchkit/scratch.h>

#define SCRATCH_TEST_WAYS 4

/* What a program is asked and answers. */
struct scratch_test {
	lk_u64 stamp; /* claim: what to fill the buffer with */
	lk_u64 way; /* release: of which; claim: which one it got */
	lk_u64 which;
	lk_u64 cpu; /* release: whose, in the form `large` */
	lk_u64 claimed; /* not 0: a buffer */
	lk_u64 found; /* its last word, before it was filled */
	lk_u64 error; /* what releasing returned, negated */
};

#endif /* LATCHKIT_TESTS_SCRATCH_TEST_H */
