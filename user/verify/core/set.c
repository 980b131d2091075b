// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - see verify/core/set.h. */
#include <stdio.h>
#include <string.h>

#include "verify/core/set.h"

const struct verify_subject *verify_subject_find(const struct verify_set *set, const char *name)
{
	for (size_t i = 0; i < set->count(); i++)
		if (strcmp(set->get(i)->name, name) == 0)
			return set->get(i);
	return NULL;
}

const struct verify_check *verify_check_find(const struct verify_set *set, const char *name)
{
	for (size_t i = 0; i < set->checks_count; i++)
		if (strcmp(set->checks[i]->name, name) == 0)
			return set->checks[i];
	return NULL;
}

/* FNV-1a, 64 bits. */
void verify_code_id(const struct verify_subject *subject, char *id, size_t size)
{
	lk_u64 hash = 0xcbf29ce484222325ULL;

	for (const unsigned char *p = subject->begin; p < subject->end; p++)
		hash = (hash ^ *p) * 0x100000001b3ULL;
	snprintf(id, size, "%016llx", hash);
}
