/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * spans_nmi_shared.h - between bpf/verify/spans.bpf.c and user space: a table of two buckets, what
 * is started and ended in it, and what programs that ran in NMIs found.
 */
#ifndef LATCHKIT_BPF_VERIFY_SPANS_NMI_SHARED_H
#define LATCHKIT_BPF_VERIFY_SPANS_NMI_SHARED_H

#include "bpf/verify/spans_shared.h"

#define SPANS_NMI_KEY 3 /* words */
#define SPANS_NMI_VALUE 4
#define SPANS_NMI_BUCKETS 2
#define SPANS_NMI_PLACES (SPANS_NMI_BUCKETS * SPANS_WAYS)
/*
 * The program starts each of so many keys, for the last ones of which there is no room, some of
 * them again, and ends them all, twice. In an NMI the same key is started and ended, or one that
 * the program does not use, below SPANS_NMI_KEYS.
 */
#define SPANS_NMI_STARTED (SPANS_NMI_PLACES + 2)
#define SPANS_NMI_AGAIN 4
#define SPANS_NMI_STEPS (2 * SPANS_NMI_STARTED + SPANS_NMI_AGAIN)
#define SPANS_NMI_KEYS 32

/* The time of a start is its number, from 1 on, in each round; a power of two bounds it. */
#define SPANS_NMI_STARTS 1024

/* Sites are the words of each place that are stored to: its own, the key's and the value's. */
#define SPANS_NMI_SITE_WORDS (1 + SPANS_NMI_KEY + SPANS_NMI_VALUE)
#define SPANS_NMI_SITES (SPANS_NMI_PLACES * SPANS_NMI_SITE_WORDS)
_Static_assert(!(SPANS_NMI_SITES & (SPANS_NMI_SITES - 1)), "sites are a power of two");

/* What is done in an NMI, in turn, each between two looks at all places. */
enum spans_nmi_act {
	SPANS_NMI_LOOK,
	SPANS_NMI_START,
	SPANS_NMI_END,
	SPANS_NMI_BOTH, /* end and start the same key */
	SPANS_NMI_OTHER, /* start and end another key */
	SPANS_NMI_ACTS,
};

struct spans_nmi_site {
	lk_u64 hits;
	lk_u64 inside; /* while an operation of the interrupted program was under way */
	lk_u64 whole, torn; /* starts that were met, or taken */
};

/* What the program has done, and those in NMIs. */
struct spans_nmi_tally {
	lk_u64 put, restarted, full, ended, unpaired, twins;
};

#endif /* LATCHKIT_BPF_VERIFY_SPANS_NMI_SHARED_H */
