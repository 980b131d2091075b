/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* bench_dispatch_judge.h - an answer and a verdict on each claim, from what was measured. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H
#define LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H

#include "bench_dispatch.h"

struct dispatch_answer {
	char text[2048];
	char verdict[256]; /* begins with: confirmed, refuted, depends on, not seen, not told, left
			      to, met, missed, measured */
};

/* Returns 0 or a negative errno. */
typedef int dispatch_judge_fn(const struct dispatch_plan *plan, struct dispatch_answer *a);

dispatch_judge_fn dispatch_judge_cost, dispatch_judge_jitter, dispatch_judge_jump_label,
	dispatch_judge_swap, dispatch_judge_by_proof, dispatch_judge_unregister,
	dispatch_judge_register, dispatch_judge_scaling, dispatch_judge_aba, dispatch_judge_bounds,
	dispatch_judge_bars;

/* So many threads are many: as many as there are CPUs, 2 at least. */
unsigned int dispatch_judge_threads(void);
/* Append to the text. */
void dispatch_say(struct dispatch_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Set the verdict. */
void dispatch_decide(struct dispatch_answer *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif /* LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H */
