/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* run.h - one round of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_SCRATCH_RUN_H
#define LATCHKIT_USER_BENCH_SCRATCH_RUN_H

#include "bench/scratch/result.h"

/* For struct bench. */
int bench_scratch_round(struct bench_plan *plan, struct bench_cell *cell, double *value,
			bool warm_up);
/* Can anything be measured here? Returns NULL, or why not, valid until the next call. */
const char *bench_scratch_refused(const struct bench_subject *subject);

#endif /* LATCHKIT_USER_BENCH_SCRATCH_RUN_H */
