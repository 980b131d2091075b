// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spans.c - see trace/spans.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "symbols/types.h"
#include "trace/probe/span.h"
#include "trace/probe/type.h"
#include "trace/spans.h"
#include "trace/statement/expr/tree.h"
#include "trace/statement/span.h"
#include "trace/statements.h"

/* A span that becomes part of the trace. */
struct making {
	struct trace *trace;
	struct span span;
	size_t row; /* its index in the list */
	size_t end; /* which hit's expressions are being taken */
};

/* Let the probes of hit i, which is number `hit` of the trace, be its events. */
static int add_events(struct making *m, size_t i, size_t hit)
{
	struct probe_list *list = &m->trace->probes, *from = &m->span.hit[i].probes;

	for (size_t p = 0; p < from->count; p++) {
		span_event(&from->probe[p], m->span.hit[i].at_return);
		from->probe[p].hits = 1U << hit;
	}
	return probe_list_take(list, from);
}

/* The one system call of a hit, plus one; 0: it is of none. */
static int find_syscall(const struct span_hit *hit, unsigned int *number)
{
	const struct probe_list *probes = &hit->probes;

	*number = 0;
	if (strcmp(probes->probe[0].type->name, "tracepoint:syscalls") != 0)
		return 0;
	if (probes->count > 1)
		return fail_usage("%s and others: a span has one system call at each end",
				  probes->probe[0].name);
	*number = (unsigned int)probes->probe[0].syscall + 1;
	return 0;
}

/* Note what programs evaluate of hit i, and its events. */
static int add_hit(struct making *m, size_t i, unsigned int statement)
{
	struct probe_list *list = &m->trace->probes;
	const struct span_hit *from = &m->span.hit[i];
	const struct probe *p = from->probes.probe;
	struct trace_span_hit to = {
		.role = m->span.st->hit[i].is_end ? SPAN_END : SPAN_START,
		.row = (unsigned int)m->row, /* its number is not known yet: engine/spans.c */
		.statement = statement,
	};
	size_t count = from->probes.count;
	int r = find_syscall(from, &to.syscall);

	if (!r && list->hit_count == TRACE_SPAN_HITS)
		return fail_usage("%s: all spans together have more than %d events; trace it by "
				  "itself",
				  m->span.st->text, TRACE_SPAN_HITS);
	memcpy(to.expr[SPAN_PREDICATE], from->exprs.predicate.step, sizeof(to.expr[0]));
	for (size_t t = 0; t < m->span.ties; t++)
		memcpy(to.expr[SPAN_TIE + t], from->exprs.tie[t].step, sizeof(to.expr[0]));
	for (size_t b = 0; to.role == SPAN_START && b < m->span.begin.count; b++)
		memcpy(to.expr[SPAN_BEGIN + b], m->span.begin.expr[b].emit[i].step,
		       sizeof(to.expr[0]));
	r = r ? r : statements_place_retval(m->span.btf, p, count, to.expr, SPAN_EXPRS);
	if (r)
		return r;
	list->hit[list->hit_count++] = to;
	return add_events(m, i, list->hit_count - 1);
}

/* Keys are resolved at the end, as the statement is. */
static bool resolve_keys(struct statement *by, void *arg)
{
	struct making *m = arg;
	const struct probe_list *probes = &m->span.hit[m->end].probes;
	struct scope scope;

	span_scope(&m->span, m->end, &probes->probe[0], &scope);
	return statement_resolve_in(by, &scope, NULL);
}

static int add_end(struct making *m, size_t i)
{
	const struct probe_list *probes = &m->span.hit[i].probes;
	unsigned int statement = 0;
	int r = span_resolve(&m->span, i, NULL);

	m->end = i;
	if (!r)
		r = statements_take(m->trace, m->span.st, probes->probe, probes->count,
				    resolve_keys, m, &statement);
	if (!r && !m->trace->probes.probe[m->row].statement)
		m->trace->probes.probe[m->row].statement = statement; /* for reports */
	return r ? r : add_hit(m, i, statement);
}

/* The ends first: they tell what is kept of the starts, and come first where both are at once. */
static int add_hits(struct making *m)
{
	const struct statement *st = m->span.st;
	int r = 0;

	for (size_t i = 0; !r && i < st->hit_count; i++)
		if (st->hit[i].is_end)
			r = add_end(m, i);
	for (size_t i = 0; !r && i < st->hit_count; i++) {
		if (st->hit[i].is_end)
			continue;
		r = span_resolve(&m->span, i, NULL);
		r = r ? r : add_hit(m, i, 0);
	}
	return r;
}

/* What the row keeps; times have their unit without being told. */
static void mark_row(struct probe *row, const struct statement *st)
{
	statements_mark(row, st);
	if (row->has_value && !st->unit && st->value.count == 1 && st->value.step[0].op == EXPR_NS)
		row->unit = unit_name(UNIT_NS);
}

/* How the keys of starts are called: as at the first of them. */
static void note_ties(struct trace *t, const struct making *m)
{
	struct span_ties *to = &t->spans[t->span_count++];
	const struct statement *st = m->span.st;

	*to = (struct span_ties){.row = m->row, .ties = m->span.ties};
	for (size_t i = 0; i < to->ties; i++) {
		const struct node *n = st->hit[0].ties ? st->hit[0].tie_node[i] : NULL;
		const struct expr *e = &m->span.hit[0].exprs.tie[i];

		snprintf(to->tie[i].text, sizeof(to->tie[i].text), "%.*s",
			 n ? (int)(n->to - n->from) : (int)strlen("tid"),
			 n ? st->text + n->from : "tid");
		to->tie[i].is_signed = e->is_signed;
		to->tie[i].is_pointer = e->is_pointer;
	}
}

/* Filters are about the task that runs when a span begins: is that the one that it is of? */
static void note_filters(const struct trace *t, const struct statement *st)
{
	const struct engine_config *c = &t->options->engine;

	if (!c->tgid && !c->tid && !c->cgroup && !c->follow)
		return;
	for (size_t i = 0; i < st->hit_count; i++)
		if (!st->hit[i].is_end && st->hit[i].ties) {
			note("%s: -p, -t, --cgroup and a command are about the task that runs when "
			     "a span begins, which need not be the one that its brackets name; see "
			     "--by, or a predicate",
			     st->text);
			return;
		}
}

static int add(struct making *m, struct statement *st)
{
	struct trace *t = m->trace;
	int r;

	if (strcmp(t->options->engine.variant->name, LATCH_DEFAULT))
		return fail_usage("%s: spans go through the latch " LATCH_DEFAULT
				  "; leave --latch %s out",
				  st->text, t->options->engine.variant->name);
	if (!t->btf)
		t->btf = kernel_types_load();
	r = span_open(&m->span, st, &t->probes, t->btf);
	r = r ? r : span_row_add(&t->probes, st->probe);
	m->row = t->probes.count - 1;
	r = r ? r : add_hits(m);
	if (!r) {
		mark_row(&t->probes.probe[m->row], st);
		note_ties(t, m);
		note_filters(t, st);
		if (m->span.begin.count > t->probes.begins)
			t->probes.begins = (unsigned int)m->span.begin.count;
	}
	span_close(&m->span);
	return r;
}

int spans_add(struct trace *t, const char *text)
{
	struct making *m = calloc(1, sizeof(*m));
	struct statement st;
	int r;

	if (!m)
		return fail("trace: out of memory");
	m->trace = t;
	r = statement_parse(&st, text) ? add(m, &st) : statement_complain(&st);
	statement_free(&st);
	free(m);
	return r;
}
