/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* figure.h - lines over an axis, as gnuplot draws them. Knows nothing of latches. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_FIGURE_H
#define LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

enum plot_axis {
	PLOT_VALUES, /* logarithmic, labelled where there are points */
	PLOT_RATES, /* the same, as 1 k and 1 M; INFINITY is at the right end: "flat out" */
	PLOT_PERCENTILES, /* 0 to 4: p50 to the maximum */
};

struct plot_point {
	double x, y, low, high;
};

struct plot_line {
	char name[64];
	unsigned int style; /* the same number looks the same in each plot */
	bool dashed;
	struct plot_point *points;
	size_t count;
};

/* All zero bytes but for the texts: an empty plot. y is logarithmic, 0 below everything else. */
struct plot {
	char file[160]; /* without .svg and .png; must not come from the user unfiltered */
	char title[256], subtitle[256];
	const char *x_title, *y_title;
	enum plot_axis axis;
	bool suffixes; /* y as 1 k and 1 M rather than with all its digits */
	struct plot_line *lines;
	size_t count;
	bool failed; /* no memory for a point */
};

/* Returns the line of this name, which is made if it is not there, or NULL without memory. */
struct plot_line *plot_line_of(struct plot *p, const char *name, unsigned int style, bool dashed);
/* Add a point, unless the line has one at this x. NULL is no line. */
void plot_point_add(struct plot *p, struct plot_line *line, struct plot_point point);
/* Points at two places of the x axis at least? */
bool plot_is_worth_it(const struct plot *p);
void plot_free(struct plot *p);

#endif /* LATCHKIT_USER_BENCH_RESULTS_GNUPLOT_FIGURE_H */
