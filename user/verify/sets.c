// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* sets.c - the table of what can be verified: one line for each set. */
#include <string.h>

#include "verify/sets.h"

static const struct verify_set *const sets[] = {
	&verify_latches,
	&verify_dispatch,
};

size_t verify_sets_count(void)
{
	return sizeof(sets) / sizeof(sets[0]);
}

const struct verify_set *verify_set_get(size_t i)
{
	return sets[i];
}

const struct verify_set *verify_set_find(const char *name)
{
	for (size_t i = 0; i < verify_sets_count(); i++)
		if (strcmp(sets[i]->name, name) == 0)
			return sets[i];
	return NULL;
}

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
		if (strcmp(set->checks[i].name, name) == 0)
			return &set->checks[i];
	return NULL;
}
