// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* span.c - see trace/statement/span.h */
#include <string.h>

#include "cli/diag.h"
#include "trace/probe/syntax.h"
#include "trace/probe/type.h"
#include "trace/statement/expr/tree.h"
#include "trace/statement/source/source.h"
#include "trace/statement/span.h"

/* -- its probes --------------------------------------------------------------------------- */

static int no_event(struct statement *st, const struct statement_hit *hit, const char *name)
{
	complain(&st->complaint, hit->at, hit->to - hit->at,
		 "%s: a sample neither begins nor ends a span; take a probe or tracepoint", name);
	return statement_complain(st);
}

/* Files that are open stay so, in the list that the others have, too. */
static int find_probes(struct span *s, size_t i, struct probe_list *like)
{
	const struct statement_hit *hit = &s->st->hit[i];
	struct probe_list *own = &s->hit[i].probes;
	int r;

	*own = (struct probe_list){.limit = like->limit,
				   .pid = like->pid,
				   .force = like->force,
				   .files = like->files,
				   .ksyms = like->ksyms};
	r = probe_list_add(own, hit->probe);
	like->files = own->files;
	like->ksyms = own->ksyms;
	own->files = NULL;
	own->ksyms = NULL;
	s->hit[i].at_return = strstr(hit->probe, ":sys_exit_");
	for (size_t p = 0; !r && p < own->count; p++)
		if (!own->probe[p].type->in_span)
			r = no_event(s->st, hit, own->probe[p].name);
	if (!r && !own->count)
		r = fail("%s: matches nothing any more; try again", hit->probe);
	return r;
}

/* -- what expressions see ----------------------------------------------------------------- */

void span_scope(struct span *s, size_t i, const struct probe *p, struct scope *scope)
{
	struct source_needs needs = source_needs(s->st->tree);
	bool is_end = s->st->hit[i].is_end;

	/* Fields of format files are not read of these: their arguments are. */
	if (strcmp(p->type->name, "tracepoint") == 0)
		needs.arguments = false;
	source_scope(scope, s->btf, &s->modules, p, needs);
	if (strcmp(p->type->name, "tracepoint:syscalls") == 0)
		scope->no_retval = s->hit[i].at_return
					   ? NULL
					   : "the system call has only begun; write sys_exit_";
	scope->no_ns = is_end ? NULL : "the span has only begun: ns is known at its end";
	scope->begin = is_end ? &s->begin.hook : NULL;
}

static bool note_places(struct span *s, size_t i)
{
	const struct probe_list *probes = &s->hit[i].probes;

	for (size_t p = 0; p < probes->count; p++) {
		struct begin_place *place = begin_set_add(&s->begin);

		if (!place)
			return false;
		span_scope(s, i, &probes->probe[p], &place->scope);
		place->probe = probes->probe[p].name;
		place->hit = i;
	}
	return true;
}

int span_open(struct span *s, struct statement *st, struct probe_list *like, const struct btf *btf)
{
	int r = 0;

	*s = (struct span){.st = st, .btf = btf};
	begin_set_init(&s->begin);
	s->ties = st->hit[0].ties ? st->hit[0].ties : 1;
	for (size_t i = 0; !r && i < st->hit_count; i++) {
		r = find_probes(s, i, like);
		if (!r && !st->hit[i].is_end && !note_places(s, i))
			r = fail("trace: out of memory");
	}
	return r;
}

void span_close(struct span *s)
{
	for (size_t i = 0; i < TRACE_SPAN_HITS; i++)
		probe_list_free(&s->hit[i].probes);
	begin_set_free(&s->begin);
	module_types_free(&s->modules);
}

/* -- expressions -------------------------------------------------------------------------- */

/* What ties an end to its start when nothing was written. */
static const struct node tid = {.kind = NODE_NAME, .name = "tid"};

static const struct node *tie_of(const struct statement_hit *hit, size_t i)
{
	return hit->ties ? hit->tie_node[i] : &tid;
}

/* The hit's own expressions, at one of its probes. */
static bool resolve_hit(struct span *s, size_t i, const struct scope *scope, FILE *notes,
			struct span_exprs *to)
{
	const struct statement_hit *hit = &s->st->hit[i];

	if (!statement_resolve_node(s->st, hit->predicate_node, scope, notes, &to->predicate))
		return false;
	for (size_t t = 0; t < s->ties; t++)
		if (!statement_resolve_node(s->st, tie_of(hit, t), scope, notes, &to->tie[t]))
			return false;
	return true;
}

/* The first expression of a hit that is another one at another of its probes, or NULL. */
static const struct node *hit_difference(const struct span *s, size_t i, const struct span_exprs *a,
					 const struct span_exprs *b)
{
	const struct statement_hit *hit = &s->st->hit[i];

	if (!expr_is_same(&a->predicate, &b->predicate))
		return hit->predicate_node;
	for (size_t t = 0; t < s->ties; t++)
		if (!expr_is_same(&a->tie[t], &b->tie[t]))
			return tie_of(hit, t);
	return NULL;
}

static bool resolve_at(struct span *s, size_t i, const struct probe *p, FILE *notes,
		       struct span_exprs *to)
{
	const struct statement_hit *hit = &s->st->hit[i];
	struct scope scope;

	span_scope(s, i, p, &scope);
	/* What is known only of a span that has ended is not known of the event that ends it. */
	scope.begin = NULL;
	if (hit->is_end)
		scope.no_ns = "it is not known yet which span this event ends, if any; write the "
			      "predicate by itself behind the last end";
	if (!resolve_hit(s, i, &scope, notes, to))
		return false;
	if (!hit->is_end)
		return true;
	span_scope(s, i, p, &scope);
	return statement_resolve_in(s->st, &scope, notes);
}

static bool resolve_all(struct span *s, size_t i, FILE *notes)
{
	const struct probe_list *probes = &s->hit[i].probes;
	struct statement first = {0};
	const struct node *n;

	for (size_t p = 0; p < probes->count; p++) {
		struct span_exprs one = {0};

		if (!resolve_at(s, i, &probes->probe[p], p ? NULL : notes, &one))
			return false;
		if (!p) {
			s->hit[i].exprs = one;
			first = *s->st;
			continue;
		}
		n = hit_difference(s, i, &s->hit[i].exprs, &one);
		n = n || !s->st->hit[i].is_end ? n : statement_difference(&first, s->st);
		if (n)
			return statement_differs(s->st, n, probes->probe[0].name,
						 probes->probe[p].name);
	}
	return true;
}

int span_resolve(struct span *s, size_t i, FILE *notes)
{
	return resolve_all(s, i, notes) ? 0 : statement_complain(s->st);
}
