/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* command.h - the command line of a set of checks, the same for each set. */
#ifndef LATCHKIT_USER_VERIFY_COMMAND_H
#define LATCHKIT_USER_VERIFY_COMMAND_H

#include "verify/core/set.h"

/*
 * Run the checks of `set` as argv says and report them. `sets`, up to NULL: those that a file of
 * --replay may be about, which need not be `set`. Returns the exit code.
 */
int verify_command(const struct verify_set *const *sets, const struct verify_set *set, int argc,
		   char **argv);

#endif /* LATCHKIT_USER_VERIFY_COMMAND_H */
