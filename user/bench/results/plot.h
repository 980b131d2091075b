/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* plot.h - a file of results as plots. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_PLOT_H
#define LATCHKIT_USER_BENCH_RESULTS_PLOT_H

/*
 * Draw, with gnuplot, what the results hold, as SVG and PNG files in the directory, which is made
 * if it is not there, and print the path of each. Returns the exit code, after printing why if it
 * is not EXIT_OK.
 */
int bench_plot(const char *dir, const char *results_path);

#endif /* LATCHKIT_USER_BENCH_RESULTS_PLOT_H */
