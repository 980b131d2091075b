/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* plot_kind.h - the kinds of plots, what a result is in each, and their words. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_PLOT_KIND_H
#define LATCHKIT_USER_BENCH_RESULTS_PLOT_KIND_H

#include <stdbool.h>

#include "bench/results/file.h"
#include "bench/results/gnuplot/figure.h"

enum bench_plot_over {
	BENCH_PLOT_RATE,
	BENCH_PLOT_PAYLOAD,
	BENCH_PLOT_SLOTS,
	BENCH_PLOT_READ_PERCENTILE,
	BENCH_PLOT_WRITE_PERCENTILE,
};

/* What to draw over what; `fixed` are the keys that all points of one plot share. */
struct bench_plot_kind {
	const char *file;
	const char *x_title, *y_title;
	enum bench_plot_over over;
	unsigned int fixed;
	enum bench_file_metric metric; /* of percentiles: not used */
};

/* Returns the kind of this index, or NULL after the last. */
const struct bench_plot_kind *bench_plot_kind_get(size_t index);
/* Does the result lead a plot: the first of those that belong into one? */
bool bench_plot_leads(const struct bench_file *f, const struct bench_plot_kind *k,
		      const struct bench_file_result *r);
/* Add the points, of the line they belong to, of all that belongs with `leader`. */
void bench_plot_collect(struct plot *p, const struct bench_file *f, const struct bench_plot_kind *k,
			const struct bench_file_result *leader);
/* Set file name, titles and axes. */
void bench_plot_label(struct plot *p, const struct bench_file *f, const struct bench_plot_kind *k,
		      const struct bench_file_result *leader);

#endif /* LATCHKIT_USER_BENCH_RESULTS_PLOT_KIND_H */
