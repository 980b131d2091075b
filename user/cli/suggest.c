// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* suggest.c - see cli/suggest.h. Made to be offered every function of a kernel. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/suggest.h"

#define LONGEST (sizeof(((struct suggest *)0)->best) - 1)

void suggest_init(struct suggest *s, const char *wanted)
{
	size_t length = strlen(wanted);

	s->wanted = wanted;
	s->best[0] = '\0';
	s->distance = 1 + (unsigned int)(length < 6 ? 1 : length / 3);
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * The letters to put in, leave out, change or swap with their neighbour that make a of b: the
 * Damerau-Levenshtein distance, for letters that are touched once. Gives up and returns `limit`
 * when it is not below that: later rows have no cell smaller than the least of this one.
 */
static unsigned int distance(const char *a, size_t na, const char *b, size_t nb, unsigned int limit)
{
	unsigned int rows[3][LONGEST + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= nb; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		unsigned int *spare = before, least_here = row[0] = (unsigned int)i;

		for (size_t j = 1; j <= nb; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
			least_here = least(least_here, row[j]);
		}
		if (least_here >= limit)
			return limit;
		before = above;
		above = row;
		row = spare;
	}
	return least(above[nb], limit);
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t na = strlen(s->wanted), nb = strlen(candidate);
	unsigned int d;

	if (!na || !nb || na > LONGEST || nb > LONGEST ||
	    (na > nb ? na - nb : nb - na) >= s->distance)
		return;
	d = distance(s->wanted, na, candidate, nb, s->distance);
	if (d >= s->distance)
		return;
	s->distance = d;
	memcpy(s->best, candidate, nb + 1);
}

void suggest_offer_rows(struct suggest *s, const void *rows, size_t count, size_t size)
{
	for (size_t i = 0; i < count; i++)
		suggest_offer(s, *(const char *const *)((const char *)rows + i * size));
}

void suggest_offer_names(struct suggest *s, const char *(*name)(size_t i), size_t count)
{
	for (size_t i = 0; i < count; i++)
		suggest_offer(s, name(i));
}

const char *suggest_hint(struct suggest *s, const char *otherwise, ...)
{
	va_list args;

	if (s->best[0]) {
		snprintf(s->hint, sizeof(s->hint), "did you mean %s?", s->best);
		return s->hint;
	}
	va_start(args, otherwise);
	vsnprintf(s->hint, sizeof(s->hint), otherwise, args);
	va_end(args);
	return s->hint;
}

const char *suggest_best(const struct suggest *s)
{
	return s->best[0] ? s->best : NULL;
}

bool glob_is_pattern(const char *name)
{
	return strpbrk(name, "*?") != NULL;
}
