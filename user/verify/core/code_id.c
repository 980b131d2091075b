// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* code_id.c - see verify/core/code_id.h. */
#include <stdio.h>

#include <latchkit/order.h>

#include "verify/core/code_id.h"

/* FNV-1a, 64 bits. */
void verify_code_id(const unsigned char *begin, const unsigned char *end, char *id, size_t size)
{
	lk_u64 hash = 0xcbf29ce484222325ULL;

	for (const unsigned char *p = begin; p < end; p++)
		hash = (hash ^ *p) * 0x100000001b3ULL;
	snprintf(id, size, "%016llx", hash);
}
