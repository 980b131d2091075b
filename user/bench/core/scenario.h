/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - scenarios of all benches: text, a line for each of
 *   scenario NAME
 *   question SENTENCE, or claim SENTENCE
 *   subjects SUBJECT...
 * and # begins a comment. What else there is says bench/latch/scenario.h; of bench dispatch and
 * bench registry it is
 *   load THREADS [WORD...]       THREADS: a number, or all: one for each CPU, 2 at least
 *   bpf                          measure the BPF programs, too
 *   judge NAME                   what gives the verdict: a row of judges.def in the bench's folder
 * with the words of a load
 *   dispatch: [swapper]
 *   registry: OBJECTS uniform|hot|zipf [shrinker]
 */
#ifndef LATCHKIT_USER_BENCH_CORE_SCENARIO_H
#define LATCHKIT_USER_BENCH_CORE_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct bench_scenario {
	const char *name; /* as it was asked for */
	char *text; /* of this one alone */
	char *sentence; /* that it claims; NULL: it asks */
};

/*
 * Find it by name among the scenarios in the text `all`; with `files`, or else read a file. Returns
 * NULL after printing the error, *code is the exit code.
 */
struct bench_scenario *bench_scenario__new(const char *all, const char *name, bool files,
					   int *code);
void bench_scenario__free(struct bench_scenario *s);
/* Print names, in `width` columns, and questions or claims. */
void bench_scenarios_list(const char *all, int width, FILE *out);
/* Call fn with the words of each line until it returns non-zero; returns that. */
int bench_scenario_each_line(const char *text, int (*fn)(char **words, int count, void *arg),
			     void *arg);

/* How to put into the plan of a bench what a scenario measures. */
struct bench_planner {
	void *plan;
	bool *bpf;
	/* Returns false: there is none of that name. */
	bool (*add_subject)(void *plan, const char *name);
	/* Returns how many threads run at once, or 0: the words say nothing, or no room is left. */
	unsigned int (*add_load)(void *plan, unsigned int threads, char **words, int count);
};
/* Fill the plan. Fails where threads would need two CPUs. Returns the exit code. */
int bench_scenario_measure(const struct bench_scenario *s, const struct bench_planner *planner,
			   bool oversubscribe);
/* Returns which of `count` names its judge has, or -1 after printing the error. */
int bench_scenario_judge(const struct bench_scenario *s, const char *const *names, size_t count);

#endif /* LATCHKIT_USER_BENCH_CORE_SCENARIO_H */
