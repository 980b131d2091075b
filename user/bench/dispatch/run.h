/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - one round of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_RUN_H
#define LATCHKIT_USER_BENCH_DISPATCH_RUN_H

#include "bench/dispatch/result.h"

/*
 * Measure one round in slices of that many milliseconds and append it, unless it is a warm-up;
 * with `oversubscribe` threads may share CPUs. Returns 0 or a negative errno: no memory, no
 * thread.
 */
int dispatch_round(struct dispatch_result *r, unsigned int slice_ms, bool oversubscribe,
		   bool warm_up);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_RUN_H */
