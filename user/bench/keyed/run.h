/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - one round of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_KEYED_RUN_H
#define LATCHKIT_USER_BENCH_KEYED_RUN_H

#include "bench/keyed/result.h"

/* For struct bench. */
int bench_keyed_round(struct bench_plan *plan, struct bench_cell *cell, double *value,
		      bool warm_up);

#endif /* LATCHKIT_USER_BENCH_KEYED_RUN_H */
