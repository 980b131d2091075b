/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - run gnuplot as a child, without a shell. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_RUN_H
#define LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_RUN_H

#include <stdio.h>

/*
 * Run gnuplot in the directory, with the script (a file that was written to, from its beginning)
 * as its input. What it prints is shown only when it fails. Returns 0 or EXIT_FAILED after printing
 * why.
 */
int gnuplot_run(int dir_fd, FILE *script);

/* Write text as a string of gnuplot, in which nothing is special. Other bytes than ASCII: '?'. */
void gnuplot_quote(FILE *to, const char *text);

#endif /* LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_RUN_H */
