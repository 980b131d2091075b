/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* script.h - a figure as files, by gnuplot. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_SCRIPT_H
#define LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_SCRIPT_H

#include "bench/results/gnuplot/figure.h"

/*
 * Draw file.svg and file.png in the directory. What gnuplot prints is shown only when it fails.
 * Returns 0 or EXIT_FAILED after printing why.
 */
int plot_draw(struct plot *p, int dir_fd);

#endif /* LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_SCRIPT_H */
