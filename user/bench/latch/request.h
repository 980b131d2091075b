/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* request.h - options of `latchkit bench latch` that say what to measure, and their loads. */
#ifndef LATCHKIT_USER_BENCH_LATCH_REQUEST_H
#define LATCHKIT_USER_BENCH_LATCH_REQUEST_H

#include <argp.h>

#include "bench/latch/result.h"

/* All zero: the defaults. */
struct bench_request {
	unsigned int words[BENCH_LIST_MAX];
	int words_count;
	double rates[BENCH_LIST_MAX];
	int rates_count;
	bool workload[2]; /* publish, accumulate */
	struct bench_latch_load load; /* what all loads have in common */
	bool writers_given, readers_given;
};

/* Parses the options into a struct bench_request, by itself or as a child of another parser. */
extern const struct argp bench_request_argp;
/* Append the loads that were asked for. Returns the exit code; an error was printed. */
int bench_request_loads(const struct bench_request *request, struct bench_plan *plan);

#endif /* LATCHKIT_USER_BENCH_LATCH_REQUEST_H */
