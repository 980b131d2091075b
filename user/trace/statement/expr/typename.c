// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* typename.c - see trace/statement/expr/typename.h */
#include <stdio.h>
#include <string.h>

#include "trace/statement/expr/typename.h"

/* long is 64 bits wide in kernels that run BPF programs with a JIT for 64 bits. */
static const struct typename_integer integers[] = {
	{"char", 1, true},
	{"short", 2, true},
	{"int", 4, true},
	{"long", 8, true},
	{"signed char", 1, true},
	{"unsigned char", 1, false},
	{"unsigned short", 2, false},
	{"unsigned int", 4, false},
	{"unsigned", 4, false},
	{"signed", 4, true},
	{"unsigned long", 8, false},
	{"long long", 8, true},
	{"unsigned long long", 8, false},
	{"long unsigned int", 8, false},
	{"long int", 8, true},
	{"short unsigned int", 2, false},
	{"short int", 2, true},
	{"unsigned long int", 8, false},
	{"long long int", 8, true},
	{"long long unsigned int", 8, false},
	{"unsigned short int", 2, false},
	{"bool", 1, false},
	{"size_t", 8, false},
	{"ssize_t", 8, true},
	{"u8", 1, false},
	{"u16", 2, false},
	{"u32", 4, false},
	{"u64", 8, false},
	{"s8", 1, true},
	{"s16", 2, true},
	{"s32", 4, true},
	{"s64", 8, true},
	{"__u8", 1, false},
	{"__u16", 2, false},
	{"__u32", 4, false},
	{"__u64", 8, false},
	{"__s8", 1, true},
	{"__s16", 2, true},
	{"__s32", 4, true},
	{"__s64", 8, true},
	{"uint8_t", 1, false},
	{"uint16_t", 2, false},
	{"uint32_t", 4, false},
	{"uint64_t", 8, false},
	{"int8_t", 1, true},
	{"int16_t", 2, true},
	{"int32_t", 4, true},
	{"int64_t", 8, true},
};

static const char *const words[] = {"char",   "short", "int",  "long",	"signed",  "unsigned",
				    "struct", "union", "enum", "const", "volatile"};

const struct typename_integer *typename_integer(const char *name)
{
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
		if (strcmp(integers[i].name, name) == 0)
			return &integers[i];
	return NULL;
}

static bool is_word(const char *name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], name) == 0)
			return true;
	return false;
}

bool typename_follows(const struct parser *p)
{
	struct complaint ignored = {0};
	struct lexer l = p->lexer;

	l.complaint = &ignored;
	lexer_next(&l);
	if (l.now.kind != TOKEN_NAME)
		return false;
	if (is_word(l.now.name) || typename_integer(l.now.name))
		return true;
	lexer_next(&l);
	while (l.now.kind == TOKEN_OP && l.now.op == '*')
		lexer_next(&l);
	if (l.now.kind != TOKEN_OP || l.now.op != ')')
		return false;
	lexer_next(&l);
	return l.now.kind == TOKEN_NAME || l.now.kind == TOKEN_NUMBER ||
	       (l.now.kind == TOKEN_OP && l.now.op == '(');
}

static enum type_tag tag_of(const char *word)
{
	if (strcmp(word, "struct") == 0)
		return TAG_STRUCT;
	if (strcmp(word, "union") == 0)
		return TAG_UNION;
	return strcmp(word, "enum") == 0 ? TAG_ENUM : TAG_NONE;
}

/* Append a word to the name. Returns false when there is no room. */
static bool append(struct node *cast, const char *word)
{
	size_t length = strlen(cast->name);

	return snprintf(cast->name + length, sizeof(cast->name) - length, "%s%s", length ? " " : "",
			word) < (int)(sizeof(cast->name) - length);
}

static bool take_words(struct parser *p, struct node *cast)
{
	for (; p->lexer.now.kind == TOKEN_NAME; lexer_next(&p->lexer)) {
		const char *word = p->lexer.now.name;

		if (strcmp(word, "const") == 0 || strcmp(word, "volatile") == 0)
			continue;
		if (tag_of(word) && !cast->name[0] && !cast->tag)
			cast->tag = tag_of(word);
		else if ((cast->name[0] && (cast->tag || !is_word(word))) || !append(cast, word))
			return parse_wants(p, ") or *");
	}
	return cast->name[0] || parse_wants(p, "the name of a type");
}

bool typename_parse(struct parser *p, struct node *cast)
{
	lexer_next(&p->lexer);
	if (!take_words(p, cast))
		return false;
	while (parse_take(p, '*'))
		cast->stars++;
	if (!parse_is(p, ')'))
		return parse_wants(p, ") or *");
	lexer_next(&p->lexer);
	return true;
}
