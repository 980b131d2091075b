/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - measure a subject under one load: alone, and with threads that write and read at once. */
#ifndef LATCHKIT_USER_BENCH_LATCH_RUN_H
#define LATCHKIT_USER_BENCH_LATCH_RUN_H

#include "bench/latch/result.h"

/* For struct bench: one round. Fails without memory, a thread, or such a CPU. */
int bench_latch_round(struct bench_plan *plan, struct bench_cell *cell, double *value,
		      bool warm_up);

#endif /* LATCHKIT_USER_BENCH_LATCH_RUN_H */
