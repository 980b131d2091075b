/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* show.h - the recipes, for people and for programs. */
#ifndef LATCHKIT_USER_TRACE_RECIPE_SHOW_H
#define LATCHKIT_USER_TRACE_RECIPE_SHOW_H

#include <stdbool.h>

/*
 * Print the recipes of this host to standard output: a line each, or one object of JSON. Which of
 * their ways is possible is not looked at. Returns an exit code, diagnosed.
 */
int recipes_show(bool json);

#endif /* LATCHKIT_USER_TRACE_RECIPE_SHOW_H */
