/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keyed_nmi_shared.h - between bpf/verify/keyed.bpf.c and user space: a table of two buckets, what
 * is counted in it, and what programs that ran in NMIs found.
 */
#ifndef LATCHKIT_BPF_VERIFY_KEYED_NMI_SHARED_H
#define LATCHKIT_BPF_VERIFY_KEYED_NMI_SHARED_H

#include "bpf/verify/keyed_shared.h"

#define KEYED_NMI_WORDS 3 /* of a key */
#define KEYED_NMI_BUCKETS 2
#define KEYED_NMI_PLACES (KEYED_NMI_BUCKETS * KEYED_WAYS)
/* The program counts each of the first ones twice, and finds room for all but the last ones; in an
 * NMI the same key is counted, or one of the others. */
#define KEYED_NMI_COUNTED (KEYED_NMI_PLACES + 2)
#define KEYED_NMI_KEYS 64 /* a power of two */

/* Sites are the words of each place that a claim stores to: the fingerprint and the key. */
#define KEYED_NMI_SITE_WORDS (1 + KEYED_NMI_WORDS)
#define KEYED_NMI_SITES (KEYED_NMI_PLACES * KEYED_NMI_SITE_WORDS)
_Static_assert(!(KEYED_NMI_SITES & (KEYED_NMI_SITES - 1)), "sites are a power of two");

/* What is done in an NMI, in turn, each between two looks at all places. */
enum keyed_nmi_act { KEYED_NMI_LOOK, KEYED_NMI_SAME, KEYED_NMI_OTHER, KEYED_NMI_ACTS };

struct keyed_nmi_site {
	lk_u64 hits;
	lk_u64 inside; /* while a find of the interrupted program was under way */
	lk_u64 whole, torn; /* keys of places that were ready */
};

/* Who counts: the program, and those in NMIs. */
struct keyed_nmi_tally {
	lk_u64 counted[KEYED_NMI_KEYS];
	lk_u64 refused, busy;
};

#endif /* LATCHKIT_BPF_VERIFY_KEYED_NMI_SHARED_H */
