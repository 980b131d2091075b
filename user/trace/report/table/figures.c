// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* figures.c - see trace/report/table/figures.h */
#include <stdint.h>
#include <stdio.h>

#include "trace/report/table/figures.h"
#include "trace/report/table/style.h"

#define WIDE 120 /* columns from which there is no need to save any */

enum figure { FIGURE_AVG, FIGURE_P50, FIGURE_P99, FIGURE_MIN, FIGURE_MAX, FIGURE_SUM, FIGURES };

/* The names, and those of bounds: so many took less (<), or none took less (>). */
static const char *const names[FIGURES] = {
	[FIGURE_AVG] = "AVG", [FIGURE_P50] = "P50<", [FIGURE_P99] = "P99<",
	[FIGURE_MIN] = "MIN", [FIGURE_MAX] = "MAX",  [FIGURE_SUM] = "SUM",
};
static const char *const bounds[FIGURES] = {
	[FIGURE_AVG] = "AVG",  [FIGURE_P50] = "P50<", [FIGURE_P99] = "P99<",
	[FIGURE_MIN] = "MIN>", [FIGURE_MAX] = "MAX<", [FIGURE_SUM] = "SUM",
};

/* Which go last where there is no room for all. */
static const enum figure wanted[FIGURES] = {FIGURE_AVG, FIGURE_P99, FIGURE_MAX,
					    FIGURE_SUM, FIGURE_P50, FIGURE_MIN};

/* The figure that rows are sorted by, or FIGURES: by none of these. */
static enum figure sorted_by(const struct trace *t)
{
	switch (t->options->sort) {
	case SORT_SUM:
		return FIGURE_SUM;
	case SORT_AVG:
		return FIGURE_AVG;
	case SORT_MAX:
		return FIGURE_MAX;
	case SORT_P99:
		return FIGURE_P99;
	default:
		return FIGURES;
	}
}

static size_t add(struct figures *f, enum figure figure, size_t used, size_t width)
{
	size_t more = (size_t)f->duration_width + 1;

	if (figure == FIGURES || f->latency & 1U << figure || used + more > width)
		return used;
	f->latency |= 1U << figure;
	return used + more;
}

size_t figures_choose(const struct trace *t, struct figures *f, size_t width, bool latencies)
{
	bool wide = width >= WIDE;
	size_t used;

	*f = (struct figures){
		.count_width = wide ? 11 : 8,
		.rate_width = wide ? 9 : 7,
		.duration_width = wide ? 8 : 6,
		.bounds = t->before,
	};
	used = (size_t)(f->count_width + f->rate_width + 2);
	if (!latencies)
		return used;
	used = add(f, sorted_by(t), used, width);
	for (size_t i = 0; i < FIGURES; i++)
		used = add(f, wanted[i], used, width);
	return used;
}

void figures_heading(const struct trace *t, const struct figures *f)
{
	fprintf(t->out, "%*s %*s ", f->count_width, "COUNT", f->rate_width, "RATE/s");
	for (int i = 0; i < FIGURES; i++)
		if (f->latency & 1U << i)
			fprintf(t->out, "%*s ", f->duration_width,
				f->bounds ? bounds[i] : names[i]);
}

static double figure_of(const struct spread *s, enum figure figure)
{
	const double all[FIGURES] = {
		[FIGURE_AVG] = s->avg, [FIGURE_P50] = s->p50, [FIGURE_P99] = s->p99,
		[FIGURE_MIN] = s->min, [FIGURE_MAX] = s->max, [FIGURE_SUM] = s->sum,
	};

	return all[figure];
}

bool figures_has(const struct probe *p)
{
	return p->has_value || p->kind == KIND_LATENCY;
}

void figures_print(const struct trace *t, const struct figures *f, unsigned long long count,
		   double rate_hz, const struct probe *p, const union summed_record *record)
{
	const char *none = figures_has(p) ? "-" : "";
	char text[STYLE_COUNT], amount[STYLE_COUNT];
	struct spread s;
	bool some = record_spread(p, record, &s);

	/* What nothing limits is exact. */
	if (f->count_width < 11)
		fprintf(t->out, "%*s ", f->count_width,
			style_count(text, (double)count, f->count_width));
	else
		fprintf(t->out, "%*llu ", f->count_width, count);
	fprintf(t->out, "%*s ", f->rate_width, style_count(text, rate_hz, f->rate_width));
	for (int i = 0; i < FIGURES; i++)
		if (f->latency & 1U << i)
			fprintf(t->out, "%*s ", f->duration_width,
				some ? style_amount(amount, p, figure_of(&s, (enum figure)i),
						    f->duration_width)
				     : none);
}
