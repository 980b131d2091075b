// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* begin.c - see trace/statement/begin.h */
#include <stdlib.h>
#include <string.h>

#include "trace/statement/begin.h"

static bool is_same(const struct emit *a, const struct emit *b)
{
	return a->count == b->count && memcmp(a->step, b->step, sizeof(a->step)) == 0;
}

static bool is_same_type(const struct ctype *a, const struct ctype *b)
{
	return a->kind == b->kind && a->size == b->size && a->is_signed == b->is_signed;
}

/* What the expression is at one place. */
static bool compile_at(const struct compiler *c, const struct node *n,
		       const struct begin_place *place, bool first, struct emit *emit,
		       struct ctype *type)
{
	struct compiler there = *c;
	struct operand o;

	there.scope = &place->scope;
	there.emit = (struct emit){0};
	there.notes = first ? c->notes : NULL;
	if (!compile_value(&there, n->left, &o) || !compile_check(&there, n))
		return false;
	*emit = there.emit;
	*type = o.type;
	return true;
}

static bool differs(struct compiler *c, const struct node *n, const char *one, const char *other)
{
	return operand_complain(c, n, "is not the same at %s and at %s; write a span for each", one,
				other);
}

/* Compile it at all places. */
static bool compile_all(const struct begin_set *set, struct compiler *c, const struct node *n,
			struct begin_expr *e)
{
	bool seen[TRACE_SPAN_HITS] = {false};
	struct ctype type;
	struct emit emit;

	memset(e, 0, sizeof(*e));
	for (size_t i = 0; i < set->places; i++) {
		const struct begin_place *p = &set->place[i];

		if (!compile_at(c, n, p, !i, &emit, &type))
			return false;
		if (!i)
			e->type = type;
		if (!is_same_type(&e->type, &type) ||
		    (seen[p->hit] && !is_same(&e->emit[p->hit], &emit)))
			return differs(c, n, set->place[0].probe, p->probe);
		e->emit[p->hit] = emit;
		seen[p->hit] = true;
	}
	return true;
}

/* The number of an expression that is there already, or set->count. */
static size_t find(const struct begin_set *set, const struct begin_expr *e)
{
	size_t i = 0;

	for (; i < set->count; i++) {
		bool same = true;

		for (size_t hit = 0; hit < TRACE_SPAN_HITS; hit++)
			same = same && is_same(&set->expr[i].emit[hit], &e->emit[hit]);
		if (same)
			break;
	}
	return i;
}

static bool compile(struct scope_begin *begin, struct compiler *c, const struct node *n,
		    struct operand *o)
{
	struct begin_set *set = (struct begin_set *)begin;
	struct begin_expr e;
	size_t i;

	if (!compile_all(set, c, n, &e))
		return false;
	i = find(set, &e);
	if (i == SPAN_BEGINS)
		return operand_complain(
			c, n, "%d different expressions are kept of a start, at most", SPAN_BEGINS);
	if (i == set->count)
		set->expr[set->count++] = e;
	emit_step(&c->emit, EXPR_BEGIN, 0, 0, (long long)i);
	*o = (struct operand){.type = e.type};
	return true;
}

void begin_set_init(struct begin_set *set)
{
	memset(set, 0, sizeof(*set));
	set->hook.compile = compile;
}

void begin_set_free(struct begin_set *set)
{
	free(set->place);
	memset(set, 0, sizeof(*set));
}

struct begin_place *begin_set_add(struct begin_set *set)
{
	struct begin_place *grown = reallocarray(set->place, set->places + 1, sizeof(*set->place));

	if (!grown)
		return NULL;
	set->place = grown;
	memset(&grown[set->places], 0, sizeof(*grown));
	return &grown[set->places++];
}
