/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - one round of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_RUN_H
#define LATCHKIT_USER_BENCH_DISPATCH_RUN_H

#include "bench/dispatch/result.h"

/* For struct bench: which metrics there are, and one round. */
int dispatch_result_init(struct bench_plan *plan, struct bench_cell *cell);
int dispatch_round(struct bench_plan *plan, struct bench_cell *cell, double *value, bool warm_up);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_RUN_H */
