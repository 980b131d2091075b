// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* statement.c - see trace/statement/statement.h */
#include <stdlib.h>
#include <string.h>

#include "trace/probe/probe.h"
#include "trace/statement/grammar.h"
#include "trace/statement/key_function.h"
#include "trace/statement/source/source.h"
#include "trace/statement/span_grammar.h"

/* Where a probe ends: at the blanks before a predicate or a record, or with the text. */
static size_t probe_end(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c == ' ' && (c[1] == '/' || c[1] == '{'))
			return (size_t)(c - text);
	return strlen(text);
}

bool statement_is(const char *text)
{
	return text[probe_end(text)] || span_is(text);
}

static bool begin(struct statement *st, const char *text)
{
	*st = (struct statement){.text = strdup(text), .tree = calloc(1, sizeof(*st->tree))};
	return (st->text && st->tree) || complain(&st->complaint, 0, 0, "out of memory");
}

static char *copy_of(const char *text, const struct node *n)
{
	return n ? strndup(text + n->from, n->to - n->from) : NULL;
}

static bool note_texts(struct statement *st)
{
	st->predicate.text = copy_of(st->text, st->predicate_node);
	st->value.text = copy_of(st->text, st->value_node);
	return true;
}

bool statement_parse(struct statement *st, const char *text)
{
	size_t end = probe_end(text), probe = end;

	if (!begin(st, text))
		return false;
	if (span_is(text))
		return span_parse(st) && note_texts(st);
	while (probe && text[probe - 1] == ' ')
		probe--;
	st->probe = strndup(text, probe);
	if (!st->probe)
		return complain(&st->complaint, 0, 0, "out of memory");
	if (!text[end])
		return true;
	if (!probe)
		return complain(&st->complaint, 0, 1,
				"a probe is expected before that, such as kprobe:vfs_read");
	return grammar_parse(st, end) && note_texts(st);
}

bool statement_parse_keys(struct statement *st, const char *text)
{
	return begin(st, text) && grammar_parse_keys(st);
}

void statement_free(struct statement *st)
{
	for (size_t i = 0; i < STATEMENT_KEYS; i++)
		free(st->key[i].expr.text);
	for (size_t i = 0; i < st->hit_count; i++)
		free(st->hit[i].probe);
	free(st->predicate.text);
	free(st->value.text);
	free(st->probe);
	free(st->tree);
	free(st->text);
}

int statement_complain(const struct statement *st)
{
	return complaint_print(&st->complaint, st->text ? st->text : "");
}

/* Put the steps that were made into the expression, which keeps its text. */
static void finish(struct expr *e, const struct compiler *c, const struct operand *o,
		   enum expr_as as)
{
	memset(e->step, 0, sizeof(e->step));
	memcpy(e->step, c->emit.step, c->emit.count * sizeof(e->step[0]));
	e->count = c->emit.count;
	e->stack = c->emit.most;
	e->as = as;
	e->user = o->type.user;
	e->size = o->type.size;
	e->is_signed = o->type.is_signed;
	e->is_pointer = o->type.kind == CTYPE_POINTER;
	ctype_spell(c->scope->btf, &o->type, e->type, sizeof(e->type));
}

/* An array as a number would be its address, which nobody means. */
static bool check_array(struct compiler *c, const struct node *n, const struct operand *o)
{
	if (o->type.kind != CTYPE_ARRAY)
		return true;
	return operand_complain(c, n, "is an array%s; take an element, [0], or as a key str()",
				o->type.size ? "" : " of unknown length");
}

static bool resolve(struct compiler *c, const struct node *n, enum expr_as as,
		    struct expr_sock *sock, struct expr *e)
{
	struct operand o;

	if (!n)
		return true;
	c->emit = (struct emit){0};
	if (as == EXPR_AS_NUMBER) {
		if (!compile_operand(c, n, &o) || !check_array(c, n, &o) || !operand_load(c, n, &o))
			return false;
	} else if (!key_function_compile(c, n, &as, sock, &o)) {
		return false;
	}
	if (!compile_check(c, n))
		return false;
	finish(e, c, &o, as);
	return true;
}

static bool resolve_value(struct statement *st, struct compiler *c)
{
	if (!resolve(c, st->value_node, EXPR_AS_NUMBER, NULL, &st->value))
		return false;
	if (!st->value.is_pointer)
		return true;
	return operand_complain(c, st->value_node,
				"is a pointer, %s, and no number; cast it: (u64)", st->value.type);
}

