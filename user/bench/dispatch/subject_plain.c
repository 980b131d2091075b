// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject_plain.c - subjects without RCU: baselines, what was published, locks. */
#include "bench/dispatch/subject.h"

/* -- fixed ------------------------------------------------------------------------------------ */

DISPATCH_LOOP(inlined, (dispatch_handler_body(&m->contexts[0], e, 0), true))
const struct dispatch_ops dispatch_ops_inlined = {.loop = loop_inlined};

DISPATCH_LOOP(direct, (dispatch_handler_0(&m->contexts[0], e), true))
const struct dispatch_ops dispatch_ops_direct = {.loop = loop_direct};

/* -- one pointer ------------------------------------------------------------------------------ */

/* The same two words serve the plain pointer and the posted slot. */
static void swap_posted(struct dispatch_memory *m, unsigned int next)
{
	dispatch_slot_posted_set(&m->shared.plain, dispatch_handlers[next], &m->contexts[next]);
}

static int begin_posted(struct dispatch_memory *m)
{
	swap_posted(m, 0);
	return 0;
}

DISPATCH_LOOP(indirect, (((dispatch_fn *)m->shared.plain.call)(m->shared.plain.context, e), true))
const struct dispatch_ops dispatch_ops_indirect = {
	.begin = begin_posted, .loop = loop_indirect, .swap = swap_posted};

DISPATCH_LOOP(slot_posted, dispatch_slot_posted_call(&m->shared.plain, e))
const struct dispatch_ops dispatch_ops_slot_posted = {
	.begin = begin_posted, .loop = loop_slot_posted, .swap = swap_posted};

/* -- by number -------------------------------------------------------------------------------- */

static LK_INLINE bool call_selected(struct dispatch_memory *m, void *event)
{
	lk_u64 selector = dispatch_selector_get(&m->shared.word);
	void *context = &m->contexts[dispatch_selector_context(selector) & 1];

	switch (dispatch_selector_handler(selector)) {
	case 0:
		dispatch_handler_0(context, event);
		return true;
	case 1:
		dispatch_handler_1(context, event);
		return true;
	default:
		return false;
	}
}

static void swap_selector(struct dispatch_memory *m, unsigned int next)
{
	dispatch_selector_set(&m->shared.word, dispatch_selector(next, next));
}

DISPATCH_LOOP(switch, call_selected(m, e))
const struct dispatch_ops dispatch_ops_switch = {.loop = loop_switch, .swap = swap_selector};

static struct {
	dispatch_fn *call;
	unsigned int context;
} callbacks[2] = {{dispatch_handler_0, 0}, {dispatch_handler_1, 1}};

static LK_INLINE bool call_indexed(struct dispatch_memory *m, void *event)
{
	lk_u64 index = dispatch_selector_get(&m->shared.word) & 1;

	callbacks[index].call(&m->contexts[callbacks[index].context], event);
	return true;
}

DISPATCH_LOOP(array, call_indexed(m, e))
const struct dispatch_ops dispatch_ops_array = {.loop = loop_array, .swap = swap_selector};

/* -- locks ------------------------------------------------------------------------------------ */

static void set_locked(struct dispatch_memory *m, unsigned int next)
{
	m->locked.call = dispatch_handlers[next];
	m->locked.context = &m->contexts[next];
}

/* A subject under a lock of POSIX: `name` is its member and the middle of its functions' names. */
#define LOCKED(name, lock_to_read, lock_to_write) \
	static int begin_##name(struct dispatch_memory *m) \
	{ \
		set_locked(m, 0); \
		return -pthread_##name##_init(&m->locked.name, NULL); \
	} \
	static void end_##name(struct dispatch_memory *m) \
	{ \
		pthread_##name##_destroy(&m->locked.name); \
	} \
	static LK_INLINE bool call_##name(struct dispatch_memory *m, void *event) \
	{ \
		lock_to_read(&m->locked.name); \
		m->locked.call(m->locked.context, event); \
		pthread_##name##_unlock(&m->locked.name); \
		return true; \
	} \
	static void swap_##name(struct dispatch_memory *m, unsigned int next) \
	{ \
		lock_to_write(&m->locked.name); \
		set_locked(m, next); \
		pthread_##name##_unlock(&m->locked.name); \
	} \
	DISPATCH_LOOP(name, call_##name(m, e)) \
	const struct dispatch_ops dispatch_ops_##name = { \
		.begin = begin_##name, \
		.end = end_##name, \
		.loop = loop_##name, \
		.swap = swap_##name, \
	};

LOCKED(rwlock, pthread_rwlock_rdlock, pthread_rwlock_wrlock)
LOCKED(mutex, pthread_mutex_lock, pthread_mutex_lock)

/* -- the posted table ------------------------------------------------------------------------- */

/* Its functions are bare: they find what they use by way of the event. */
static void bare_0(void *event)
{
	struct dispatch_event *e = event;

	dispatch_handler_body(&e->memory->contexts[0], e, 0);
}

static void bare_1(void *event)
{
	struct dispatch_event *e = event;

	dispatch_handler_body(&e->memory->contexts[1], e, 1);
}

static dispatch_bare_fn *const bare_handlers[2] = {bare_0, bare_1};

/* Every slot of the packed one, one in LINE of the padded one. */
#define LINE (DISPATCH_LINE / sizeof(void *))

static LK_INLINE struct dispatch_table_posted posted_table(struct dispatch_memory *m)
{
	return (struct dispatch_table_posted){m->slots, DISPATCH_SLOTS * LINE};
}

static void register_posted(struct dispatch_memory *m, unsigned int index, unsigned int number)
{
	struct dispatch_table_posted t = posted_table(m);

	dispatch_table_posted_register(&t, index, bare_handlers[number]);
}

static int begin_table(struct dispatch_memory *m, unsigned int stride)
{
	for (unsigned int i = 0; i < DISPATCH_SLOTS; i++)
		register_posted(m, i * stride, 0);
	return 0;
}

static void swap_table(struct dispatch_memory *m, unsigned int next, unsigned int stride)
{
	struct dispatch_table_posted t = posted_table(m);

	dispatch_table_posted_unregister(&t, m->swapped_slot * stride);
	register_posted(m, m->swapped_slot * stride, next);
}

static LK_INLINE bool call_table(struct dispatch_memory *m, struct dispatch_event *e,
				 unsigned int index)
{
	struct dispatch_table_posted t = posted_table(m);

	return dispatch_table_posted_handle(&t, index, e);
}

#define POSTED_TABLE(layout, index_, stride, own) \
	static int begin_table_posted_##layout(struct dispatch_memory *m) \
	{ \
		return begin_table(m, stride); \
	} \
	static void swap_table_posted_##layout(struct dispatch_memory *m, unsigned int next) \
	{ \
		swap_table(m, next, stride); \
	} \
	DISPATCH_LOOP(table_posted_##layout, call_table(m, e, index_)) \
	const struct dispatch_ops dispatch_ops_table_posted_##layout = { \
		.begin = begin_table_posted_##layout, \
		.loop = loop_table_posted_##layout, \
		.swap = swap_table_posted_##layout, \
		.own_slots = own, \
	};

POSTED_TABLE(same, 0, 1, false)
POSTED_TABLE(packed, t->number, 1, true)
POSTED_TABLE(padded, t->number *LINE, LINE, true)
