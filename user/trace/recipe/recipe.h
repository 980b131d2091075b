/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * recipe.h - statements with names, from text. A line is
 *   NAME | HELP | STATEMENT [| MORE ARGUMENTS]
 * and a line that begins with a bar is another way to write the recipe above it, for other kernels:
 *   | STATEMENT [| MORE ARGUMENTS]
 * A bar between fields has blanks around it; one in an expression has none, or is doubled. More
 * arguments are other statements, in single quotes where they hold blanks, and options of latchkit
 * trace, in one word each: --sort=sum. # begins a line of comment.
 */
#ifndef LATCHKIT_USER_TRACE_RECIPE_RECIPE_H
#define LATCHKIT_USER_TRACE_RECIPE_RECIPE_H

#include <stddef.h>

#define RECIPE_WORDS 16

struct recipe_way {
	char *word[RECIPE_WORDS]; /* the statement, then more arguments */
	size_t words;
};

struct recipe {
	char *name, *help;
	struct recipe_way *way; /* the first that is possible is meant */
	size_t ways;
	char *file; /* where it is from, for messages */
	int line;
};

struct recipes {
	struct recipe *recipe;
	size_t count;
};

/*
 * Add the recipes of a text, which has no more NULs than the one at its end. `file`: what to call
 * it. Returns 0, or an exit code after printing file, line and place of the first mistake. In
 * either case recipes_free().
 */
int recipes_parse(struct recipes *recipes, const char *file, const char *text);
void recipes_free(struct recipes *recipes);
/* Returns NULL, after printing a diagnostic, if there is none of that name. */
const struct recipe *recipes_find(const struct recipes *recipes, const char *name);

#endif /* LATCHKIT_USER_TRACE_RECIPE_RECIPE_H */
