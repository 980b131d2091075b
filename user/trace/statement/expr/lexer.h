/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* lexer.h - the words of a statement behind its probe. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_LEXER_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_LEXER_H

#include "trace/statement/expr/complaint.h"

#define NAME_ROOM 128

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_OP, TOKEN_BAD };

/* The op of two characters; that of one is the character. */
#define OP2(a, b) ((a) << 8 | (b))

struct token {
	enum token_kind kind;
	size_t at, length;
	int op;
	char name[NAME_ROOM];
	/* Of a number; its type is that which C gives it, with a unit it is long. */
	unsigned long long value;
	bool is_long, is_unsigned;
};

struct lexer {
	const char *text;
	size_t next; /* where the token behind `now` begins, or blanks before it */
	struct token now;
	struct complaint *complaint;
};

/* Start at a place of a text, which must outlive it: `now` is the first token. */
void lexer_begin(struct lexer *l, const char *text, size_t at, struct complaint *complaint);
/* Go on to the next token. TOKEN_BAD: the complaint tells why; it stays so. */
void lexer_next(struct lexer *l);
/* The character behind `now`, without blanks; 0 at the end. */
char lexer_ahead(const struct lexer *l);
/* How a token is called in messages: as it is in the text, or "the end". */
const char *lexer_spell(const struct lexer *l, char *out, size_t size);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_LEXER_H */
