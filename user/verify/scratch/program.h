/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* program.h - the programs of bpf/verify/scratch.bpf.c for one subject, loaded. */
#ifndef LATCHKIT_USER_VERIFY_SCRATCH_PROGRAM_H
#define LATCHKIT_USER_VERIFY_SCRATCH_PROGRAM_H

#include "object/image.h"
#include "verify/core/verdict.h"

struct scratch_tally;

struct scratch_program {
	struct bpf_image image;
	const struct scratch_tally *tallies; /* of enum scratch_who */
	const lk_u64 *addresses; /* of the buffers of the CPU that this runs on, in the kernel */
};

/*
 * Load them for this CPU, to which the thread is pinned. `rounds`: how often a buffer is filled
 * while it is held, up to 32; wanted: only these programs, a list that ends with NULL; NULL: all.
 * Returns 0 or a negative errno; scratch_program_close() in either case.
 */
int scratch_program_open(struct scratch_program *p, const struct verify_subject *subject, int cpu,
			 unsigned int rounds, const char *const *wanted);
void scratch_program_close(struct scratch_program *p);
const struct bpf_program *scratch_program_named(const struct scratch_program *p, const char *name);
/* Why opening failed, in words; valid until the next call. */
const char *scratch_program_why(int err);
/*
 * Count what programs of two kinds did, and fail if two had one buffer, or, of what must hold, one
 * was refused. `f`: where, for the failure.
 */
void scratch_program_judge(const struct scratch_program *p, struct verify_verdict *v,
			   unsigned int who, unsigned int other, const struct verify_failure *f);

#endif /* LATCHKIT_USER_VERIFY_SCRATCH_PROGRAM_H */
