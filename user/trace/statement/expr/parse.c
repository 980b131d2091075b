// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* parse.c - see trace/statement/expr/parse.h */
#include <string.h>

#include "trace/statement/expr/parse.h"
#include "trace/statement/expr/typename.h"

/* Binary operators, how strongly they bind: C's ten levels. */
static const struct binary {
	int op;
	int level;
} binaries[] = {
	{OP2('|', '|'), 1}, {OP2('&', '&'), 2}, {'|', 3},	    {'^', 4}, {'&', 5},
	{OP2('=', '='), 6}, {OP2('!', '='), 6}, {'<', 7},	    {'>', 7}, {OP2('<', '='), 7},
	{OP2('>', '='), 7}, {OP2('<', '<'), 8}, {OP2('>', '>'), 8}, {'+', 9}, {'-', 9},
	{'*', 10},	    {'/', 10},		{'%', 10},
};

static struct node *new_node(struct parser *p, enum node_kind kind)
{
	const struct token *t = &p->lexer.now;

	return tree_node(p->tree, p->lexer.complaint, kind, t->at, t->length);
}

/* The level of the binary operator that the token is; 0: it is none. */
static int level(const struct parser *p)
{
	char ahead = lexer_ahead(&p->lexer);

	if (p->lexer.now.kind != TOKEN_OP)
		return 0;
	if (p->predicate && parse_is(p, '/') && (!ahead || strchr("{.,/", ahead)))
		return 0;
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
		if (binaries[i].op == p->lexer.now.op)
			return binaries[i].level;
	return 0;
}

static struct node *parse_binary(struct parser *p, int least);

static struct node *parse_parentheses(struct parser *p)
{
	size_t from = p->lexer.now.at;
	struct node *n;

	lexer_next(&p->lexer);
	n = parse_binary(p, 1);
	if (!n)
		return NULL;
	if (!parse_is(p, ')')) {
		parse_wants(p, ") or an operator");
		return NULL;
	}
	n->from = from;
	n->to = p->lexer.next;
	lexer_next(&p->lexer);
	return n;
}

static struct node *parse_primary(struct parser *p)
{
	const struct token *t = &p->lexer.now;
	struct node *n;

	if (parse_is(p, '('))
		return parse_parentheses(p);
	if (t->kind != TOKEN_NUMBER && t->kind != TOKEN_NAME) {
		parse_wants(p, "an operand, such as arg0, args.NAME, retval or 42,");
		return NULL;
	}
	n = new_node(p, t->kind == TOKEN_NUMBER ? NODE_NUMBER : NODE_NAME);
	if (!n)
		return NULL;
	n->value = t->value;
	n->is_long = t->is_long;
	n->is_unsigned = t->is_unsigned;
	if (t->kind == TOKEN_NAME)
		memcpy(n->name, t->name, sizeof(n->name));
	lexer_next(&p->lexer);
	return n;
}

static struct node *parse_field(struct parser *p, const struct node *left)
{
	struct node *n;

	lexer_next(&p->lexer);
	if (p->lexer.now.kind != TOKEN_NAME) {
		parse_wants(p, "the name of a field");
		return NULL;
	}
	n = new_node(p, NODE_FIELD);
	if (!n)
		return NULL;
	memcpy(n->name, p->lexer.now.name, sizeof(n->name));
	n->left = left;
	n->from = left->from;
	lexer_next(&p->lexer);
	return n;
}

static struct node *parse_index(struct parser *p, const struct node *left)
{
	size_t at = p->lexer.now.at;
	struct node *n, *index;

	lexer_next(&p->lexer);
	index = parse_binary(p, 1);
	if (!index)
		return NULL;
	if (!parse_is(p, ']')) {
		parse_wants(p, "] or an operator");
		return NULL;
	}
	n = tree_node(p->tree, p->lexer.complaint, NODE_INDEX, at, p->lexer.next - at);
	if (!n)
		return NULL;
	n->left = left;
	n->right = index;
	n->from = left->from;
	lexer_next(&p->lexer);
	return n;
}

static struct node *parse_postfix(struct parser *p);

/* begin.EXPR: all of the path behind it, or what is in parentheses. */
static struct node *parse_begin(struct parser *p)
{
	struct node *n = new_node(p, NODE_BEGIN);

