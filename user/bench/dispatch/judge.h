/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* judge.h - an answer and a verdict on each claim, from what was measured. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H
#define LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H

#include "bench/core/claim.h"
#include "bench/dispatch/plan.h"

/* Returns 0 or a negative errno. */
typedef int dispatch_judge_fn(const struct dispatch_plan *plan, struct bench_answer *a);

#define JUDGE(name) dispatch_judge_fn dispatch_judge_##name;
#include "bench/dispatch/judges.def"
#undef JUDGE

#endif /* LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H */
