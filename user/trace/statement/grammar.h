/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* grammar.h - from the text of a statement to its parts, without a look at types or probes. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_GRAMMAR_H
#define LATCHKIT_USER_TRACE_STATEMENT_GRAMMAR_H

#include "trace/statement/expr/parser.h"
#include "trace/statement/parts.h"

/* Parse st->text behind its probe, which ends at `at`. Returns false after a complaint. */
bool grammar_parse(struct statement *st, size_t at);
/* Parse the record, behind its {. Returns false after a complaint. */
bool grammar_record(struct statement *st, struct parser *p);
/* Parse a predicate, behind its first /, in front of what follows it. The same. */
bool grammar_predicate(struct parser *p, const struct node **predicate);
/* Parse st->text as "KEY,KEY". Returns false after a complaint. */
bool grammar_parse_keys(struct statement *st);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_GRAMMAR_H */
