/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* span_grammar.h - the text of a span: HIT, HIT .. HIT, HIT /EXPR/ {WHAT by KEY}. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_SPAN_GRAMMAR_H
#define LATCHKIT_USER_TRACE_STATEMENT_SPAN_GRAMMAR_H

#include "trace/statement/parts.h"

/* Is it a span? It has two points between blanks. */
bool span_is(const char *text);
/*
 * Parse st->text into its hits, st->predicate_node and the record. A predicate behind an end that
 * names `ns` or `begin.` is that of the span, as these are known when it has ended; any other one
 * tells which events end spans. Returns false after a complaint.
 */
bool span_parse(struct statement *st);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_SPAN_GRAMMAR_H */
