/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ck_sequence.h - Concurrency Kit's sequence lock: one copy. Readers wait for the writer, who may
 * not be interrupted by one. Writers exclude each other by ck_spinlock, as its manual asks.
 */
#include <ck_sequence.h>
#include <ck_spinlock.h>

struct peer_ck_sequence {
	ck_sequence_t sequence;
	ck_spinlock_t lock;
	lk_u64 record[] __attribute__((aligned(64)));
};

#define peer_ck_sequence_words(words) (sizeof(struct peer_ck_sequence) / 8 + (words))
#define PEER_BEGIN(memory, words) peer_ck_sequence_begin((struct peer_ck_sequence *)(memory))
#define PEER_END(memory) ((void)(memory))

static LK_INLINE void peer_ck_sequence_begin(struct peer_ck_sequence *p)
{
	ck_sequence_init(&p->sequence);
	ck_spinlock_init(&p->lock);
}

static LK_INLINE int peer_ck_sequence_publish(lk_u64 *memory, unsigned int words,
					      const lk_u64 *record, lk_u64 stamp)
{
	struct peer_ck_sequence *p = (struct peer_ck_sequence *)memory;

	(void)stamp;
	ck_spinlock_lock(&p->lock);
	ck_sequence_write_begin(&p->sequence);
	latch_copy_in(p->record, record, words);
	ck_sequence_write_end(&p->sequence);
	ck_spinlock_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_ck_sequence_accumulate(lk_u64 *memory, unsigned int words,
						 latch_apply_fn *apply_, const void *delta)
{
	struct peer_ck_sequence *p = (struct peer_ck_sequence *)memory;

	(void)words;
	ck_spinlock_lock(&p->lock);
	ck_sequence_write_begin(&p->sequence);
	apply_(p->record, delta);
	ck_sequence_write_end(&p->sequence);
	ck_spinlock_unlock(&p->lock);
	return 0;
}

static LK_INLINE int peer_ck_sequence_read(const lk_u64 *memory, unsigned int words, lk_u64 *record,
					   unsigned int tries)
{
	const struct peer_ck_sequence *p = (const struct peer_ck_sequence *)memory;

	for (unsigned int i = 0; i < tries; i++) {
		unsigned int version = ck_sequence_read_begin(&p->sequence);

		latch_copy_out(record, p->record, words);
		if (!ck_sequence_read_retry(&p->sequence, version))
			return (int)i;
	}
	return -LATCH_EAGAIN;
}
