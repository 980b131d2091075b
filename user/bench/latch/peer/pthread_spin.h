/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pthread_spin.h - a POSIX spin lock around every access. */
#include <pthread.h>

struct peer_pthread_spin {
	pthread_spinlock_t lock;
	lk_u64 record[] __attribute__((aligned(64)));
};

#define peer_pthread_spin_words(words) (sizeof(struct peer_pthread_spin) / 8 + (words))
#define PEER_BEGIN(memory, words) peer_pthread_spin_begin(memory)
#define PEER_END(memory) pthread_spin_destroy(&((struct peer_pthread_spin *)(memory))->lock)

static LK_INLINE void peer_pthread_spin_begin(lk_u64 *memory)
{
	pthread_spin_init(&((struct peer_pthread_spin *)memory)->lock, PTHREAD_PROCESS_PRIVATE);
}

static LK_INLINE int peer_pthread_spin_publish(lk_u64 *memory, unsigned int words,
					       const lk_u64 *record, lk_u64 stamp)
{
	struct peer_pthread_spin *p = (struct peer_pthread_spin *)memory;

	(void)stamp;
	pthread_spin_lock(&p->lock);
	latch_copy_in(p->record, record, words);
	pthread_spin_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_pthread_spin_accumulate(lk_u64 *memory, unsigned int words,
						  latch_apply_fn *apply_, const void *delta)
{
	struct peer_pthread_spin *p = (struct peer_pthread_spin *)memory;

	(void)words;
	pthread_spin_lock(&p->lock);
	apply_(p->record, delta);
	pthread_spin_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_pthread_spin_read(const lk_u64 *memory, unsigned int words,
					    lk_u64 *record, unsigned int tries)
{
	struct peer_pthread_spin *p = (struct peer_pthread_spin *)memory;

	(void)tries;
	pthread_spin_lock(&p->lock);
	latch_copy_out(record, p->record, words);
	pthread_spin_unlock(&p->lock);
	return 0;
}
