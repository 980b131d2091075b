// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* operations.c - the operations of one variant, LATCH_VARIANT, as a struct verify_code. */
#include "verify/latch/code.h"

#define PASTE_(a, b) a##_##b
#define PASTE(a, b) PASTE_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

/* verify_publish_8_ring: the name that a debugger or objdump shows. */
#define NAME(operation, words) PASTE(verify_##operation##_##words, LATCH_VARIANT)

/* All of a variant's functions in one section, whose bounds the linker knows. */
#define SECTION PASTE(verify_code, LATCH_VARIANT)
#define FUNCTION __attribute__((noinline, section(TEXT(SECTION)))) int

static LK_INLINE void add_delta(lk_u64 *record, unsigned int words, lk_u64 delta)
{
	for (unsigned int i = 0; i < words; i++)
		latch_word_set(record, i, latch_word_get(record, i) + delta * (i + 1));
}

static LK_INLINE void add_record(lk_u64 *into, const lk_u64 *from, unsigned int words)
{
	for (unsigned int i = 0; i < words; i++)
		into[i] += from[i];
}

#define SIZE(n) \
	static LK_INLINE void apply_##n(lk_u64 *record, const void *delta) \
	{ \
		add_delta(record, n, *(const lk_u64 *)delta); \
	} \
	static LK_INLINE void merge_##n(lk_u64 *into, const lk_u64 *from) \
	{ \
		add_record(into, from, n); \
	} \
	verify_call_fn NAME(publish, n), NAME(accumulate, n), NAME(read, n), NAME(read_sum, n); \
	FUNCTION NAME(publish, n)(lk_u64 * latch, lk_u64 * record, lk_u64 argument) \
	{ \
		return latch_publish(latch, n, record, argument); \
	} \
	FUNCTION NAME(accumulate, n)(lk_u64 * latch, lk_u64 * record, lk_u64 argument) \
	{ \
		(void)record; \
		return latch_accumulate(latch, n, apply_##n, &argument); \
	} \
	FUNCTION NAME(read, n)(lk_u64 * latch, lk_u64 * record, lk_u64 argument) \
	{ \
		return latch_read(latch, n, record, (unsigned int)argument); \
	} \
	FUNCTION NAME(read_sum, n)(lk_u64 * latch, lk_u64 * record, lk_u64 argument) \
	{ \
		lk_u64 scratch[n]; \
\
		return latch_read_sum(latch, n, record, scratch, (unsigned int)argument, \
				      merge_##n); \
	}
VERIFY_SIZES(SIZE)
#undef SIZE

#define CALL(operation, n) TEXT(NAME(operation, n))
#define SIZE(n) \
	{ \
		n, \
		latch_publish_words(n), \
		latch_accumulate_words(n), \
		{NAME(publish, n), NAME(accumulate, n), NAME(read, n), NAME(read_sum, n)}, \
		{CALL(publish, n), CALL(accumulate, n), CALL(read, n), CALL(read_sum, n)}, \
	},
static const struct verify_size sizes[] = {VERIFY_SIZES(SIZE)};

extern const unsigned char PASTE(__start, SECTION)[], PASTE(__stop, SECTION)[];

extern const struct verify_code NAME(code, of);
const struct verify_code NAME(code, of) = {
	.sizes = sizes,
	.sizes_count = sizeof(sizes) / sizeof(sizes[0]),
	.begin = PASTE(__start, SECTION),
	.end = PASTE(__stop, SECTION),
};
