// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* parser.c - see trace/statement/expr/parser.h */
#include "trace/statement/expr/parser.h"

bool parse_is(const struct parser *p, int op)
{
	return p->lexer.now.kind == TOKEN_OP && p->lexer.now.op == op;
}

bool parse_take(struct parser *p, int op)
{
	if (!parse_is(p, op))
		return false;
	lexer_next(&p->lexer);
	return true;
}

bool parse_wants(struct parser *p, const char *wanted)
{
	const struct token *t = &p->lexer.now;
	char found[80];

	return complain(p->lexer.complaint, t->at, t->length, "%s expected, not %s", wanted,
			lexer_spell(&p->lexer, found, sizeof(found)));
}
