// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* numbers.c - see cli/numbers.h */
#include <errno.h>
#include <float.h>
#include <stdlib.h>

#include "cli/numbers.h"

bool number_parse(const char *text, int base, unsigned long long min, unsigned long long max,
		  unsigned long long *value)
{
	unsigned long long number;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoull(text, &end, base);
	if (errno || *end || number < min || number > max)
		return false;
	*value = number;
	return true;
}

bool decimal_parse(const char *text, double min, double max, double *value)
{
	char *end;
	double number = strtod(text, &end);

	if (*end || end == text || !(number >= min && number <= max)) /* not a number: neither */
		return false;
	*value = number;
	return true;
}

unsigned long number_option_from(struct argp_state *state, const char *option, const char *arg,
				 unsigned long min, unsigned long max)
{
	unsigned long long value = 0;

	if (!number_parse(arg, 10, min, max, &value))
		argp_error(state, "%s %s: not a whole number from %lu to %lu", option, arg, min,
			   max);
	return (unsigned long)value;
}

unsigned long number_option(struct argp_state *state, const char *option, const char *arg,
			    unsigned long max)
{
	return number_option_from(state, option, arg, 1, max);
}

double seconds_option(struct argp_state *state, const char *option, const char *arg, double min,
		      double max)
{
	double value = 0;

	if (decimal_parse(arg, min > 0 ? min : DBL_TRUE_MIN, max, &value))
		return value;
	if (min > 0)
		argp_error(state, "%s %s: not a number of seconds from %g to %g", option, arg, min,
			   max);
	else
		argp_error(state, "%s %s: not a number of seconds above 0", option, arg);
	return value;
}
