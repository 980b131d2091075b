/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* range.h - the range of a logarithmic axis, and where its labels are. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_RANGE_H
#define LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_RANGE_H

#include <stdbool.h>
#include <stdio.h>

/* For plot_draw(): a logarithmic range and where its labels are. */
struct plot_range {
	double low, high; /* of what is above 0, finite and drawn */
	bool narrow; /* has finer labels */
	bool zero, infinite; /* is there a 0, an INFINITY? */
	double zero_at, infinite_at; /* where to draw it */
};

void plot_range_add(struct plot_range *r, double value);
/* Place 0 and INFINITY beyond the range, which is first widened to round numbers if `widen`. */
void plot_range_finish(struct plot_range *r, bool widen);
double plot_range_place(const struct plot_range *r, double value);
/* Write gnuplot's label of a value: '1 k' 1000. */
void plot_range_label(const struct plot_range *r, double value, bool suffixes, FILE *to);
/* Write gnuplot's [from:to], with a margin. */
void plot_range_bounds(const struct plot_range *r, FILE *to);
/* Write gnuplot's list of the labels of round numbers: ('1 k' 1000, ...). */
void plot_range_labels(const struct plot_range *r, bool suffixes, FILE *to);

#endif /* LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_RANGE_H */
