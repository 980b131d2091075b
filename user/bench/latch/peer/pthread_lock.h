/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * pthread_lock.h - a lock of POSIX around every access. Whoever includes it defines PEER_LOCK, its
 * type, and what initializes, destroys, takes (to write, to read) and releases it.
 */
#include <pthread.h>

struct peer_lock {
	PEER_LOCK lock;
	lk_u64 record[] __attribute__((aligned(64)));
};

#define PEER_BEGIN(memory, words) PEER_LOCK_INIT(&((struct peer_lock *)(memory))->lock)
#define PEER_END(memory) PEER_LOCK_DESTROY(&((struct peer_lock *)(memory))->lock)

static LK_INLINE size_t PEER(words)(unsigned int words)
{
	return sizeof(struct peer_lock) / 8 + words;
}

static LK_INLINE int PEER(publish)(lk_u64 *memory, unsigned int words, const lk_u64 *record,
				   lk_u64 stamp)
{
	struct peer_lock *p = (struct peer_lock *)memory;

	(void)stamp;
	PEER_LOCK_WRITE(&p->lock);
	latch_copy_in(p->record, record, words);
	PEER_UNLOCK(&p->lock);
	return 0;
}

static LK_INLINE int PEER(accumulate)(lk_u64 *memory, unsigned int words, latch_apply_fn *apply_,
				      const void *delta)
{
	struct peer_lock *p = (struct peer_lock *)memory;

	(void)words;
	PEER_LOCK_WRITE(&p->lock);
	apply_(p->record, delta);
	PEER_UNLOCK(&p->lock);
	return 0;
}

static LK_INLINE int PEER(read)(const lk_u64 *memory, unsigned int words, lk_u64 *record,
				unsigned int tries)
{
	struct peer_lock *p = (struct peer_lock *)memory;

	(void)tries;
	PEER_LOCK_READ(&p->lock);
	latch_copy_out(record, p->record, words);
	PEER_UNLOCK(&p->lock);
	return 0;
}