static bool resolve_buckets(struct statement *st, struct compiler *c)
{
	const struct node *const *n = st->lhist_node;
	unsigned long long width;

	if (!n[0])
		return true;
	if (!compile_constant(c, n[0], &st->min) || !compile_constant(c, n[1], &st->max) ||
	    !compile_constant(c, n[2], &st->step))
		return false;
	if (st->max <= st->min)
		return complain(c->complaint, n[1]->from, n[1]->to - n[1]->from,
				"lhist(): the maximum, %lld, is not above the minimum, %lld",
				st->max, st->min);
	width = (unsigned long long)st->max - (unsigned long long)st->min;
	if (st->step <= 0 || (unsigned long long)st->step > width)
		return complain(c->complaint, n[2]->from, n[2]->to - n[2]->from,
				"lhist(): steps of %lld; from 1 to %llu are possible", st->step,
				width);
	if ((width - 1) / (unsigned long long)st->step + 1 > STATEMENT_BUCKETS)
		return complain(c->complaint, n[2]->from, n[2]->to - n[2]->from,
				"lhist(): %llu buckets, %d are the most; take steps of %llu",
				(width - 1) / (unsigned long long)st->step + 1, STATEMENT_BUCKETS,
				(width - 1) / STATEMENT_BUCKETS + 1);
	return true;
}

bool statement_resolve_node(struct statement *st, const struct node *n, const struct scope *scope,
			    FILE *notes, struct expr *e)
{
	struct compiler c = {
		.scope = scope, .text = st->text, .complaint = &st->complaint, .notes = notes};

	return resolve(&c, n, EXPR_AS_NUMBER, NULL, e);
}

bool statement_resolve_in(struct statement *st, const struct scope *scope, FILE *notes)
{
	struct compiler c = {
		.scope = scope, .text = st->text, .complaint = &st->complaint, .notes = notes};

	st->is_record = scope->is_record;
	if (!resolve(&c, st->predicate_node, EXPR_AS_NUMBER, NULL, &st->predicate) ||
	    !resolve_value(st, &c) || !resolve_buckets(st, &c))
		return false;
	for (size_t i = 0; i < st->key_count; i++)
		if (!resolve(&c, st->key_node[i], st->key_as[i], &st->sock, &st->key[i].expr))
			return false;
	return true;
}

bool expr_is_same(const struct expr *a, const struct expr *b)
{
	return a->count == b->count && a->as == b->as && a->user == b->user &&
	       memcmp(a->step, b->step, sizeof(a->step)) == 0;
}

const struct node *statement_difference(const struct statement *a, const struct statement *b)
{
	if (!expr_is_same(&a->predicate, &b->predicate))
		return a->predicate_node;
	if (!expr_is_same(&a->value, &b->value))
		return a->value_node;
	for (size_t i = 0; i < a->key_count; i++)
		if (!expr_is_same(&a->key[i].expr, &b->key[i].expr))
			return a->key_node[i];
	return NULL;
}

static const struct node *any_expression(const struct statement *st)
{
	const struct node *n = st->predicate_node ? st->predicate_node : st->value_node;

	for (size_t i = 0; !n && i < st->key_count; i++)
		n = st->key_node[i];
	return n;
}

bool statement_differs(struct statement *st, const struct node *n, const char *first,
		       const char *other)
{
	size_t length = n->to - n->from < 80 ? n->to - n->from : 80;

	return complain(&st->complaint, n->from, n->to - n->from,
			"%.*s: is not the same at %s and at %s; trace them with a statement each",
			(int)length, st->text + n->from, first, other);
}

static bool resolve_all(struct statement *st, const struct probe *probes, size_t count,
			const struct btf *btf, struct module_types *modules, FILE *notes)
{
	struct source_needs needs = source_needs(st->tree);
	const struct node *n;
	struct statement first;
	struct scope scope;

	needs.record = st->is_record;
	for (size_t i = 0; i < count; i++) {
		source_scope(&scope, btf, modules, &probes[i], needs);
		if (!statement_resolve_in(st, &scope, i ? NULL : notes))
			return false;
		if (!i)
			first = *st;
		n = first.is_record != st->is_record ? any_expression(st)
						     : statement_difference(&first, st);
		if (n)
			return statement_differs(st, n, probes[0].name, probes[i].name);
	}
	return true;
}

bool statement_resolve(struct statement *st, const struct probe *probes, size_t count,
		       const struct btf *btf, FILE *notes)
{
	struct module_types modules = {.read = false};
	bool resolved = resolve_all(st, probes, count, btf, &modules, notes);

	module_types_free(&modules);
	return resolved;
}
