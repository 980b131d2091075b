/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * options.h - what the command lines of `latchkit bench latch`, dispatch and registry have in
 * common: how to measure, how and where to show it, and which subjects.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_OPTIONS_H
#define LATCHKIT_USER_BENCH_CORE_OPTIONS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum bench_format { BENCH_TABLE, BENCH_JSON, BENCH_CSV };

struct bench_options {
	/* Whoever parses fills in how many subjects there are, and what they are called. */
	size_t subjects_count;
	const char *(*subject_name)(size_t i);
	/* What was given: */
	size_t *chosen; /* numbers of subjects, in the order given */
	size_t chosen_count;
	size_t rounds;
	unsigned int slice_ms;
	bool oversubscribe, list;
	enum bench_format format;
	const char *output; /* NULL: standard output */
};

/* Fill in the defaults. Returns 0 or EXIT_FAILED: out of memory; prints a diagnostic. */
int bench_options_init(struct bench_options *o, size_t subjects_count,
		       const char *(*subject_name)(size_t i));
void bench_options_free(struct bench_options *o);
/* Parses into a struct bench_options, as a child of another parser; its groups are 2 and 3. */
extern const struct argp bench_options_argp;

/* Call fn with each part of a list with commas; ends with a message if that is empty. */
void bench_each(struct argp_state *state, void *data, const char *option, char *arg,
		void (*fn)(struct argp_state *state, void *data, const char *part));

/*
 * Measure, then report, to where the options say; that is opened first: nobody waits for results
 * that cannot be kept. Returns the exit code of the first that fails.
 */
int bench_options_measure(const struct bench_options *o, int (*measure)(void *arg),
			  int (*report)(void *arg, FILE *out), void *arg);

#endif /* LATCHKIT_USER_BENCH_CORE_OPTIONS_H */
