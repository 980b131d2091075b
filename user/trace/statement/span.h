/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * span.h - a span that was parsed, resolved against this host: its probes, and what programs
 * evaluate at each.
 *
 *	r = span_open(&s, &st, &list, btf);
 *	for (i = 0; !r && i < st.hit_count; i++)
 *		r = span_resolve(&s, i, NULL);
 *	...
 *	span_close(&s);
 */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_SPAN_H
#define LATCHKIT_USER_TRACE_STATEMENT_SPAN_H

#include "symbols/module_types.h"
#include "trace/probe/probe.h"
#include "trace/statement/begin.h"
#include "trace/statement/statement.h"

/* What programs evaluate of an event before they look for its span. */
struct span_exprs {
	struct expr predicate, tie[SPAN_TIES];
};

/* One of its events. */
struct span_hit {
	struct probe_list probes; /* what it stands for, as if each were by itself */
	bool at_return; /* of system calls: their returns are meant */
	struct span_exprs exprs;
};

struct span {
	struct statement *st;
	const struct btf *btf;
	struct module_types modules;
	struct span_hit hit[TRACE_SPAN_HITS]; /* of st->hit */
	struct begin_set begin; /* complete when all ends have been resolved */
	size_t ties;
};

/*
 * Find the probes of st's hits; `like` has the limit and the process, and the files that are open.
 * st and btf, which may be NULL, must stay. Returns 0 or an exit code, diagnosed. span_close() in
 * any case.
 */
int span_open(struct span *s, struct statement *st, struct probe_list *like, const struct btf *btf);
void span_close(struct span *s);
/*
 * Resolve hit i: its predicate and ties; of an end also the expressions of *st, which are those at
 * this end until the next one is resolved. `notes`: as of statement_resolve(). Returns 0 or
 * EXIT_USAGE, diagnosed.
 */
int span_resolve(struct span *s, size_t i, FILE *notes);
/* What the end's expressions see at a probe of hit i: for those that are not in the text. */
void span_scope(struct span *s, size_t i, const struct probe *probe, struct scope *scope);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_SPAN_H */
