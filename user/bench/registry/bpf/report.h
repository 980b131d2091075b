/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report.h - what was measured in BPF, for people and for programs. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_BPF_REPORT_H
#define LATCHKIT_USER_BENCH_REGISTRY_BPF_REPORT_H

#include <stdio.h>

#include "bench/registry/bpf/bench.h"
#include "host/environment.h"

/* The same of what was measured in BPF, without the environment but in CSV. */
void bench_registry_bpf_table(const struct bench_registry_bpf *b, FILE *out);
void bench_registry_bpf_json(const struct bench_registry_bpf *b, FILE *out);
void bench_registry_bpf_csv(const struct bench_registry_bpf *b, const struct bench_env *env,
			    bool partial, FILE *out);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_BPF_REPORT_H */
