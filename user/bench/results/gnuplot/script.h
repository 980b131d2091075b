/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* script.h - the script that draws a figure. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_SCRIPT_H
#define LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_SCRIPT_H

#include <stdio.h>

#include "bench/results/gnuplot/figure.h"

/* For plot_draw(): the script that draws it. */
void plot_script(const struct plot *p, FILE *to);

#endif /* LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_SCRIPT_H */
