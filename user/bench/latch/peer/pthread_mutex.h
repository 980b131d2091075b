/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pthread_mutex.h - a POSIX mutex around every access. */
#include <pthread.h>

struct peer_pthread_mutex {
	pthread_mutex_t lock;
	lk_u64 record[] __attribute__((aligned(64)));
};

#define peer_pthread_mutex_words(words) (sizeof(struct peer_pthread_mutex) / 8 + (words))
#define PEER_BEGIN(memory, words) peer_pthread_mutex_begin(memory)
#define PEER_END(memory) pthread_mutex_destroy(&((struct peer_pthread_mutex *)(memory))->lock)

static LK_INLINE void peer_pthread_mutex_begin(lk_u64 *memory)
{
	pthread_mutex_init(&((struct peer_pthread_mutex *)memory)->lock, NULL);
}

static LK_INLINE int peer_pthread_mutex_publish(lk_u64 *memory, unsigned int words,
						const lk_u64 *record, lk_u64 stamp)
{
	struct peer_pthread_mutex *p = (struct peer_pthread_mutex *)memory;

	(void)stamp;
	pthread_mutex_lock(&p->lock);
	latch_copy_in(p->record, record, words);
	pthread_mutex_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_pthread_mutex_accumulate(lk_u64 *memory, unsigned int words,
						   latch_apply_fn *apply_, const void *delta)
{
	struct peer_pthread_mutex *p = (struct peer_pthread_mutex *)memory;

	(void)words;
	pthread_mutex_lock(&p->lock);
	apply_(p->record, delta);
	pthread_mutex_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_pthread_mutex_read(const lk_u64 *memory, unsigned int words,
					     lk_u64 *record, unsigned int tries)
{
	struct peer_pthread_mutex *p = (struct peer_pthread_mutex *)memory;

	(void)tries;
	pthread_mutex_lock(&p->lock);
	latch_copy_out(record, p->record, words);
	pthread_mutex_unlock(&p->lock);
	return 0;
}
