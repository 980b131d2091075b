/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report.h - the results of bench dispatch, for people and for programs: parts of struct bench. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_REPORT_H
#define LATCHKIT_USER_BENCH_DISPATCH_REPORT_H

#include "bench/core/record.h"

void dispatch_print_environment(const struct bench_plan *plan, FILE *out);
void dispatch_print_header(const void *load, FILE *out);
void dispatch_print_row(const struct bench_plan *plan, const struct bench_cell *cell, FILE *out);
/* What was measured in BPF; of that there is no CSV. */
void dispatch_print_bpf(const struct bench_plan *plan, FILE *out);
bench_record_fn dispatch_record;
/* "2 threads, nobody swaps" */
void dispatch_describe(const void *load, char *buf, size_t size);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_REPORT_H */
