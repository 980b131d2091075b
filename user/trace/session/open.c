// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* open.c - see trace/session/open.h */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/engine/spans.h"
#include "trace/session/key_exprs.h"
#include "trace/session/key_names.h"
#include "trace/session/open.h"

/* A span, or several of one key, before it is named. */
struct found {
	struct open_span span; /* the oldest */
	unsigned long long count;
	long long sum;
};

/* What rows of one span are made of. */
struct shape {
	size_t probe;
	const struct trace_statement *statement; /* NULL: it has none */
	int sum_word; /* of a start: the value of the statement; -1: not known at the start */
	int key_word[TRACE_KEY_EXPRS]; /* the same of keys */
};

/* -- what is known at the start ------------------------------------------------------------ */

/* The word of a start that an expression comes to, if it is nothing else; -1: it is. */
static int word_of(const struct trace *t, const struct expr_step *step)
{
	if (step[0].op != EXPR_BEGIN || step[1].op != EXPR_END)
		return -1;
	return (int)spans_expr_at(t->engine, (unsigned int)step[0].imm);
}

static struct shape shape_of(const struct trace *t, size_t probe)
{
	struct shape shape = {.probe = probe, .sum_word = -1};

	for (size_t i = 0; i < t->probes.hit_count; i++) {
		const struct trace_span_hit *hit = &t->probes.hit[i];

		if (hit->row == probe && hit->statement)
			shape.statement = &t->probes.statement[hit->statement - 1];
	}
	if (shape.statement)
		shape.sum_word = word_of(t, shape.statement->value);
	for (int i = 0; i < TRACE_KEY_EXPRS; i++)
		shape.key_word[i] = shape.statement && /* others are looked at when it ends */
						    expr_as_words(shape.statement->key_as[i]) == 1
					    ? word_of(t, shape.statement->key[i])
					    : -1;
	return shape;
}

static bool has_keys(const struct trace *t, const struct shape *shape)
{
	bool has = t->options->engine.keys.begin;

	for (int i = 0; i < TRACE_KEY_EXPRS; i++)
		has = has || shape->key_word[i] >= 0;
	return has;
}

/* -- of one key ---------------------------------------------------------------------------- */

/* For qsort_r(): of one key are those for which it returns 0. */
struct order {
	const struct trace *trace;
	const struct shape *shape;
};

static int compare(unsigned long long x, unsigned long long y)
{
	return x < y ? -1 : x > y;
}

static int by_key(const void *a, const void *b, void *arg)
{
	const struct found *x = a, *y = b;
	const struct order *o = arg;
	unsigned int keys_end = spans_expr_at(o->trace->engine, 0);
	int r = 0;

	if (!has_keys(o->trace, o->shape)) {
		for (int i = 0; !r && i < SPAN_TIES; i++)
			r = compare(x->span.tie[i], y->span.tie[i]);
		return r;
	}
	for (unsigned int i = 1; !r && i < keys_end; i++)
		r = compare(x->span.value[i], y->span.value[i]);
	for (int i = 0; !r && i < TRACE_KEY_EXPRS; i++)
		if (o->shape->key_word[i] >= 0)
			r = compare(x->span.value[o->shape->key_word[i]],
				    y->span.value[o->shape->key_word[i]]);
	return r;
}

static size_t merge(struct found *found, size_t n, struct order *order)
{
	size_t kept = 0;

	if (!n)
		return 0;
	qsort_r(found, n, sizeof(*found), by_key, order);
	for (size_t i = 0; i < n; i++) {
		struct found *into = kept ? &found[kept - 1] : NULL;

		if (!into || by_key(into, &found[i], order)) {
			found[kept++] = found[i];
			continue;
		}
		if (found[i].span.time_ns < into->span.time_ns)
			into->span = found[i].span;
		into->count += found[i].count;
		into->sum += found[i].sum;
	}
	return kept;
}

/* All open spans of a row that are old enough, to be freed; NULL: out of memory. */
static struct found *find(const struct trace *t, const struct shape *shape, size_t *count)
{
	unsigned int row = t->probes.probe[shape->probe].number, room = spans_room(t->engine);
	struct found *found = calloc(spans_open(t->engine, row) + 1, sizeof(*found));
	size_t n = 0, most = found ? spans_open(t->engine, row) : 0;
	struct open_span open;

	for (unsigned int at = spans_next_open(t->engine, 0, &open); at < room && n < most;
	     at = spans_next_open(t->engine, at + 1, &open)) {
		if (open.row != row ||
		    (double)t->now_ns - (double)open.time_ns < t->options->older_s * 1e9)
			continue;
		found[n] = (struct found){open, 1, 0};
		if (shape->sum_word >= 0)
			found[n].sum = (long long)open.value[shape->sum_word];
		n++;
	}
	*count = n;
	return found;
}

/* -- names --------------------------------------------------------------------------------- */

const char *open_tie_name(const struct trace *t, size_t probe, size_t i)
{
	for (size_t s = 0; s < t->span_count; s++)
		if (t->spans[s].row == probe && i < t->spans[s].ties)
			return t->spans[s].tie[i].text;
	return "";
}

