/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scenario.h - scenarios of all benches: text, a line for each of
 *   scenario NAME
 *   question SENTENCE, or claim SENTENCE
 *   subjects SUBJECT...
 * and # begins a comment. What else there is says bench/latch/answer.h; of bench dispatch and
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

#include "bench/core/plan.h"

struct bench_answer;

/* What gives the verdict on a claim. Each has a row in judges.def of its bench. */
struct bench_judge {
	const char *name;
	/* Returns 0 or a negative errno. */
	int (*judge)(const struct bench_plan *plan, struct bench_answer *a);
};

struct bench_scenario {
	const char *name; /* as it was asked for */
	char *text; /* of this one alone */
	char *sentence; /* that it claims; NULL: it asks */
	const struct bench_judge *judge; /* of benches that have some */
};

/* Define an array of that name with what is in a file of this tree, ended by a zero byte. */
#define BENCH_SCENARIOS(name, path) \
	extern const char name[]; \
	asm(".section .rodata.scenarios, \"a\", @progbits\n" \
	    ".globl " #name "\n" #name ": .incbin \"" path "\"\n" \
	    ".byte 0\n" \
	    ".previous\n")

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
/*
 * Put into the plan what a scenario measures, and find its judge. Fails where threads would need
 * two CPUs. Returns the exit code; errors have been printed.
 */
int bench_scenario_plan(struct bench_scenario *s, struct bench_plan *plan);
/* So many threads are many: as many as there are CPUs, 2 at least. */
unsigned int bench_many_threads(void);

#endif /* LATCHKIT_USER_BENCH_CORE_SCENARIO_H */
