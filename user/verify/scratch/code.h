/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * code.h - claim and release as functions of their own, which the checks step through: of
 * latchkit/scratch.h, and of what is done instead of it.
 */
#ifndef LATCHKIT_USER_VERIFY_SCRATCH_CODE_H
#define LATCHKIT_USER_VERIFY_SCRATCH_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include <latchkit/scratch.h>

struct scratch_code {
	const char *name, *soundness;
	bool holds;
	/* As scratch_pool_claim() of place 0, and scratch_pool_release(). */
	void *(*claim)(struct scratch_pool *p, lk_u64 *which);
	void (*release)(struct scratch_pool *p, void *bytes, lk_u64 which);
	const char *claim_name, *release_name; /* in the symbol table */
	const unsigned char *begin, *end; /* both lie there */
};

extern const struct scratch_code scratch_code_plain, scratch_code_busy, scratch_code_nesting,
	scratch_code_scratch;

/* Write "function+0x12: 48 8b 07 ..." for an address in one of the two, "outside" for another. */
void scratch_code_site(const struct scratch_code *code, lk_u64 address, char *site, size_t size);

#endif /* LATCHKIT_USER_VERIFY_SCRATCH_CODE_H */
