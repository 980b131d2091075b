/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * scratch_shared.h - between the programs of scratch.bpf.c and user space: a loop and its counts.
 */
#ifndef LATCHKIT_BPF_BENCH_SCRATCH_SHARED_H
#define LATCHKIT_BPF_BENCH_SCRATCH_SHARED_H

#include <latchkit/scratch.h>

/* Of each buffer: what all subjects can have, as the kernel's allocator gives 4 KiB at most. */
#define BENCH_SCRATCH_BYTES 2048
/* Turns of a loop: so many records fit the ring buffer. */
#define BENCH_SCRATCH_BATCH 1024
#define BENCH_SCRATCH_RING (4 * BENCH_SCRATCH_BYTES * BENCH_SCRATCH_BATCH)
/* Claims within each other, at most. */
#define BENCH_SCRATCH_DEPTH 16

/* What a program is asked for, and what it did. */
struct bench_scratch_run {
	lk_u64 count; /* turns */
	lk_u64 random; /* state of a generator */
	lk_u64 ns; /* that they took */
	lk_u64 claims, refused;
};

#endif /* LATCHKIT_BPF_BENCH_SCRATCH_SHARED_H */
