/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* judge.h - for judges of bench dispatch: an answer and a verdict, from what was measured. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H
#define LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H

#include "bench/core/claim.h"
#include "bench/dispatch/result.h"

#define JUDGE_OF(which) dispatch_judge_##which

#endif /* LATCHKIT_USER_BENCH_DISPATCH_JUDGE_H */
