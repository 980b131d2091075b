/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* plot_label.h - file names, titles and axes of plots. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_PLOT_LABEL_H
#define LATCHKIT_USER_BENCH_RESULTS_PLOT_LABEL_H

#include "bench/results/plot_kind.h"

/* Set file name, titles and axes. */
void bench_plot_label(struct plot *p, const struct bench_file *f, const struct bench_plot_kind *k,
		      const struct bench_file_result *leader);

#endif /* LATCHKIT_USER_BENCH_RESULTS_PLOT_LABEL_H */
