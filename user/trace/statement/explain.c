// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* explain.c - see trace/statement/explain.h */
#include <bpf/btf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/diag.h"
#include "cli/escape.h"
#include "symbols/types.h"
#include "trace/probe/syntax.h"
#include "trace/probe/type.h"
#include "trace/statement/expr/emit.h"
#include "trace/statement/explain.h"
#include "trace/statement/expr/tree.h"
#include "trace/statement/key_names.h"
#include "trace/statement/span.h"
#include "trace/statement/statement.h"

/* Of the probes of a pattern so many are named. */
#define NAMED 10

static void print_text(FILE *to, const char *before, const char *text)
{
	fputs(before, to);
	escape_print(ESCAPE_MESSAGE, to, text, strlen(text));
}

static const char *kept(const struct probe *p)
{
	switch (p->type->kind) {
	case KIND_LATENCY:
		return "how long each call takes";
	case KIND_SAMPLE:
		return "a sample of what runs";
	default:
		return "how often it occurs";
	}
}

static void print_probes(const struct statement *st, const struct probe_list *list, FILE *to)
{
	for (size_t i = 0; i < list->count && i < NAMED; i++) {
		print_text(to, i ? "             " : "  attached   ", list->probe[i].name);
		fprintf(to, " (%s%s)\n", kept(&list->probe[i]),
			st->is_record ? "; a classic tracepoint, for fields of its format file"
				      : "");
	}
	if (list->count > NAMED)
		fprintf(to, "             and %zu more\n", list->count - NAMED);
}

static void print_step(const struct expr_step *s, size_t number, FILE *to)
{
	fprintf(to, "      %2zu %s", number, emit_op_name(s->op));
	if (s->size)
		fprintf(to, " %u", s->size);
	if (s->more & EXPR_SIGNED)
		fputs(" signed", to);
	if (s->more & EXPR_USER)
		fputs(" user", to);
	if (s->op == EXPR_DEREF || s->op == EXPR_ADDR || s->op == EXPR_BITS)
		fprintf(to, " at %+lld", s->imm);
	else if (s->op == EXPR_ARG || s->op == EXPR_CONST || s->op == EXPR_BEGIN)
		fprintf(to, " %lld", s->imm);
	else if (s->op == EXPR_ANDJ || s->op == EXPR_ORJ)
		fprintf(to, " to %lld", (long long)number + 1 + s->imm);
	fputc('\n', to);
}

static const char *as_text(const struct expr *e)
{
	static const char *const as[] = {
		[EXPR_AS_NUMBER] = "",
		[EXPR_AS_ERRNO] = ", as the name of an error",
		[EXPR_AS_SYM] = ", as the name of a function",
		[EXPR_AS_DISK] = ", as the name of a disk",
		[EXPR_AS_STR] = ", the string there",
		[EXPR_AS_IPV4] = ", as an IPv4 address",
		[EXPR_AS_IPV6] = ", as the IPv6 address there",
		[EXPR_AS_SOCK] = ", as the address of the socket's peer",
	};

	return as[e->as];
}

static void print_expr(const char *what, const struct expr *e, FILE *to)
{
	unsigned int reads = e->as == EXPR_AS_STR || e->as == EXPR_AS_IPV6;

	if (!e->count)
		return;
	for (unsigned int i = 0; i < e->count; i++)
		reads += e->step[i].op == EXPR_DEREF;
	reads += 2 * (e->as == EXPR_AS_SOCK);
	print_text(to, what, e->text);
	fprintf(to, ": %s%s%s; %u steps of %d, %u values of %d, %u reads of memory\n", e->type,
		as_text(e), e->user && e->as == EXPR_AS_STR ? ", in user memory" : "", e->count,
		EXPR_STEPS, e->stack, EXPR_STACK, reads);
	for (unsigned int i = 0; i < e->count; i++)
		print_step(&e->step[i], i, to);
}

static void print_what(const struct statement *st, FILE *to)
{
	static const char *const whats[] = {[WHAT_COUNT] = "count",
					    [WHAT_SUM] = "sum",
					    [WHAT_STATS] = "stats",
					    [WHAT_HIST] = "hist",
					    [WHAT_LHIST] = "lhist"};

	if (!st->has_what)
		return;
	fprintf(to, "  record     %s", st->print ? "print" : whats[st->what]);
	if (st->unit)
		fprintf(to, ", in %s", unit_name(st->unit));
	if (st->what == WHAT_LHIST)
		fprintf(to, " from %lld to %lld in steps of %lld", st->min, st->max, st->step);
	fputc('\n', to);
}

static void print_keys(const struct statement *st, FILE *to)
{
	for (size_t i = 0; i < st->key_count; i++) {
		const struct statement_key *key = &st->key[i];

		if (key->name < 0)
			print_expr("  key        ", &key->expr, to);
		else
			fprintf(to, "  key        %s\n", key->expr.text);
	}
}

static bool is_before(const char *notes, const char *line, size_t length)
{
	for (const char *at = notes; at < line; at = strchr(at, '\n') + 1)
		if (strncmp(at, line, length + 1) == 0)
			return true;
	return false;
}

