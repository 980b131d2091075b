// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* draw.c - see bench/results/gnuplot/draw.h. */
#include <stdlib.h>
#include <string.h>

#include "bench/results/gnuplot/draw.h"
#include "bench/results/gnuplot/run.h"
#include "bench/results/gnuplot/script.h"
#include "cli/diag.h"

static int compare_points(const void *a, const void *b)
{
	const struct plot_point *x = a, *y = b;

	return x->x < y->x ? -1 : x->x > y->x;
}

static int compare_lines(const void *a, const void *b)
{
	const struct plot_line *x = a, *y = b;

	if (x->dashed != y->dashed)
		return x->dashed - y->dashed;
	return x->style < y->style ? -1 : x->style > y->style;
}

int plot_draw(struct plot *p, int dir_fd)
{
	FILE *script;
	int r;

	if (p->failed)
		return fail("%s: no memory for all its points", p->file);
	qsort(p->lines, p->count, sizeof(*p->lines), compare_lines);
	for (size_t i = 0; i < p->count; i++)
		qsort(p->lines[i].points, p->lines[i].count, sizeof(*p->lines[i].points),
		      compare_points);
	script = tmpfile();
	if (!script)
		return fail("%s: cannot write a script for gnuplot: %m", p->file);
	plot_script(p, script);
	r = gnuplot_run(dir_fd, script);
	fclose(script);
	return r;
}
