// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * range.c - see bench/results/gnuplot/range.h: logarithmic ranges from one round number to
 * another.
 */
#include <math.h>

#include "bench/results/gnuplot/range.h"

/* The round numbers from 1 up to 10; many of them for a range that is narrower than a decade. */
static const struct steps {
	int count;
	double at[8];
} coarse = {3, {1, 2, 5}}, fine = {8, {1, 1.2, 1.5, 2, 3, 4, 5, 7}};

static const struct steps *steps_of(const struct plot_range *r)
{
	return r->narrow ? &fine : &coarse;
}

/* The round number of this index: 0 is 1, those below it are negative. */
static double round_number(const struct steps *s, int index)
{
	int decade = index >= 0 ? index / s->count : -((s->count - 1 - index) / s->count);

	return s->at[index - s->count * decade] * pow(10, decade);
}

/* The index of the greatest round number that is not above the value. */
static int round_below(const struct steps *s, double value)
{
	int index = s->count * ((int)floor(log10(value)) + 1);

	while (round_number(s, index) > value * (1 + 1e-9))
		index--;
	return index;
}

void plot_range_add(struct plot_range *r, double value)
{
	if (isinf(value))
		r->infinite = true;
	else if (!(value > 0))
		r->zero = true;
	else if (r->high == 0)
		r->low = r->high = value;
	else if (value < r->low)
		r->low = value;
	else if (value > r->high)
		r->high = value;
}

static void widen_to_round(struct plot_range *r)
{
	const struct steps *s;
	int above;

	r->narrow = r->high / r->low < 4;
	s = steps_of(r);
	above = round_below(s, r->high);
	if (round_number(s, above) < r->high * (1 - 1e-9) || r->high == r->low)
		above++;
	r->high = round_number(s, above);
	r->low = round_number(s, round_below(s, r->low));
}

/* A factor that is this part of the length of the axis, as if that were a doubling at least. */
static double part(const struct plot_range *r, double of_length)
{
	return pow(fmax(r->high / r->low, 2), of_length);
}

void plot_range_finish(struct plot_range *r, bool widen)
{
	if (r->high == 0)
		r->low = r->high = 1; /* nothing but 0 or INFINITY */
	if (widen)
		widen_to_round(r);
	r->zero_at = r->low / part(r, 0.1);
	r->infinite_at = r->high * part(r, 0.2);
}

void plot_range_bounds(const struct plot_range *r, FILE *to)
{
	fprintf(to, "[%.9g:%.9g]", (r->zero ? r->zero_at : r->low) / part(r, 0.03),
		(r->infinite ? r->infinite_at : r->high) * part(r, 0.03));
}

double plot_range_place(const struct plot_range *r, double value)
{
	if (isinf(value))
		return r->infinite_at;
	return value > 0 ? value : r->zero_at;
}

void plot_range_label(const struct plot_range *r, double value, bool suffixes, FILE *to)
{
	static const struct suffix {
		double from;
		const char *text;
	} all[] = {{1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {0, ""}};
	size_t i = 0;

	while (all[i].from && !(suffixes && value >= all[i].from * (1 - 1e-9)))
		i++;
	if (isinf(value))
		fputs("'flat out'", to);
	else
		fprintf(to, "'%.9g%s'", value / (all[i].from ? all[i].from : 1), all[i].text);
	fprintf(to, " %.9g", plot_range_place(r, value));
}

/* In a wide range, whole decades only. */
void plot_range_labels(const struct plot_range *r, bool suffixes, FILE *to)
{
	const struct steps *s = steps_of(r);
	int first = round_below(s, r->low), last = round_below(s, r->high);
	const char *separator = "(";

	if (r->zero) {
		fputs("(", to);
		plot_range_label(r, 0, false, to);
		separator = ", ";
	}
	for (int i = first; i <= last; i++) {
		if (last - first > 8 && i % s->count)
			continue;
		fputs(separator, to);
		plot_range_label(r, round_number(s, i), suffixes, to);
		separator = ", ";
	}
	fputc(')', to);
}
