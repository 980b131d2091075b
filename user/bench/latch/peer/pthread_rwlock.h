/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pthread_rwlock.h - a POSIX read-write lock: readers share. */
#include <pthread.h>

struct peer_pthread_rwlock {
	pthread_rwlock_t lock;
	lk_u64 record[] __attribute__((aligned(64)));
};

#define peer_pthread_rwlock_words(words) (sizeof(struct peer_pthread_rwlock) / 8 + (words))
#define PEER_BEGIN(memory, words) peer_pthread_rwlock_begin(memory)
#define PEER_END(memory) pthread_rwlock_destroy(&((struct peer_pthread_rwlock *)(memory))->lock)

static LK_INLINE void peer_pthread_rwlock_begin(lk_u64 *memory)
{
	pthread_rwlock_init(&((struct peer_pthread_rwlock *)memory)->lock, NULL);
}

static LK_INLINE int peer_pthread_rwlock_publish(lk_u64 *memory, unsigned int words,
						 const lk_u64 *record, lk_u64 stamp)
{
	struct peer_pthread_rwlock *p = (struct peer_pthread_rwlock *)memory;

	(void)stamp;
	pthread_rwlock_wrlock(&p->lock);
	latch_copy_in(p->record, record, words);
	pthread_rwlock_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_pthread_rwlock_accumulate(lk_u64 *memory, unsigned int words,
						    latch_apply_fn *apply_, const void *delta)
{
	struct peer_pthread_rwlock *p = (struct peer_pthread_rwlock *)memory;

	(void)words;
	pthread_rwlock_wrlock(&p->lock);
	apply_(p->record, delta);
	pthread_rwlock_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_pthread_rwlock_read(const lk_u64 *memory, unsigned int words,
					      lk_u64 *record, unsigned int tries)
{
	struct peer_pthread_rwlock *p = (struct peer_pthread_rwlock *)memory;

	(void)tries;
	pthread_rwlock_rdlock(&p->lock);
	latch_copy_out(record, p->record, words);
	pthread_rwlock_unlock(&p->lock);
	return 0;
}
