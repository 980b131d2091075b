/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* expand.h - @NAME on the command line of latchkit trace. */
#ifndef LATCHKIT_USER_TRACE_RECIPE_EXPAND_H
#define LATCHKIT_USER_TRACE_RECIPE_EXPAND_H

#include <stdbool.h>

#include "trace/session/session.h"

/* The words of a command line. Zeros: none. */
struct words {
	char **word; /* ended by NULL */
	int count;
};

/* Does any of the probes that are asked for begin with @? */
bool recipes_are_named(const struct trace_options *options);
/*
 * Make the command line that is meant: argv, of which `options` tell which words at its end are
 * probes, with what recipes stand for in place of their names. Options of recipes come first, so
 * that those of the user go before them; the keys of --by take the place of a recipe's. Each recipe
 * is told on standard error. Returns 0, or an exit code after printing why. What *to holds is not
 * to be freed while the options that are parsed from it are in use.
 */
int recipes_expand(const struct trace_options *options, char **argv, struct words *to);

#endif /* LATCHKIT_USER_TRACE_RECIPE_EXPAND_H */
