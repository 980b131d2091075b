/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* code_bpf.h - locked instructions in the machine code that the kernel made of a BPF program. */
#ifndef LATCHKIT_USER_BENCH_LATCH_CODE_BPF_H
#define LATCHKIT_USER_BENCH_LATCH_CODE_BPF_H

#include "bench/core/code.h"
#include "bench/latch/bpf.h"

/* Count in the program for NMIs of this shape: one write. Needs it loaded. */
struct bench_code bench_code_of_bpf(const struct bench_bpf *b);

#endif /* LATCHKIT_USER_BENCH_LATCH_CODE_BPF_H */
