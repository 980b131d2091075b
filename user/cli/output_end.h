/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* output_end.h - was all of an output written? */
#ifndef LATCHKIT_USER_CLI_OUTPUT_END_H
#define LATCHKIT_USER_CLI_OUTPUT_END_H

#include <stdio.h>

/*
 * After the last word of an output, JSON lines (cli/json_line.h) or others. Returns 0, or
 * EXIT_FAILED after printing why something of it was lost. `name`: a path; NULL: standard output.
 */
int output_end(FILE *to, const char *name);

#endif /* LATCHKIT_USER_CLI_OUTPUT_END_H */
