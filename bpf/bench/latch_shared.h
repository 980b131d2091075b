/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* latch_shared.h - between the programs of bench*.bpf.c and user space: one loop and its counts. */
#ifndef LATCHKIT_BPF_BENCH_LATCH_SHARED_H
#define LATCHKIT_BPF_BENCH_LATCH_SHARED_H

/* Reads by their number of retries; the last counts that many or more. */
#define BENCH_BPF_RETRIES 8
/* A reader gives up after as many tries. */
#define BENCH_BPF_TRIES 8
/* Readers that run at once have a place each to copy to. */
#define BENCH_BPF_PLACES 16
/* Different records that are published in turn. */
#define BENCH_BPF_RECORDS 4
/* Writes in one step of a loop: rounds of it. */
#define BENCH_BPF_STEP 4

/* Programs that are run by events. CPUs beyond the last share a place: never more are used. */
enum bench_bpf_event { BENCH_EVENT_RAW_TP, BENCH_EVENT_KPROBE, BENCH_EVENT_NMI, BENCH_EVENTS };
#define BENCH_BPF_CPUS 256

/* What they did on one CPU. Nothing of the same kind interrupts them there. */
struct bench_bpf_events {
	unsigned long long ran, refused;
};

/* The only global variable of the programs, hence at the start of .bss. */
struct bench_bpf_buffers {
	unsigned long long tgid; /* whose system calls are events */
	unsigned long long syscall; /* and which */
	struct bench_bpf_events events[BENCH_EVENTS][BENCH_BPF_CPUS];
	/* What writers publish, filled by user space. */
	unsigned long long pool[BENCH_BPF_RECORDS][LATCH_MAX_WORDS];
	/* Where readers copy to. */
	unsigned long long copies[BENCH_BPF_PLACES][LATCH_MAX_WORDS];
	unsigned long long scratches[BENCH_BPF_PLACES][LATCH_MAX_WORDS];
};

/* The context of a program, in and out. */
struct bench_bpf_args {
	unsigned long long rounds; /* steps of BENCH_BPF_STEP writes, or single reads */
	unsigned long long stamp; /* of the last write; 0: stamps come from the latch */
	unsigned long long place; /* of this reader */
	/* Counts: */
	unsigned long long refused, gave_up, retries, retries_max;
	unsigned long long retried[BENCH_BPF_RETRIES];
};

#endif /* LATCHKIT_BPF_BENCH_LATCH_SHARED_H */
