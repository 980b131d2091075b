/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * command.h - the command line of a bench: how to measure, how and where to show it, which subjects
 * and threads, and a scenario. What else there is the bench parses itself.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_COMMAND_H
#define LATCHKIT_USER_BENCH_CORE_COMMAND_H

#include "bench/core/plan.h"

/* Keys of options that the frame parses where a bench lists them, beside 't' for threads. */
enum {
	BENCH_OPTION_DISTURBER = 256,
	BENCH_OPTION_SCENARIO,
	BENCH_OPTION_OWN, /* from here on: the bench's own */
};

/* How the description of every bench ends, for --help. */
#define BENCH_DOC_END \
	"\vWithout SUBJECTs: all. Each round visits every subject once, so that what disturbs " \
	"the " \
	"machine disturbs all of them; the first round is dropped."

/* Parse, measure, report. Returns the exit code. */
int bench_command(const struct bench *bench, int argc, char **argv);

/* Call fn with each part of a list with commas; ends with a message if that is empty. */
void bench_each(struct argp_state *state, void *data, const char *option, char *arg,
		void (*fn)(struct argp_state *state, void *data, const char *part));
/* Append to a list; ends with a message if it has `most` already. */
void bench_list_add(struct argp_state *state, struct bench_list *list, size_t most,
		    const char *option, unsigned long value);
/*
 * Append a load, which begins with a struct bench_load, for each count of threads that was asked
 * for, without and then with what disturbs them, if that was asked for. Asked for none, threads are
 * 1 to the number of CPUs. Returns as bench_add_load(); one that does not fit fails, too.
 */
int bench_add_loads_of_threads(struct bench_plan *plan, struct bench_load *load);
/* Returns EXIT_OK, or EXIT_USAGE after printing that so many threads need more CPUs. */
int bench_check_cpus(const struct bench_plan *plan, unsigned int threads);

#endif /* LATCHKIT_USER_BENCH_CORE_COMMAND_H */
