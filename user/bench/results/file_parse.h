/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* file_parse.h - one line of a result file. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_FILE_PARSE_H
#define LATCHKIT_USER_BENCH_RESULTS_FILE_PARSE_H

#include "bench/results/file.h"

extern const char *const bench_file_metric_names[BENCH_FILE_METRICS];
/* For bench_file_read(): fill in a result from its line. Takes `json` over. 0 or EXIT_FAILED. */
int bench_file_parse(const struct bench_file *f, struct bench_file_result *r, cJSON *json);
void bench_file_result_free(struct bench_file_result *r);

#endif /* LATCHKIT_USER_BENCH_RESULTS_FILE_PARSE_H */
