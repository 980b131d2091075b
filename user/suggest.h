/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* suggest.h - "did you mean": the nearest of many candidates to a mistyped name. And globs. */
#ifndef LATCHKIT_USER_SUGGEST_H
#define LATCHKIT_USER_SUGGEST_H

#include <stdbool.h>

struct suggest {
	const char *wanted;
	char best[256];
	unsigned int distance; /* of best */
};

void suggest_init(struct suggest *s, const char *wanted);
/* Offer a candidate; those too far away to be meant are ignored. */
void suggest_offer(struct suggest *s, const char *candidate);
/* Returns the nearest candidate, or NULL when none was near. */
const char *suggest_best(const struct suggest *s);

/* Does the name hold * or ?, as fnmatch(3) takes them? */
bool glob_is_pattern(const char *name);

#endif /* LATCHKIT_USER_SUGGEST_H */
