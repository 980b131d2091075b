/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * claim.h - a claim, and the answer that measuring gives: what scenarios of bench dispatch
 * and bench registry have in common.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_CLAIM_H
#define LATCHKIT_USER_BENCH_CORE_CLAIM_H

#include "bench/core/scenario.h"

struct bench_answer {
	char text[2048];
	char verdict[256]; /* begins with: confirmed, refuted, depends on, not seen, not told, left
			      to, met, missed, measured */
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

/*
 * Have the scenario's judge measure what the plan does not, and print the claim and the verdict, as
 * text or, if the plan's format is that, as JSON. Returns the exit code; errors have been printed.
 */
int bench_judge_scenario(const struct bench_scenario *s, const struct bench_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_CORE_CLAIM_H */
