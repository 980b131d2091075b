/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* numbers.h - numbers in words of the command line: all of the word, or it is refused. */
#ifndef LATCHKIT_USER_CLI_NUMBERS_H
#define LATCHKIT_USER_CLI_NUMBERS_H

#include <argp.h>
#include <stdbool.h>

/*
 * Read a whole number in `base` (10; or 16, with or without 0x): no sign, no blanks. Returns false
 * if it is none, or not from min to max; *value is set only when it is.
 */
bool number_parse(const char *text, int base, unsigned long long min, unsigned long long max,
		  unsigned long long *value);
/* Read a decimal fraction as strtod(3) does; else as number_parse(). */
bool decimal_parse(const char *text, double min, double max, double *value);

/*
 * The argument of an option: a whole number from 1 to max. `option` as the user wrote it, such as
 * "--top". Ends the program with a message (argp_error) if it is none.
 */
unsigned long number_option(struct argp_state *state, const char *option, const char *arg,
			    unsigned long max);
/* The same from min to max. */
unsigned long number_option_from(struct argp_state *state, const char *option, const char *arg,
				 unsigned long min, unsigned long max);
/* The same for seconds from min to max; min 0: above 0. */
double seconds_option(struct argp_state *state, const char *option, const char *arg, double min,
		      double max);

#endif /* LATCHKIT_USER_CLI_NUMBERS_H */
