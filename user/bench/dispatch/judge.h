/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* judge.h - an answer and a verdict on each claim, from what was measured. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H
#define LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H

#include "bench/core/claim.h"
#include "bench/dispatch/plan.h"

/* Returns 0 or a negative errno. */
typedef int dispatch_judge_fn(const struct dispatch_plan *plan, struct bench_answer *a);

dispatch_judge_fn dispatch_judge_cost, dispatch_judge_jitter, dispatch_judge_jump_label,
	dispatch_judge_swap, dispatch_judge_by_proof, dispatch_judge_unregister,
	dispatch_judge_register, dispatch_judge_scaling, dispatch_judge_aba, dispatch_judge_bounds,
	dispatch_judge_bars;

#endif /* LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H */
