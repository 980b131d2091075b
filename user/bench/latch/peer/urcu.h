/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * urcu.h - the record behind a pointer, with the flavour of liburcu that the includer has chosen:
 * a writer swaps in a new copy and leaves the old one to call_rcu. Waits for all of those now and
 * then, as any program must that writes faster than grace periods end.
 *
 * URCU(verb) is the flavour's name of urcu_<flavour>_<verb>.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <urcu/pointer.h>

/* Copies left to call_rcu before a writer waits for them. */
#define URCU_BACKLOG 16384

struct urcu_node {
	struct rcu_head head;
	lk_u64 record[] __attribute__((aligned(64)));
};

struct urcu_cell {
	struct urcu_node *node;
	lk_u64 left; /* to call_rcu; only roughly counted */
	pthread_mutex_t writers; /* for accumulating: copy and swap are one step */
};

#define URCU_CELL_WORDS ((sizeof(struct urcu_cell) + 7) / 8)
#define PEER_BEGIN(memory, words) urcu_begin((struct urcu_cell *)(memory), words)
#define PEER_END(memory) urcu_end((struct urcu_cell *)(memory))
#define PEER_ENTER() URCU(register_thread)()
#define PEER_LEAVE() URCU(unregister_thread)()

static struct urcu_node *urcu_node_new(unsigned int words)
{
	size_t size = sizeof(struct urcu_node) + words * sizeof(lk_u64);
	struct urcu_node *node = aligned_alloc(64, (size + 63) / 64 * 64);

	if (!node)
		abort(); /* no benchmark without memory */
	return node;
}

static void urcu_node_free(struct rcu_head *head)
{
	free(head); /* the first member */
}

static inline void urcu_begin(struct urcu_cell *c, unsigned int words)
{
	c->node = urcu_node_new(words);
	memset(c->node->record, 0, words * sizeof(lk_u64));
	pthread_mutex_init(&c->writers, NULL);
}

static inline void urcu_end(struct urcu_cell *c)
{
	URCU(barrier)();
	free(c->node);
	pthread_mutex_destroy(&c->writers);
}

static LK_INLINE void urcu_replace(struct urcu_cell *c, struct urcu_node *node)
{
	struct urcu_node *old = rcu_xchg_pointer(&c->node, node);

	URCU(call_rcu)(&old->head, urcu_node_free);
}

/* Holds no lock: a writer who waited for it would never be quiescent. */
static LK_INLINE void urcu_throttle(struct urcu_cell *c)
{
	/* Relaxed: only a rough count. */
	if (__atomic_add_fetch(&c->left, 1, __ATOMIC_RELAXED) % URCU_BACKLOG == 0)
		URCU(barrier)();
}

static LK_INLINE int urcu_publish(lk_u64 *memory, unsigned int words, const lk_u64 *record)
{
	struct urcu_cell *c = (struct urcu_cell *)memory;
	struct urcu_node *node = urcu_node_new(words);

	memcpy(node->record, record, words * sizeof(*record));
	urcu_replace(c, node);
	urcu_throttle(c);
	return 0;
}

static LK_INLINE int urcu_accumulate(lk_u64 *memory, unsigned int words, latch_apply_fn *apply_,
				     const void *delta)
{
	struct urcu_cell *c = (struct urcu_cell *)memory;
	struct urcu_node *node = urcu_node_new(words);

	pthread_mutex_lock(&c->writers);
	memcpy(node->record, c->node->record, words * sizeof(lk_u64));
	apply_(node->record, delta);
	urcu_replace(c, node);
	pthread_mutex_unlock(&c->writers);
	urcu_throttle(c);
	return 0;
}

static LK_INLINE int urcu_read(const lk_u64 *memory, unsigned int words, lk_u64 *record)
{
	const struct urcu_cell *c = (const struct urcu_cell *)memory;

	URCU(read_lock)();
	memcpy(record, rcu_dereference(c->node)->record, words * sizeof(*record));
	URCU(read_unlock)();
	return 0;
}
