// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* figure.c - see bench/results/gnuplot/figure.h: lines and their points. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/results/gnuplot/figure.h"

struct plot_line *plot_line_of(struct plot *p, const char *name, unsigned int style, bool dashed)
{
	struct plot_line *more, *line;

	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->lines[i].name, name) == 0)
			return &p->lines[i];
	more = reallocarray(p->lines, p->count + 1, sizeof(*more));
	if (!more) {
		p->failed = true;
		return NULL;
	}
	p->lines = more;
	line = &more[p->count++];
	*line = (struct plot_line){.style = style, .dashed = dashed};
	snprintf(line->name, sizeof(line->name), "%s", name);
	return line;
}

void plot_point_add(struct plot *p, struct plot_line *line, struct plot_point point)
{
	struct plot_point *more;

	if (!line)
		return;
	for (size_t i = 0; i < line->count; i++)
		if (line->points[i].x == point.x)
			return;
	more = reallocarray(line->points, line->count + 1, sizeof(*more));
	if (!more) {
		p->failed = true;
		return;
	}
	line->points = more;
	more[line->count++] = point;
}

bool plot_is_worth_it(const struct plot *p)
{
	for (size_t i = 0; i < p->count && !p->failed; i++)
		for (size_t j = 0; j < p->lines[i].count; j++)
			if (p->lines[i].points[j].x != p->lines[0].points[0].x)
				return true;
	return p->failed; /* plot_draw() prints a diagnostic */
}

void plot_free(struct plot *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->lines[i].points);
	free(p->lines);
	*p = (struct plot){0};
}
