/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bpf_count - statistics of a registry in BPF, and why operations were refused: registry/array.h
 * and registry/kptr.h count, user space reads. Included by those two.
 */
#ifndef LATCHKIT_REGISTRY_BPF_COUNT_H
#define LATCHKIT_REGISTRY_BPF_COUNT_H

#include <linux/errno.h>

#include "../refcount.h"

enum registry_bpf_count {
	REGISTRY_BPF_MADE, /* objects */
	REGISTRY_BPF_NO_OBJECT, /* not made: no object is free, or the kernel gave no memory */
	REGISTRY_BPF_QUEUE_BUSY, /* not made: the lock of the queue of free objects was held */
	REGISTRY_BPF_INSERTED,
	REGISTRY_BPF_DUPLICATE, /* inserts refused: the id was there */
	REGISTRY_BPF_FULL, /* inserts refused: no room in the hash map */
	REGISTRY_BPF_INSERT_BUSY, /* inserts refused: the lock of the bucket was held */
	REGISTRY_BPF_DELETED,
	REGISTRY_BPF_ABSENT, /* deletes refused: no such id, or another deleted it first */
	REGISTRY_BPF_DELETE_BUSY, /* deletes refused for the same, and undone */
	REGISTRY_BPF_HIT,
	REGISTRY_BPF_MISS,
	REGISTRY_BPF_DYING, /* found without references: being freed */
	REGISTRY_BPF_OTHER, /* found and got, but reused for another id by then: put again */
	REGISTRY_BPF_FREED, /* by the last put; with registry/kptr.h, references put */
	REGISTRY_BPF_STRANDED, /* freed where the queue was busy: free after a sweep */
	REGISTRY_BPF_SWEPT,
	REGISTRY_BPF_GOT, /* registry/kptr.h: references got */
	REGISTRY_BPF_DAMAGED, /* an invariant was broken: 0 unless there is a bug */
	REGISTRY_BPF_COUNTS
};

/* Of one registry; there is at most one of each kind in a BPF object. Added to atomically. */
struct registry_bpf_counts {
	lk_u64 of[REGISTRY_BPF_COUNTS];
	lk_u64 warnings[REFCOUNT_WARNINGS]; /* of the reference counts */
};

static LK_INLINE void registry_bpf_add(struct registry_bpf_counts *counts,
				       enum registry_bpf_count which)
{
	/* Relaxed: statistics. */
	(void)order_fetch_add_relaxed(&counts->of[which], 1);
}

/*
 * Count an insert that the hash map refused with `err`. Returns the error of the insert: -EEXIST,
 * -ENOMEM for -E2BIG, -EBUSY for all others.
 */
static LK_INLINE int registry_bpf_refused(struct registry_bpf_counts *counts, int err)
{
	if (err == -EEXIST) {
		registry_bpf_add(counts, REGISTRY_BPF_DUPLICATE);
		return -EEXIST;
	}
	if (err == -E2BIG) {
		registry_bpf_add(counts, REGISTRY_BPF_FULL);
		return -ENOMEM;
	}
	registry_bpf_add(counts, REGISTRY_BPF_INSERT_BUSY);
	return -EBUSY;
}

#endif /* LATCHKIT_REGISTRY_BPF_COUNT_H */
