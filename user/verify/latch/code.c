// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* code.c - see verify/latch/code.h. */
#include <stdint.h>
#include <stdio.h>

#include "verify/core/verdict.h"
#include "verify/latch/code.h"

#define LATCH(variant, ...) extern const struct verify_code verify_code_of_##variant;
#include <latchkit/variants.def>
#undef LATCH

#define LATCH(variant, ...) &verify_code_of_##variant,
static const struct verify_code *const codes[] = {
#include <latchkit/variants.def>
};
#undef LATCH

const struct verify_code *verify_code_of(const struct latch_variant *variant)
{
	for (size_t i = 0; i < latch_variants_count(); i++)
		if (latch_variant_get(i) == variant)
			return codes[i];
	return NULL;
}

/* The function that begins at `address` or nearest before it: its name, and where it begins. */
static const char *function_at(const struct verify_code *code, lk_u64 address, lk_u64 *begin)
{
	const char *name = NULL;

	*begin = 0;
	for (size_t s = 0; s < code->sizes_count; s++)
		for (int o = 0; o < VERIFY_OPERATIONS; o++) {
			lk_u64 start = (uintptr_t)code->sizes[s].calls[o];

			if (start <= address && start > *begin) {
				*begin = start;
				name = code->sizes[s].names[o];
			}
		}
	return name;
}

void verify_code_site(const struct verify_code *code, lk_u64 address, char *site, size_t size)
{
	const unsigned char *at = (const unsigned char *)(uintptr_t)address;
	lk_u64 begin;
	const char *name;

	if (at < code->begin || at >= code->end) {
		snprintf(site, size, "outside");
		return;
	}
	name = function_at(code, address, &begin);
	verify_site_text(site, size, name ? name : "?", address - begin, at, code->end);
}
