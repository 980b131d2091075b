/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * code.h - the operations of a table that the checks step through, as functions of their own, with
 * constant sizes, so that they fold as they do in a user's program.
 */
#ifndef LATCHKIT_USER_VERIFY_SPANS_CODE_H
#define LATCHKIT_USER_VERIFY_SPANS_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/verify/spans_shared.h"

/* Words of a key and of a value; SIZE(words, words) for each. */
#define SPANS_SIZES(SIZE) SIZE(1, 2) SIZE(3, 4) SIZE(8, 16)

struct spans_size {
	unsigned int key_words, value_words;
	/* As spans_start(), spans_end() and spans_copy(). */
	int (*start)(lk_u64 *first, lk_u64 *second, const lk_u64 *key, const lk_u64 *value,
		     lk_u64 hash);
	int (*end)(lk_u64 *first, lk_u64 *second, const lk_u64 *key, lk_u64 *value, lk_u64 hash);
	int (*copy)(const struct spans_table *t, unsigned int at, lk_u64 *key, lk_u64 *value);
	const char *start_name, *end_name, *copy_name; /* in the symbol table */
};

/* One subject; its operations lie between begin and end. */
struct spans_code {
	const char *name, *soundness;
	bool holds;
	bool per_cpu; /* starts lie in a table of the CPU that puts them; an end looks in its own */
	const struct spans_size *sizes;
	size_t sizes_count;
	const unsigned char *begin, *end;
};

extern const struct spans_code spans_code_sound, spans_code_ready_first, spans_code_per_cpu;

#define SPANS_CPUS 2

/* The bucket that a key tries first, or second, in a table of `buckets`, on that of SPANS_CPUS. */
unsigned int spans_code_bucket(const struct spans_code *code, unsigned int buckets, lk_u64 hash,
			       bool second, unsigned int cpu);
/* Write "function+0x12: 48 8b 07 ..." for an address in an operation, "outside" for another. */
void spans_code_site(const struct spans_code *code, lk_u64 address, char *site, size_t size);

#endif /* LATCHKIT_USER_VERIFY_SPANS_CODE_H */
