// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* code.c - see verify/keyed/code.h. */
#include <stdint.h>
#include <stdio.h>

#include "verify/core/verdict.h"
#include "verify/keyed/code.h"

/* After keyed_shared.h, which chooses the latch. */
#include <latchkit/keyed_ready_first.h>

#define TEXT(a) #a
/* The finds of a subject in one section, whose bounds the linker knows. */
#define FIND(subject) __attribute__((noinline, section(TEXT(verify_keyed_##subject)))) lk_u64 *

#define SIZE(n) \
	static FIND(sound) \
		find_##n(lk_u64 *first, lk_u64 *second, const lk_u64 *key, lk_u64 hash, int *made) \
	{ \
		return keyed_latch(first, second, key, n, KEYED_LATCH, hash, made); \
	} \
	static FIND(ready_first) find_ready_first_##n(lk_u64 *first, lk_u64 *second, \
						      const lk_u64 *key, lk_u64 hash, int *made) \
	{ \
		return keyed_ready_first_latch(first, second, key, n, KEYED_LATCH, hash, made); \
	} \
	static __attribute__((noinline)) lk_u64 walk_##n(const struct keyed_table *t) \
	{ \
		lk_u64 key[n], met = 0; \
\
		for (unsigned int at = keyed_next(t, 0, key); at < keyed_places(t); \
		     at = keyed_next(t, at + 1, key)) \
			for (unsigned int i = at; i < keyed_places(t); \
			     i = keyed_twin(t, key, i + 1)) \
				met++; \
		return met; \
	}
KEYED_SIZES(SIZE)
#undef SIZE

#define SIZE(n) {n, find_##n, TEXT(find_##n), walk_##n},
static const struct keyed_size sizes_sound[] = {KEYED_SIZES(SIZE)};
#undef SIZE
#define SIZE(n) {n, find_ready_first_##n, TEXT(find_ready_first_##n), walk_##n},
static const struct keyed_size sizes_ready_first[] = {KEYED_SIZES(SIZE)};
#undef SIZE

#define CODE(subject, text, sound, does_hold) \
	extern const unsigned char __start_verify_keyed_##subject[], \
		__stop_verify_keyed_##subject[]; \
	const struct keyed_code keyed_code_##subject = { \
		.name = text, \
		.soundness = sound, \
		.holds = does_hold, \
		.sizes = sizes_##subject, \
		.sizes_count = sizeof(sizes_##subject) / sizeof(sizes_##subject[0]), \
		.begin = __start_verify_keyed_##subject, \
		.end = __stop_verify_keyed_##subject, \
	};
CODE(sound, "keyed", "sound", true)
CODE(ready_first, "ready_first", "counterexample", false)

void keyed_code_site(const struct keyed_code *code, lk_u64 address, char *site, size_t size)
{
	const unsigned char *at = (const unsigned char *)(uintptr_t)address;
	const struct keyed_size *in = NULL;

	if (at < code->begin || at >= code->end) {
		snprintf(site, size, "outside");
		return;
	}
	for (size_t i = 0; i < code->sizes_count; i++) {
		const struct keyed_size *s = &code->sizes[i];

		if ((uintptr_t)s->find <= address &&
		    (!in || (uintptr_t)s->find > (uintptr_t)in->find))
			in = s;
	}
	verify_site_text(site, size, in ? in->name : "?",
			 address - (in ? (uintptr_t)in->find : (uintptr_t)code->begin), at,
			 code->end);
}
