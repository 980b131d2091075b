/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* files.h - all recipes of this host: the tool's own, and those that its users have written. */
#ifndef LATCHKIT_USER_TRACE_RECIPE_FILES_H
#define LATCHKIT_USER_TRACE_RECIPE_FILES_H

#include "trace/recipe/recipe.h"

/*
 * Read the recipes that are part of the program, then the files in /etc/latchkit/recipes.d and in
 * latchkit/recipes.d below $XDG_CONFIG_HOME, else below ~/.config, in the order of their names.
 * Names that begin with a dot or end with ~ are left out. A file must belong to root or to who runs
 * this, and be writable by nobody else: what is in it will be traced with this process's rights.
 * Returns 0, or an exit code, diagnosed: one file has a mistake, or cannot be read. In either case
 * recipes_free().
 */
int recipes_read(struct recipes *recipes);

#endif /* LATCHKIT_USER_TRACE_RECIPE_FILES_H */
