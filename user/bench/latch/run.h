/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * run.h - measure subjects under one load: alone, and with threads that write and read at
 * once. Subjects are interleaved round by round, the first round is dropped as warm-up.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_RUN_H
#define LATCHKIT_USER_BENCH_LATCH_RUN_H

#include "bench/latch/result.h"

/*
 * Measure one round and append it, unless it is a warm-up. Returns 0 or a negative errno: no
 * memory, no thread, no such CPU.
 */
int bench_round(struct bench_result *r, bool warm_up);

#endif /* LATCHKIT_USER_BENCH_LATCH_RUN_H */
