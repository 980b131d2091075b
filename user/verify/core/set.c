// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - see verify/core/set.h. */
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
