/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* dispatch_shared.h - between the programs of bpf/bench/dispatch.bpf.c and user space. */
#ifndef LATCHKIT_BPF_BENCH_DISPATCH_SHARED_H
#define LATCHKIT_BPF_BENCH_DISPATCH_SHARED_H

/* Dispatches of one timed run: fewer than the kernel's limit of tail calls. */
#define DISPATCH_BPF_STEPS 32
/* The first bytes of a packet that is an event, behind the headers of Ethernet, IPv4 and UDP. */
#define DISPATCH_BPF_MAGIC 0x6c617463686b6974ULL

/* The only global variable of the programs, hence at the start of .bss. */
struct dispatch_bpf_shared {
	unsigned long long tgid; /* whose system calls are events */
	unsigned long long syscall; /* and which */
	unsigned long long selector; /* dispatch/selector.h */
	unsigned long long
		split[2]; /* the same as two words: number of the handler, of the context */
	unsigned long long index; /* of the program, where it is not constant */
	unsigned long long steps; /* of a timed run */
	unsigned long long says[2]; /* the contexts: number of their handler plus 1; 0: retired */
	/* Counted by the one thread that makes events: */
	unsigned long long calls[2], mixed, late, unhandled;
};

#endif /* LATCHKIT_BPF_BENCH_DISPATCH_SHARED_H */
