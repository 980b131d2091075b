/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report.h - the results of bench registry, for people and for programs: parts of struct bench. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_REPORT_H
#define LATCHKIT_USER_BENCH_REGISTRY_REPORT_H

#include "bench/core/record.h"

void bench_registry_print_environment(const struct bench_plan *plan, FILE *out);
void bench_registry_print_header(const void *load, FILE *out);
void bench_registry_print_row(const struct bench_plan *plan, const struct bench_cell *cell,
			      FILE *out);
/* What was measured in BPF. */
void bench_registry_print_bpf(const struct bench_plan *plan, FILE *out);
bench_record_fn bench_registry_record;
/* "2 threads, 1000 objects, uniform keys, 0 % writes, no shrinker" */
void bench_registry_describe(const void *load, char *buf, size_t size);
/* Bytes for each object of that subject; 0: not known. */
double bench_registry_bytes_of(const struct bench_plan *plan, const char *name);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_REPORT_H */