/* "NAME\tTYPE\tWHERE\n" each; every line once. Returns false: no memory for them. */
static bool print_fields(const char *notes, FILE *to)
{
	struct columns table = {.width = 4};
	bool whole;

	for (const char *line = notes, *end; (end = strchr(line, '\n')); line = end + 1) {
		const char *type = strchr(line, '\t'),
			   *where = type ? strchr(type + 1, '\t') : NULL;

		if (!where || where > end || is_before(notes, line, (size_t)(end - line)))
			continue;
		columns_add(&table, "%s", table.count ? "           " : "  fields   ");
		columns_add(&table, "%.*s", (int)(type - line), line);
		columns_add(&table, "%.*s", (int)(where - type - 1), type + 1);
		columns_add(&table, "%.*s", (int)(end - where - 1), where + 1);
	}
	whole = columns_print(&table, to);
	columns_free(&table);
	return whole;
}

static void print_record(const struct statement *st, FILE *to)
{
	print_expr("  predicate  ", &st->predicate, to);
	print_what(st, to);
	print_expr("  value      ", &st->value, to);
	print_keys(st, to);
}

static int print_resolved(struct statement *st, const struct probe_list *list,
			  const struct btf *btf, FILE *to)
{
	char *notes = NULL;
	size_t size;
	FILE *f = open_memstream(&notes, &size);
	bool resolved = f && statement_resolve(st, list->probe, list->count, btf, f);
	bool whole = f && !fflush(f) && !ferror(f);

	if ((f && fclose(f)) || !notes)
		whole = false;
	if (resolved && whole) {
		print_text(to, "", st->text);
		fputc('\n', to);
		print_probes(st, list, to);
		whole = print_fields(notes, to);
		print_record(st, to);
	}
	free(notes);
	if (f && !resolved)
		return statement_complain(st);
	return whole ? 0 : fail("trace: out of memory");
}

/* One of a hit's own expressions; without a node it is the tie that goes without saying. */
static void print_of_hit(const char *what, const struct statement *st, const struct node *n,
			 const struct expr *e, FILE *to)
{
	struct expr named = *e;

	named.text = n ? strndup(st->text + n->from, n->to - n->from) : strdup("tid");
	if (named.text)
		print_expr(what, &named, to);
	free(named.text);
}

static void print_hit(const struct span *s, size_t i, FILE *to)
{
	const struct statement_hit *hit = &s->st->hit[i];
	const struct span_exprs *exprs = &s->hit[i].exprs;
	const struct probe_list *probes = &s->hit[i].probes;

	for (size_t p = 0; p < probes->count && p < NAMED; p++) {
		print_text(to, hit->is_end ? "  ends at    " : "  begins at  ",
			   probes->probe[p].name);
		fprintf(to, "%s\n", s->hit[i].at_return ? " (its return)" : "");
	}
	if (probes->count > NAMED)
		fprintf(to, "             and %zu more\n", probes->count - NAMED);
	print_of_hit("    if       ", s->st, hit->predicate_node, &exprs->predicate, to);
	for (size_t t = 0; t < s->ties; t++)
		print_of_hit("    tied by  ", s->st, hit->ties ? hit->tie_node[t] : NULL,
			     &exprs->tie[t], to);
}

/* What is kept of the starts of hit i. */
static void print_begins(const struct span *s, size_t i, FILE *to)
{
	for (size_t b = 0; b < s->begin.count; b++) {
		const struct emit *emit = &s->begin.expr[b].emit[i];

		fprintf(to, "    begin %zu  kept; %u steps of %d\n", b, emit->count, EXPR_STEPS);
		for (unsigned int step = 0; step < emit->count; step++)
			print_step(&emit->step[step], step, to);
	}
}

/* The ends tell what is kept of the starts: they are resolved first, and printed last. */
static int print_span(struct span *s, FILE *to)
{
	struct statement *st = s->st;
	char *notes = NULL;
	size_t size;
	FILE *f = open_memstream(&notes, &size);
	bool whole = f;
	int r = 0;

	for (size_t i = st->hit_count; whole && !r && i-- > 0;)
		r = span_resolve(s, i, f);
	whole = whole && !fflush(f) && !ferror(f);
	if ((f && fclose(f)) || !notes)
		whole = false;
	if (!r && whole) {
		print_text(to, "", st->text);
		fputc('\n', to);
		for (size_t i = 0; i < st->hit_count; i++) {
			print_hit(s, i, to);
			if (!st->hit[i].is_end)
				print_begins(s, i, to);
		}
		whole = print_fields(notes, to);
		print_record(st, to); /* of the first end, which was resolved last */
	}
	free(notes);
	return r || whole ? r : fail("trace: out of memory");
}

static int explain_span(const struct probe_list *like, struct statement *st, const struct btf *btf,
			FILE *to)
{
	struct span *s = calloc(1, sizeof(*s));
	struct probe_list list = *like;
	int r = s ? span_open(s, st, &list, btf) : fail("trace: out of memory");

	r = r ? r : print_span(s, to);
	if (s)
		span_close(s);
	free(s);
	probe_list_free(&list);
	return r;
}

static int explain(const struct probe_list *like, const char *text, const struct btf *btf, FILE *to)
{
	struct probe_list list = *like;
	struct statement st;
	int r;

	if (statement_parse(&st, text) && st.hit_count) {
		r = explain_span(like, &st, btf, to);
	} else if (!st.complaint.what[0]) {
		r = probe_list_add(&list, st.probe);
		if (!r)
			probe_list_number(&list);
		r = r ? r : print_resolved(&st, &list, btf, to);
	} else {
		r = statement_complain(&st);
	}
	statement_free(&st);
	probe_list_free(&list);
	return r;
}

int explain_statements(const struct probe_list *like, char *const *texts, int count, FILE *to)
{
	struct btf *btf = kernel_types_load();
	int r = 0;

	for (int i = 0; !r && i < count; i++)
		r = explain(like, texts[i], btf, to);
	btf__free(btf);
	return r;
}
