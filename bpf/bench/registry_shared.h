/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* registry_shared.h - between the programs of bench_registry_*.bpf.c and user space. */
#ifndef LATCHKIT_BPF_BENCH_REGISTRY_SHARED_H
#define LATCHKIT_BPF_BENCH_REGISTRY_SHARED_H

/* Of every map with room for objects. User space makes it less before it loads them. */
#define BENCH_REGISTRY_BPF_OBJECTS (1 << 17)
/* Of the payload; the first is the id. */
#define BENCH_REGISTRY_BPF_WORDS 8

/* What a program is asked for, and what it did: a global variable, `run`. */
struct bench_registry_bpf_run {
	unsigned long long objects; /* ids are 0 to objects - 1 */
	unsigned long long random; /* state of the generator of ids; not 0 */
	unsigned long long count; /* operations */
	unsigned long long ns; /* that they took */
	unsigned long long failed; /* of them: found nothing, found another, were refused */
	unsigned long long sum; /* of what was read, so that it is */
	unsigned long long copy[BENCH_REGISTRY_BPF_WORDS]; /* the last one */
};

#endif /* LATCHKIT_BPF_BENCH_REGISTRY_SHARED_H */
