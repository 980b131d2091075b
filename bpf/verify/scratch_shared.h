/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scratch_shared.h - between bpf/verify/scratch.bpf.c and user space: the buffers that are claimed,
 * what programs find in them, and how scratch memory is shared elsewhere: counterexamples. These
 * are for who has defined remedy_buffer(in, way), by which they take buffers, and remedy_between(),
 * which they do between looking and taking.
 */
#ifndef LATCHKIT_BPF_VERIFY_SCRATCH_SHARED_H
#define LATCHKIT_BPF_VERIFY_SCRATCH_SHARED_H

#include <latchkit/scratch.h>

#define SCRATCH_TEST_WAYS 4 /* a power of two */
#define SCRATCH_TEST_WORDS 32
#define SCRATCH_TEST_BYTES (8 * SCRATCH_TEST_WORDS)

/* Sites of NMIs: the owner word of each buffer, then each word of the first. */
#define SCRATCH_NMI_SITES (SCRATCH_TEST_WAYS + SCRATCH_TEST_WORDS)
#define SCRATCH_NMI_SLOTS 64 /* a power of two, not less */
/* Claims of one run of the program. */
#define SCRATCH_NMI_CLAIMS 250

/* Who claims, and who is interrupted by whom. */
enum scratch_who { SCRATCH_LOOP, SCRATCH_NMI, SCRATCH_UPROBE, SCRATCH_RAW, SCRATCH_WHO };

struct scratch_tally {
	lk_u64 claims, refused;
	lk_u64 shared; /* what was claimed had an owner */
	lk_u64 torn; /* somebody else wrote to it meanwhile */
	/* Programs of each kind that were between claim and release when this began. */
	lk_u64 met[SCRATCH_WHO];
};

#ifdef remedy_buffer

/* -- one buffer of the CPU, without any protection --------------------------------------------- */

static LK_INLINE void *remedy_plain_claim(void *in, lk_u64 *which)
{
	lk_u64 *buffer = remedy_buffer(in, 0);

	*which = 1;
	return buffer ? buffer + SCRATCH_HEAD_WORDS : 0;
}

static LK_INLINE void remedy_plain_release(void *in, void *bytes, lk_u64 which)
{
	(void)in;
	(void)bytes;
	(void)which;
}

/* -- a flag that says that it is taken: looked at, then set ------------------------------------ */

static LK_INLINE void *remedy_busy_claim(void *in, lk_u64 *which)
{
	lk_u64 *buffer = remedy_buffer(in, 0);

	if (!buffer || order_load_relaxed(buffer + SCRATCH_OWNER))
		return 0;
	remedy_between(buffer);
	order_store_relaxed(buffer + SCRATCH_OWNER, 1);
	*which = 1;
	return buffer + SCRATCH_HEAD_WORDS;
}

static LK_INLINE void remedy_busy_release(void *in, void *bytes, lk_u64 which)
{
	(void)in;
	(void)which;
	order_store_relaxed(scratch_buffer(bytes) + SCRATCH_OWNER, 0);
}

/* -- how many there are is which buffer one gets: counted atomically --------------------------- */

static LK_INLINE void *remedy_nesting_claim(void *in, lk_u64 *which)
{
	lk_u64 *first = remedy_buffer(in, 0), *buffer, depth;

	if (!first)
		return 0;
	depth = order_fetch_add_relaxed(first + SCRATCH_OWNER, 1);
	buffer = depth < SCRATCH_TEST_WAYS ? remedy_buffer(in, (unsigned int)depth) : 0;
	if (!buffer) {
		order_fetch_add_relaxed(first + SCRATCH_OWNER, -1ULL);
		return 0;
	}
	*which = depth + 1;
	return buffer + SCRATCH_HEAD_WORDS;
}

static LK_INLINE void remedy_nesting_release(void *in, void *bytes, lk_u64 which)
{
	lk_u64 *first = remedy_buffer(in, 0);

	(void)bytes;
	(void)which;
	if (first)
		order_fetch_add_relaxed(first + SCRATCH_OWNER, -1ULL);
}

#endif

#endif /* LATCHKIT_BPF_VERIFY_SCRATCH_SHARED_H */