static bool name_ties(const struct trace *t, const struct found *f, struct open_view *v)
{
	for (size_t i = 0; *open_tie_name(t, v->probe, i); i++) {
		const struct span_ties *of = t->spans;

		while (of->row != v->probe)
			of++;
		if (asprintf(&v->tie[i],
			     of->tie[i].is_pointer  ? "%#llx"
			     : of->tie[i].is_signed ? "%lld"
						    : "%llu",
			     f->span.tie[i]) < 0) {
			v->tie[i] = NULL;
			return false;
		}
		if (i + 1 == SPAN_TIES)
			break;
	}
	return true;
}

/* A row as key_text() wants it, of the keys that are of the start. */
static struct key_row row_of(const struct trace *t, const struct shape *shape,
			     const struct found *f)
{
	const struct key_list *keys = &t->options->engine.keys;
	struct key_row row = {.known = true, .probe = shape->probe};

	for (int i = KEY_PART_SMALL; i < KEY_PART_EXPRS; i++) {
		enum key_part part = (enum key_part)i;
		unsigned int words = key_part_words(keys->begin, part);

		if (keys->begin && words)
			memcpy(row.key + key_part_at(keys->by, part),
			       f->span.value + 1 + key_part_at(keys->begin, part),
			       words * sizeof(lk_u64));
	}
	for (int i = 0; i < TRACE_KEY_EXPRS; i++)
		if (shape->key_word[i] >= 0)
			row.key[keyed_expr_at(keys->by, &t->probes, i)] =
				f->span.value[shape->key_word[i]];
	return row;
}

static void find_cgroup(const struct trace *t, const struct key_row *row, struct key_names *names)
{
	char path[PATH_MAX];

	if (t->options->engine.keys.begin & KEY_BIT(KEY_CGROUP) &&
	    trace_cgroup(t, *key_part_of(t, row, KEY_PART_CGROUP), path, sizeof(path)))
		names->cgroup = strdup(path);
}

static void free_names(struct key_names *names)
{
	free(names->cgroup);
	for (int i = 0; i < KEYS; i++)
		free(names->text[i]);
}

static bool name_keys(const struct trace *t, const struct shape *shape, const struct found *f,
		      struct open_view *v)
{
	const struct key_list *keys = &t->options->engine.keys;
	struct key_row row = row_of(t, shape, f);
	struct key_names names = {.process = ""};
	bool complete = true;

	find_cgroup(t, &row, &names);
	for (size_t i = 0; i < keys->count; i++) {
		enum trace_key key = keys->key[i];
		int expr = (int)key - KEY_EXPR;

		if (keys->begin & KEY_BIT(key))
			v->text[key] = key_text(t, &row, &names, key);
		else if (expr >= 0 && expr < TRACE_KEY_EXPRS && shape->key_word[expr] >= 0)
			v->text[key] = key_expr_text(t, &row, expr);
		else
			continue;
		complete = complete && v->text[key];
	}
	free_names(&names);
	return complete;
}

/* -- all of them --------------------------------------------------------------------------- */

static bool name(const struct trace *t, const struct shape *shape, const struct found *f,
		 struct open_view *v)
{
	*v = (struct open_view){
		.probe = shape->probe,
		.count = f->count,
		.oldest_ns = t->now_ns > f->span.time_ns ? t->now_ns - f->span.time_ns : 0,
		.has_sum = shape->sum_word >= 0,
		.sum = f->sum,
	};
	return has_keys(t, shape) ? name_keys(t, shape, f, v) : name_ties(t, f, v);
}

static int by_age(const void *a, const void *b)
{
	const struct open_view *x = a, *y = b;

	return compare(y->oldest_ns, x->oldest_ns);
}

/* Append those of one span. Returns 0 or ENOMEM. */
static int read_span(const struct trace *t, size_t probe, struct open_view **views, size_t *count)
{
	struct shape shape = shape_of(t, probe);
	struct order order = {t, &shape};
	size_t n = 0;
	struct found *found = find(t, &shape, &n);
	struct open_view *grown = NULL;
	int err = 0;

	n = found ? merge(found, n, &order) : 0;
	if (found)
		grown = reallocarray(*views, *count + n + 1, sizeof(*grown));
	if (!grown)
		err = ENOMEM;
	else
		*views = grown;
	for (size_t i = 0; !err && i < n; i++)
		if (!name(t, &shape, &found[i], &grown[(*count)++]))
			err = ENOMEM;
	free(found);
	return err;
}

int open_views_read(struct trace *t, struct open_view **views, size_t *count)
{
	int err = 0;

	*views = NULL;
	*count = 0;
	for (size_t s = 0; !err && s < t->span_count; s++)
		err = read_span(t, t->spans[s].row, views, count);
	if (err) {
		open_views_free(*views, *count);
		*views = NULL;
		*count = 0;
	}
	if (*count)
		qsort(*views, *count, sizeof(**views), by_age);
	return err;
}

void open_views_free(struct open_view *views, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (int key = 0; key < KEYS; key++)
			free(views[i].text[key]);
		for (int tie = 0; tie < SPAN_TIES; tie++)
			free(views[i].tie[tie]);
	}
	free(views);
}
