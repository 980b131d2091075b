/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* site.h - the place of a failure as numbers with names, to be kept and found again. */
#ifndef LATCHKIT_USER_VERIFY_CORE_SITE_H
#define LATCHKIT_USER_VERIFY_CORE_SITE_H

#include "verify/core/verdict.h"

#define VERIFY_SITE_NUMBERS 8

/* Where a check is: it steps through its places as through nested loops, outermost first. */
struct verify_site {
	const char *const *names; /* VERIFY_SITE_NUMBERS; NULL: fewer are used */
	lk_u64 at[VERIFY_SITE_NUMBERS];
};

/* Write the numbers to f->where. */
void verify_site_tell(const struct verify_site *site, struct verify_failure *f);
/* With a failure to replay: is this the place, as far as numbers first to last - 1 say? */
bool verify_site_wanted(const struct verify_site *site, const struct verify_failure *replay,
			unsigned int first, unsigned int last);

#endif /* LATCHKIT_USER_VERIFY_CORE_SITE_H */
