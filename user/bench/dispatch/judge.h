/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* judge.h - an answer and a verdict on each claim, from what was measured. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H
#define LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H

#include "bench/core/claim.h"
#include "bench/dispatch/plan.h"

/* Returns 0 or a negative errno. */
typedef int dispatch_judge_fn(const struct dispatch_plan *plan, struct bench_answer *a);

/* Define the one of that name; its body follows. Each has a row in judges.def. */
#define DISPATCH_JUDGE(name, plan, a) \
	static dispatch_judge_fn judge_##name; \
	dispatch_judge_fn *const dispatch_judge_##name = judge_##name; \
	static int judge_##name(const struct dispatch_plan *plan, struct bench_answer *a)

#endif /* LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H */
