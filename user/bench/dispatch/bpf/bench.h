/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench.h - handlers in BPF programs that are swapped: what a dispatch costs, by test
 * run, and what becomes of events while a swapper runs flat out, counted one by one.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_BPF_BENCH_H
#define LATCHKIT_USER_BENCH_DISPATCH_BPF_BENCH_H

#include "bench/dispatch/bpf/programs.h"

struct dispatch_bpf_results {
	struct dispatch_bpf_result way[DISPATCH_BPF_WAYS];
	struct dispatch_bpf *programs; /* NULL: not loaded */
};

/*
 * Load the programs and make room for that many rounds. Whatever cannot be had is skipped with the
 * reason. Returns 0 or -ENOMEM; dispatch_bpf_close() in either case.
 */
int dispatch_bpf_open(struct dispatch_bpf_results *r, size_t rounds);
void dispatch_bpf_close(struct dispatch_bpf_results *r);
/* Time each way once; append it, unless it is a warm-up. */
void dispatch_bpf_round(struct dispatch_bpf_results *r, bool warm_up);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_BPF_BENCH_H */
