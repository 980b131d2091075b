// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* suggest.h - "did you mean": the nearest of many candidates to a mistyped name. And globs. */
#ifndef LATCHKIT_USER_CLI_SUGGEST_H
#define LATCHKIT_USER_CLI_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* A search for one name. Names of 256 bytes and more are neither sought nor suggested. */
struct suggest {
	char best[256]; /* "": none yet */
	char hint[320]; /* of suggest_hint() */
	unsigned int distance; /* typing errors in best; before that, one more than are allowed */
	const char *wanted; /* not copied */
};

/* Start a search for the name nearest to `wanted`, which must outlive it. */
void suggest_init(struct suggest *s, const char *wanted);
/*
 * Offer a candidate, which is copied if it is the nearest so far (of equals, the first). Ignored
 * when it takes more typing errors than one in three letters of the name that was wanted, or more
 * than one in a shorter name.
 */
void suggest_offer(struct suggest *s, const char *candidate);
/* Offer the names of a table: the first member of each of `count` rows of `size` bytes. */
void suggest_offer_rows(struct suggest *s, const void *rows, size_t count, size_t size);
/* Offer name(0) to name(count - 1). */
void suggest_offer_names(struct suggest *s, const char *(*name)(size_t i), size_t count);
/*
 * What to do instead, to end a message with: "did you mean NAME?", or `otherwise` when none was
 * near. Valid as long as *s.
 */
const char *suggest_hint(struct suggest *s, const char *otherwise, ...)
	__attribute__((format(printf, 2, 3)));
/* Returns the nearest candidate, valid as long as *s, or NULL when none was near. */
const char *suggest_best(const struct suggest *s);

/* Returns true if the name holds * or ?: it is a pattern for fnmatch(3), not a name. */
bool glob_is_pattern(const char *name);

#endif /* LATCHKIT_USER_CLI_SUGGEST_H */
