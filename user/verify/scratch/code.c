// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* code.c - see verify/scratch/code.h. */
#include <stdint.h>
#include <stdio.h>

#include "verify/core/verdict.h"
#include "verify/scratch/code.h"

#define remedy_buffer(in, way) scratch_pool_buffer(in, 0, way)
#define remedy_between(buffer) ((void)(buffer))
#include "bpf/verify/scratch_shared.h"

static LK_INLINE void *remedy_scratch_claim(struct scratch_pool *p, lk_u64 *which)
{
	return scratch_pool_claim(p, 0, which);
}

static LK_INLINE void remedy_scratch_release(struct scratch_pool *p, void *bytes, lk_u64 which)
{
	scratch_pool_release(p, bytes, which);
}

#define TEXT(a) #a
/* The two of a subject in one section, whose bounds the linker knows. */
#define OF(subject) __attribute__((noinline, section(TEXT(verify_scratch_##subject))))

#define CODE(subject, sound, does_hold) \
	static OF(subject) void *claim_##subject(struct scratch_pool *p, lk_u64 *which) \
	{ \
		return remedy_##subject##_claim(p, which); \
	} \
	static OF(subject) void release_##subject(struct scratch_pool *p, void *bytes, \
						  lk_u64 which) \
	{ \
		remedy_##subject##_release(p, bytes, which); \
	} \
	extern const unsigned char __start_verify_scratch_##subject[], \
		__stop_verify_scratch_##subject[]; \
	const struct scratch_code scratch_code_##subject = { \
		.name = TEXT(subject), \
		.soundness = sound, \
		.holds = does_hold, \
		.claim = claim_##subject, \
		.release = release_##subject, \
		.claim_name = TEXT(claim_##subject), \
		.release_name = TEXT(release_##subject), \
		.begin = __start_verify_scratch_##subject, \
		.end = __stop_verify_scratch_##subject, \
	};
CODE(plain, "counterexample", false)
CODE(busy, "counterexample", false)
CODE(nesting, "counterexample", false)
CODE(scratch, "sound", true)

void scratch_code_site(const struct scratch_code *code, lk_u64 address, char *site, size_t size)
{
	const unsigned char *at = (const unsigned char *)(uintptr_t)address;
	uintptr_t claim = (uintptr_t)code->claim, release = (uintptr_t)code->release;
	bool releases = address >= release && (claim > address || release > claim);

	if (at < code->begin || at >= code->end) {
		snprintf(site, size, "outside");
		return;
	}
	verify_site_text(site, size, releases ? code->release_name : code->claim_name,
			 address - (releases ? release : claim), at, code->end);
}
