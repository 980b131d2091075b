// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* suggest.c - see suggest.h */
#include <stdio.h>
#include <string.h>

#include "suggest.h"

#define LONGEST 255

void suggest_init(struct suggest *s, const char *wanted)
{
	size_t length = strlen(wanted);

	s->wanted = wanted;
	s->best[0] = '\0';
	/* Nearer than this: a typing error for each three letters. */
	s->distance = 1 + (unsigned int)(length < 6 ? 1 : length / 3);
}

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/*
 * How many letters must be put in, left out, changed or swapped with their neighbour to make one
 * name of the other (optimal string alignment). Keeps three rows of the table.
 */
static unsigned int distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned int rows[3][LONGEST + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2], *spare;

	for (size_t j = 0; j <= nb; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= na; i++) {
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned int change = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = least(above[j] + 1, row[j - 1] + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[nb];
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t na = strlen(s->wanted), nb = strlen(candidate);
	unsigned int d;

	if (na > LONGEST || nb > LONGEST || (na > nb ? na - nb : nb - na) >= s->distance)
		return;
	d = distance(s->wanted, na, candidate, nb);
	if (d >= s->distance)
		return;
	s->distance = d;
	snprintf(s->best, sizeof(s->best), "%s", candidate);
}

const char *suggest_best(const struct suggest *s)
{
	return s->best[0] ? s->best : NULL;
}

bool glob_is_pattern(const char *name)
{
	return strpbrk(name, "*?") != NULL;
}
