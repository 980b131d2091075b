// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* code.c - see verify/spans/code.h. */
#include <stdint.h>
#include <stdio.h>

#include "verify/core/verdict.h"
#include "verify/spans/code.h"

/* After spans_shared.h, whose keys need a latch. */
#include <latchkit/spans_ready_first.h>

#define TEXT(a) #a
/* The operations of a subject in one section, whose bounds the linker knows. */
#define OPERATION(subject) __attribute__((noinline, section(TEXT(verify_spans_##subject)))) int

#define SIZE(subject, suffix, begin, k, v) \
	static OPERATION(subject) \
		start_##suffix##k(lk_u64 *first, lk_u64 *second, const lk_u64 *key, \
				  const lk_u64 *value, lk_u64 hash) \
	{ \
		return begin(first, second, key, k, value, v, hash); \
	} \
	static OPERATION(subject) end_##suffix##k(lk_u64 *first, lk_u64 *second, \
						  const lk_u64 *key, lk_u64 *value, lk_u64 hash) \
	{ \
		return spans_end(first, second, key, k, value, v, hash); \
	} \
	static OPERATION(subject) copy_##suffix##k(const struct spans_table *t, unsigned int at, \
						   lk_u64 *key, lk_u64 *value) \
	{ \
		const struct spans_table of = {.words = t->words, \
					       .buckets = t->buckets, \
					       .key_words = k, \
					       .value_words = v, \
					       .seed = t->seed}; \
\
		return spans_copy(&of, at, key, value); \
	}
#define SOUND(k, v) SIZE(sound, , spans_start, k, v)
SPANS_SIZES(SOUND)
#define READY_FIRST(k, v) SIZE(ready_first, ready_first_, spans_ready_first_start, k, v)
SPANS_SIZES(READY_FIRST)
#undef SIZE
#undef SOUND
#undef READY_FIRST

#define SIZE(suffix, k, v) \
	{k, \
	 v, \
	 start_##suffix##k, \
	 end_##suffix##k, \
	 copy_##suffix##k, \
	 TEXT(start_##suffix##k), \
	 TEXT(end_##suffix##k), \
	 TEXT(copy_##suffix##k)},
#define SOUND(k, v) SIZE(, k, v)
static const struct spans_size sizes_sound[] = {SPANS_SIZES(SOUND)};
#define READY_FIRST(k, v) SIZE(ready_first_, k, v)
static const struct spans_size sizes_ready_first[] = {SPANS_SIZES(READY_FIRST)};

#define CODE(subject, text, sound, does_hold, operations, is_per_cpu) \
	const struct spans_code spans_code_##subject = { \
		.name = text, \
		.soundness = sound, \
		.holds = does_hold, \
		.per_cpu = is_per_cpu, \
		.sizes = sizes_##operations, \
		.sizes_count = sizeof(sizes_##operations) / sizeof(sizes_##operations[0]), \
		.begin = __start_verify_spans_##operations, \
		.end = __stop_verify_spans_##operations, \
	};
#define SECTION(operations) \
	extern const unsigned char __start_verify_spans_##operations[], \
		__stop_verify_spans_##operations[];
SECTION(sound)
SECTION(ready_first)
CODE(sound, "spans", "sound", true, sound, false)
CODE(ready_first, "ready_first", "counterexample", false, ready_first, false)
CODE(per_cpu, "per_cpu", "counterexample", false, sound, true)

unsigned int spans_code_bucket(const struct spans_code *code, unsigned int buckets, lk_u64 hash,
			       bool second, unsigned int cpu)
{
	unsigned int each = buckets / SPANS_CPUS;

	if (!code->per_cpu)
		return second ? keyed_second(hash, buckets) : keyed_first(hash, buckets);
	if (each == 1)
		return cpu;
	return cpu * each + (second ? keyed_second(hash, each) : keyed_first(hash, each));
}

struct nearest {
	uintptr_t begin;
	const char *name;
};

static void nearer(struct nearest *n, uintptr_t begin, const char *name, lk_u64 address)
{
	if (begin <= address && begin >= n->begin)
		*n = (struct nearest){begin, name};
}

void spans_code_site(const struct spans_code *code, lk_u64 address, char *site, size_t size)
{
	const unsigned char *at = (const unsigned char *)(uintptr_t)address;
	struct nearest in = {(uintptr_t)code->begin, "?"};

	if (at < code->begin || at >= code->end) {
		snprintf(site, size, "outside");
		return;
	}
	for (size_t i = 0; i < code->sizes_count; i++) {
		const struct spans_size *s = &code->sizes[i];

		nearer(&in, (uintptr_t)s->start, s->start_name, address);
		nearer(&in, (uintptr_t)s->end, s->end_name, address);
		nearer(&in, (uintptr_t)s->copy, s->copy_name, address);
	}
	verify_site_text(site, size, in.name, address - in.begin, at, code->end);
}
