/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* arguments.h - the words of a command line, taken by argp(3). */
#ifndef LATCHKIT_USER_CLI_ARGUMENTS_H
#define LATCHKIT_USER_CLI_ARGUMENTS_H

#include <argp.h>
#include <stdbool.h>

/*
 * Have the words parsed; `input` is the parsers'. Mistakes in them, and --help, end the program.
 * Returns 0, or an exit code after printing why: argp alone says nothing when there is no memory.
 */
int arguments_parse(const struct argp *argp, int argc, char **argv, void *input);

/* At exit: did argp end the program, for --help, --usage or a mistake? */
bool arguments_ended(void);

#endif /* LATCHKIT_USER_CLI_ARGUMENTS_H */
