/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * spans_shared.h - starts with related fields, for checks and tests of spans.h in programs and in
 * user space: each word of a value follows from its time and its key, so that what is put together
 * from two shows. Keys: keyed_shared.h.
 */
#ifndef LATCHKIT_BPF_VERIFY_SPANS_SHARED_H
#define LATCHKIT_BPF_VERIFY_SPANS_SHARED_H

#include "bpf/verify/keyed_shared.h"
#include <latchkit/spans.h>

/* Write the value of the start of that time under that key. */
static LK_INLINE void span_make(lk_u64 *value, unsigned int words, const lk_u64 *key,
				lk_u64 time_ns)
{
	for (unsigned int i = 0; i < words; i++)
		value[i] = i ? key_word(key[0] ^ time_ns, i) : time_ns;
}

static LK_INLINE int span_is_whole(const lk_u64 *value, unsigned int words, const lk_u64 *key)
{
	for (unsigned int i = 1; i < words; i++)
		if (value[i] != key_word(key[0] ^ value[0], i))
			return 0;
	return 1;
}

#endif /* LATCHKIT_BPF_VERIFY_SPANS_SHARED_H */
