/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * claim.h - a claim, and the answer that measuring gives: what scenarios of bench dispatch
 * and bench registry have in common.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_CLAIM_H
#define LATCHKIT_USER_BENCH_CORE_CLAIM_H

#include "bench/core/plan.h"

struct bench_answer {
	char text[2048];
	char verdict[256]; /* begins with: confirmed, refuted, depends on, not seen, not told, left
			      to, met, missed, measured */
};

/* What gives the verdict on a claim. Each has a row in judges.def of its bench. */
struct bench_judge {
	const char *name;
	/* Returns 0 or a negative errno. */
	int (*judge)(const struct bench_plan *plan, struct bench_answer *a);
};
/* Define the judge of that name; the body of its function follows. */
#define BENCH_JUDGE(which, plan, a) \
	static int judge_##which(const struct bench_plan *plan, struct bench_answer *a); \
	const struct bench_judge JUDGE_OF(which) = {#which, judge_##which}; \
	static int judge_##which(const struct bench_plan *plan, struct bench_answer *a)

/* Append to the text. */
void bench_say(struct bench_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Set the verdict. */
void bench_decide(struct bench_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* So many threads are many: as many as there are CPUs, 2 at least. */
unsigned int bench_many_threads(void);

/* Print the answer to the claim that the scenario of that name judges. */
void bench_answer_print(const struct bench_answer *a, const char *name, const char *claim,
			bool json, FILE *out);

#endif /* LATCHKIT_USER_BENCH_CORE_CLAIM_H */
