/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nmi_shared.h - between bpf/verify/nmi.bpf.c and user space: what programs that ran in NMIs
 * found.
 */
#ifndef LATCHKIT_BPF_VERIFY_NMI_SHARED_H
#define LATCHKIT_BPF_VERIFY_NMI_SHARED_H

/* Words of a record. */
#define NMI_WORDS 8
/* Sites are words of the latch's memory; the last is for NMIs that come by themselves. */
#define NMI_SITES 512
#define NMI_ANYWHERE (NMI_SITES - 1)
/* Reads in an NMI give up after as many tries: nobody else can end what they wait for. */
#define NMI_TRIES 4

/* What a program in an NMI does; all in turn, unless told. */
enum nmi_act { NMI_READ, NMI_WRITE, NMI_BOTH, NMI_ACTS };

struct nmi_site {
	unsigned long long hits;
	unsigned long long inside; /* while a write of the interrupted program was under way */
	unsigned long long whole, gave_up, torn, old; /* reads */
	unsigned long long accepted, refused; /* writes */
};

#endif /* LATCHKIT_BPF_VERIFY_NMI_SHARED_H */
