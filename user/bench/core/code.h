/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * code.h - what one write is made of: locked instructions, counted in the machine code of
 * this executable and in what the kernel made of the BPF program. x86-64, by objdump; elsewhere,
 * and without it, nothing is known.
 */
#ifndef LATCHKIT_USER_BENCH_CORE_CODE_H
#define LATCHKIT_USER_BENCH_CORE_CODE_H

#include "bench/latch/bpf.h"

struct bench_code {
	int locked; /* instructions that lock memory; -1: not known */
	int in_loops; /* of those, inside a loop */
};

/* Count in a function of this executable. */
struct bench_code bench_code_of_function(const char *function);
/* Count in the function one_WORKLOAD_SUBJECT of this executable. */
struct bench_code bench_code_of_c(const char *subject, bool accumulate);
/* Count in the program for NMIs of this shape: one write. Needs it loaded. */
struct bench_code bench_code_of_bpf(const struct bench_bpf *b);

#endif /* LATCHKIT_USER_BENCH_CORE_CODE_H */
