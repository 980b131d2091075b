/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* judge.h - the judges of bench scratch, by name: judges.def. */
#ifndef LATCHKIT_USER_BENCH_SCRATCH_JUDGE_H
#define LATCHKIT_USER_BENCH_SCRATCH_JUDGE_H

#include "bench/core/scenario.h"

#define JUDGE_OF(which) bench_scratch_judge_##which

#define JUDGE(which) extern const struct bench_judge JUDGE_OF(which);
#include "bench/scratch/judges.def"
#undef JUDGE

#endif /* LATCHKIT_USER_BENCH_SCRATCH_JUDGE_H */
