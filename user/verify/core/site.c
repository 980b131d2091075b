// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* site.c - see verify/core/site.h. */
#include <stdio.h>
#include <string.h>

#include "verify/core/site.h"

void verify_site_tell(const struct verify_site *site, struct verify_failure *f)
{
	for (f->where_count = 0;
	     f->where_count < VERIFY_SITE_NUMBERS && site->names[f->where_count];
	     f->where_count++) {
		struct verify_item *item = &f->where[f->where_count];

		snprintf(item->name, sizeof(item->name), "%s", site->names[f->where_count]);
		item->value = site->at[f->where_count];
	}
}

bool verify_site_wanted(const struct verify_site *site, const struct verify_failure *replay,
			unsigned int first, unsigned int last)
{
	for (unsigned int i = first; replay && replay->where_count && i < last && site->names[i];
	     i++)
		for (unsigned int n = 0; n < replay->where_count; n++)
			if (strcmp(replay->where[n].name, site->names[i]) == 0 &&
			    replay->where[n].value != site->at[i])
				return false;
	return true;
}
