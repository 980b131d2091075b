/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * begin.h - what is kept of the start of a span: the expressions `begin.EXPR`, each compiled at
 * every probe that begins one. Filled in while the expressions of its ends are resolved, where
 * scope.begin leads here.
 */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_BEGIN_H
#define LATCHKIT_USER_TRACE_STATEMENT_BEGIN_H

#include "trace/statement/expr/compile.h"
#include "bpf/trace/span_shared.h"

/* A probe that begins the span. */
struct begin_place {
	struct scope scope;
	const char *probe;
	size_t hit; /* which of the hits it belongs to: all of one come to the same steps */
};

struct begin_expr {
	struct emit emit[TRACE_SPAN_HITS]; /* of each hit that is a start */
	struct ctype type;
};

struct begin_set {
	struct scope_begin hook; /* the first member: begin_set_init() */
	struct begin_place *place;
	size_t places;
	size_t count;
	struct begin_expr expr[SPAN_BEGINS];
};

/* Of no places yet; begin_set_free(). */
void begin_set_init(struct begin_set *set);
void begin_set_free(struct begin_set *set);
/* One more place, to be filled in; NULL: out of memory. Valid until the next one. */
struct begin_place *begin_set_add(struct begin_set *set);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_BEGIN_H */
