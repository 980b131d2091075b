/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What holders of a reference do with an object and its count, as functions of their own, for the
 * proofs to disassemble. `data` is the object.
 */
/* What is rare is a function of its own otherwise, and the interpreters know no calls. */
#define inline inline __attribute__((always_inline))
#include "latchkit/refcount.h"

struct world {
	lk_u64 data;
	struct refcount refcount;
	struct rcuref rcuref;
};

#define PIECES(name) \
	int piece_##name##_get(struct world *w) \
	{ \
		return name##_get(&w->name, 0) ? 0 : -1; \
	} \
	int piece_##name##_put(struct world *w) \
	{ \
		return name##_put(&w->name, 0); \
	} \
	/* Use the object, then put it. */ \
	int piece_##name##_write_put(struct world *w) \
	{ \
		order_store_relaxed(&w->data, 1); \
		return name##_put(&w->name, 0); \
	} \
	int piece_##name##_read_put(struct world *w) \
	{ \
		lk_u64 data = order_load_relaxed(&w->data); \
\
		return name##_put(&w->name, 0) + (int)data; \
	} \
	/* As who frees it, and as who uses its memory for something else. */ \
	int piece_##name##_put_read(struct world *w) \
	{ \
		return name##_put(&w->name, 0) ? (int)order_load_relaxed(&w->data) : -1; \
	} \
	int piece_##name##_put_write(struct world *w) \
	{ \
		if (!name##_put(&w->name, 0)) \
			return -1; \
		order_store_relaxed(&w->data, 2); \
		return 0; \
	} \
	int piece_##name##_get_read(struct world *w) \
	{ \
		return name##_get(&w->name, 0) ? (int)order_load_relaxed(&w->data) : -1; \
	} \
	int piece_##name##_get_write_put(struct world *w) \
	{ \
		if (!name##_get(&w->name, 0)) \
			return -1; \
		order_store_relaxed(&w->data, 1); \
		return name##_put(&w->name, 0); \
	} \
	/* Make the object anew. */ \
	int piece_##name##_write_revive(struct world *w) \
	{ \
		order_store_relaxed(&w->data, 1); \
		return name##_revive(&w->name) ? 0 : -1; \
	} \
	int piece_##name##_revive_read(struct world *w) \
	{ \
		return name##_revive(&w->name) ? (int)order_load_relaxed(&w->data) : -1; \
	}

PIECES(refcount)
PIECES(rcuref)