	if (!n)
		return NULL;
	lexer_next(&p->lexer);
	lexer_next(&p->lexer); /* the point */
	n->left = parse_postfix(p);
	if (!n->left)
		return NULL;
	n->to = n->left->to;
	return n;
}

static bool begin_follows(const struct parser *p)
{
	return p->lexer.now.kind == TOKEN_NAME && strcmp(p->lexer.now.name, "begin") == 0 &&
	       lexer_ahead(&p->lexer) == '.';
}

static struct node *parse_postfix(struct parser *p)
{
	struct node *n;

	if (begin_follows(p))
		return parse_begin(p);
	n = parse_primary(p);

	while (n) {
		if (parse_is(p, '.') || parse_is(p, OP2('-', '>')))
			n = parse_field(p, n);
		else if (parse_is(p, '['))
			n = parse_index(p, n);
		else
			break;
	}
	if (n && parse_is(p, '(')) {
		complain(p->lexer.complaint, n->at, n->length,
			 "%s(): no such function here; str(), ntop(), errno(), sym() and disk() "
			 "are keys, behind `by`; sum(), stats(), hist() and lhist() before it",
			 n->kind == NODE_NAME ? n->name : "");
		return NULL;
	}
	return n;
}

static struct node *parse_unary(struct parser *p);

static struct node *parse_cast(struct parser *p)
{
	size_t from = p->lexer.now.at;
	struct node *n = new_node(p, NODE_CAST);

	if (!n || !typename_parse(p, n))
		return NULL;
	n->at = from;
	n->length = p->lexer.now.at - from;
	n->from = from;
	n->left = parse_unary(p);
	if (!n->left)
		return NULL;
	n->to = n->left->to;
	return n;
}

static struct node *parse_operator(struct parser *p)
{
	struct node *n = new_node(p, NODE_UNARY);

	if (!n)
		return NULL;
	n->op = p->lexer.now.op;
	lexer_next(&p->lexer);
	n->left = parse_unary(p);
	if (!n->left)
		return NULL;
	n->to = n->left->to;
	return n;
}

/* Complains when more is nested than one can read. */
static bool enter(struct parser *p)
{
	const struct token *t = &p->lexer.now;

	if (p->depth < TREE_DEPTH) {
		p->depth++;
		return true;
	}
	return complain(p->lexer.complaint, t->at, t->length,
			"nested more than %d deep: take it apart", TREE_DEPTH);
}

static struct node *parse_unary(struct parser *p)
{
	struct node *n;

	if (!enter(p))
		return NULL;
	if (parse_is(p, '-') || parse_is(p, '+') || parse_is(p, '~') || parse_is(p, '!') ||
	    parse_is(p, '*') || parse_is(p, '&'))
		n = parse_operator(p);
	else if (parse_is(p, '(') && typename_follows(p))
		n = parse_cast(p);
	else
		n = parse_postfix(p);
	p->depth--;
	return n;
}

/* Operators that bind at least so strongly; those of one level from left to right. */
static struct node *parse_binary(struct parser *p, int least)
{
	struct node *left, *n;

	if (!enter(p))
		return NULL;
	left = parse_unary(p);
	for (int own = level(p); left && own && own >= least; own = level(p)) {
		n = new_node(p, NODE_BINARY);
		if (!n)
			return NULL;
		n->op = p->lexer.now.op;
		lexer_next(&p->lexer);
		n->left = left;
		n->right = parse_binary(p, own + 1);
		if (!n->right)
			return NULL;
		n->from = left->from;
		n->to = n->right->to;
		left = n;
	}
	p->depth--;
	return left;
}

/* Operators of C that mean something else, or are left out, are told by name. */
static bool is_complete(struct parser *p)
{
	const struct token *t = &p->lexer.now;
	const char *why = NULL;

	if (parse_is(p, '='))
		why = "=: nothing is assigned here; == compares";
	else if (parse_is(p, '?'))
		why = "?: is left out; a predicate chooses events: PROBE /EXPR/";
	if (why)
		complain(p->lexer.complaint, t->at, t->length, "%s", why);
	return !why && t->kind != TOKEN_BAD;
}

struct node *parse_expression(struct parser *p)
{
	struct node *n = parse_binary(p, 1);

	return n && is_complete(p) ? n : NULL;
}
