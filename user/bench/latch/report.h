/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report.h - the results of bench latch, for people and for programs: parts of struct bench. */
#ifndef LATCHKIT_USER_BENCH_LATCH_REPORT_H
#define LATCHKIT_USER_BENCH_LATCH_REPORT_H

#include "bench/core/record.h"

void bench_latch_print_environment(const struct bench_plan *plan, FILE *out);
void bench_latch_print_header(const void *load, FILE *out);
void bench_latch_print_row(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out);
/* Subjects that are in user space only, or in BPF only, are named together when skipped. */
bool bench_latch_hides(const struct bench_cell *cell);
/* Below the rows of a load: what is absent, what was counted, who is ahead. */
void bench_latch_print_below(const struct bench_plan *plan, size_t l, FILE *out);
bench_record_fn bench_latch_record;
/* In JSON, after all results: for each load and rate who is ahead. */
void bench_latch_print_rankings(const struct bench_plan *plan, FILE *out);

#endif /* LATCHKIT_USER_BENCH_LATCH_REPORT_H */
