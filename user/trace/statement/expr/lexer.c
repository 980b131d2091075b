// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lexer.c - see trace/statement/expr/lexer.h */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "trace/statement/expr/lexer.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

static void bad(struct lexer *l)
{
	l->now.kind = TOKEN_BAD;
}

/* The value of a digit; 99: it is none. */
static unsigned int digit(char c)
{
	if (is_digit(c))
		return (unsigned int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10) : 99;
}

/* What stands behind a number: a unit, or letters of C. */
static const struct suffix {
	const char *name;
	unsigned long long factor; /* 0: a type */
	bool is_long, is_unsigned;
} suffixes[] = {
	{"", 0, false, false},		{"u", 0, false, true},
	{"U", 0, false, true},		{"l", 0, true, false},
	{"L", 0, true, false},		{"ul", 0, true, true},
	{"UL", 0, true, true},		{"ll", 0, true, false},
	{"LL", 0, true, false},		{"ull", 0, true, true},
	{"ULL", 0, true, true},		{"ns", 1, true, false},
	{"us", 1000, true, false},	{"ms", 1000000, true, false},
	{"s", 1000000000, true, false}, {"B", 1, true, false},
	{"KiB", 1 << 10, true, false},	{"MiB", 1 << 20, true, false},
	{"GiB", 1 << 30, true, false},
};

static const struct suffix *suffix_find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strlen(suffixes[i].name) == length &&
		    strncmp(suffixes[i].name, name, length) == 0)
			return &suffixes[i];
	return NULL;
}

/* The first of C's types that holds the value: hexadecimal and octal ones may be unsigned. */
static void set_type(struct token *t, const struct suffix *s, bool decimal)
{
	t->is_long = s->is_long;
	t->is_unsigned = s->is_unsigned;
	if (!t->is_long && t->value > (t->is_unsigned || !decimal ? UINT_MAX : INT_MAX))
		t->is_long = true;
	if (!decimal && !t->is_unsigned)
		t->is_unsigned = t->value > (t->is_long ? (unsigned long long)LLONG_MAX
							: (unsigned long long)INT_MAX);
}

static void take_digits(const char **from, unsigned int base, unsigned long long *value,
			bool *overflow)
{
	for (; digit(**from) < base; (*from)++) {
		*overflow = *overflow || __builtin_mul_overflow(*value, base, value);
		*overflow = *overflow || __builtin_add_overflow(*value, digit(**from), value);
	}
}

static void take_number(struct lexer *l)
{
	struct token *t = &l->now;
	const char *start = l->text + t->at, *from = start, *end;
	unsigned int base = 10;
	const struct suffix *s;
	bool overflow = false;

	if (from[0] == '0' && (from[1] | 0x20) == 'x' && digit(from[2]) < 16) {
		base = 16;
		from += 2;
	} else if (from[0] == '0' && is_digit(from[1])) {
		base = 8;
	}
	t->kind = TOKEN_NUMBER;
	t->value = 0;
	take_digits(&from, base, &t->value, &overflow);
	for (end = from; is_name(*end);)
		end++;
	t->length = (size_t)(end - start);
	s = suffix_find(from, (size_t)(end - from));
	if (!s) {
		complain(l->complaint, t->at, t->length,
			 "%.*s: not a number; write 10, 0x1f, 10ms (ns, us, ms, s) or 4KiB (B, "
			 "KiB, MiB, GiB)",
			 (int)(t->length < 64 ? t->length : 64), start);
		bad(l);
		return;
	}
	if (s->factor)
		overflow = __builtin_mul_overflow(t->value, s->factor, &t->value) || overflow;
	if (overflow || (base == 10 && !s->is_unsigned && t->value > LLONG_MAX)) {
		complain(l->complaint, t->at, t->length, "%.*s: does not fit into 64 bits",
			 (int)(t->length < 64 ? t->length : 64), start);
		bad(l);
		return;
	}
	set_type(t, s, base == 10);
}

static void take_name(struct lexer *l)
{
	struct token *t = &l->now;
	const char *start = l->text + t->at;

	while (is_name(start[t->length]))
		t->length++;
	t->kind = TOKEN_NAME;
	if (t->length >= sizeof(t->name)) {
		complain(l->complaint, t->at, t->length,
			 "a name of %zu letters; no name has more than %zu", t->length,
			 sizeof(t->name) - 1);
		bad(l);
		return;
	}
	memcpy(t->name, start, t->length);
	t->name[t->length] = '\0';
}

static void take_op(struct lexer *l)
{
	static const char two[][3] = {"->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", ".."};
	struct token *t = &l->now;
	const char *start = l->text + t->at;

	t->kind = TOKEN_OP;
	t->length = 1;
	t->op = (unsigned char)*start;
	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++) {
		if (strncmp(start, two[i], 2))
			continue;
		t->length = 2;
		t->op = OP2(two[i][0], two[i][1]);
		return;
	}
	if (strchr("+-*/%&|^~!<>().,[]{}=?:", *start))
		return;
	while (((unsigned char)start[t->length] & 0xc0) == 0x80)
		t->length++;
	complain(l->complaint, t->at, t->length, "%.*s: has no meaning in a statement",
		 (int)(t->length < 8 ? t->length : 8), start);
	bad(l);
}

void lexer_next(struct lexer *l)
{
	struct token *t = &l->now;

	if (t->kind == TOKEN_BAD)
		return;
	while (is_blank(l->text[l->next]))
		l->next++;
	t->at = l->next;
	t->length = 0;
	if (!l->text[t->at])
		t->kind = TOKEN_END;
	else if (is_digit(l->text[t->at]))
		take_number(l);
	else if (is_name(l->text[t->at]))
		take_name(l);
	else
		take_op(l);
	l->next = t->at + t->length;
}

void lexer_begin(struct lexer *l, const char *text, size_t at, struct complaint *complaint)
{
	*l = (struct lexer){.text = text, .next = at, .complaint = complaint};
	lexer_next(l);
}

char lexer_ahead(const struct lexer *l)
{
	size_t at = l->next;

	while (is_blank(l->text[at]))
		at++;
	return l->text[at];
}

const char *lexer_spell(const struct lexer *l, char *out, size_t size)
{
	if (l->now.kind == TOKEN_END)
		snprintf(out, size, "the end");
	else
		snprintf(out, size, "%.*s", (int)(l->now.length < 64 ? l->now.length : 64),
			 l->text + l->now.at);
	return out;
}
