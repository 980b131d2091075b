// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* statements.c - see trace/statements.h */
#include <bpf/btf.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "symbols/types.h"
#include "trace/probe/record.h"
#include "trace/probe/syntax.h"
#include "trace/probe/tracepoint.h"
#include "trace/probe/type.h"
#include "trace/statement/source/module.h"
#include "trace/statement/statement.h"
#include "trace/statements.h"

static bool has_value(const struct statement *st)
{
	return st->has_what && st->what != WHAT_COUNT;
}

/* How many arguments the function of an fexit probe has: its result is the word behind them. */
static int arguments_of(const struct btf *kernel, struct module_types *modules,
			const struct probe *p)
{
	const struct btf *btf = module_types_for(modules, kernel, p->type->name, p->target);
	int id = btf ? btf__find_by_name_kind(btf, p->target, BTF_KIND_FUNC) : 0;
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	return t ? btf_vlen(t) : -1;
}

/* A trampoline's program finds the result among its arguments. */
static int place_retval(struct expr_step *step, int arguments)
{
	for (int i = 0; i < EXPR_STEPS; i++) {
		if (step[i].op != EXPR_RETVAL)
			continue;
		if (arguments < 0)
			return fail_usage("retval: of functions with different numbers of "
					  "arguments; give each a statement of its own");
		step[i].op = EXPR_ARG;
		step[i].imm = arguments;
	}
	return 0;
}

int statements_place_retval(const struct btf *btf, const struct probe *p, size_t count,
			    struct expr_step (*steps)[EXPR_STEPS], size_t expressions)
{
	struct module_types modules = {.read = false};
	int arguments = -1, r = 0;

	if (strcmp(p->type->name, "fexit") != 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		int n = arguments_of(btf, &modules, &p[i]);

		arguments = i && n != arguments ? -1 : n;
	}
	module_types_free(&modules);
	for (size_t i = 0; !r && i < expressions; i++)
		r = place_retval(steps[i], arguments);
	return r;
}

static int place_retvals(const struct btf *btf, const struct probe *p, size_t count,
			 struct trace_statement *to)
{
	int r = statements_place_retval(btf, p, count, &to->predicate, 1);

	r = r ? r : statements_place_retval(btf, p, count, &to->value, 1);
	return r ? r : statements_place_retval(btf, p, count, to->key, TRACE_KEY_EXPRS);
}

/* Note an expression that is key i of the statement that is being added. */
static void take_key(struct trace *t, const struct statement *by, int i, struct trace_statement *to)
{
	const struct expr *e = &by->key[0].expr;

	memcpy(to->key[i], e->step, sizeof(to->key[i]));
	to->key_as[i] = e->as;
	to->key_flags[i] = e->user ? EXPR_USER : 0;
	t->key_expr[t->probes.statements][i] =
		(struct key_expr){e->as, e->is_signed, e->is_pointer};
	if (e->as == EXPR_AS_SOCK)
		t->probes.sock = by->sock;
}

/* The keys of --by that are expressions, as they are resolved there. */
static int take_keys(struct trace *t, const struct statement *st, statements_resolve_fn *resolve,
		     void *where, struct trace_statement *to)
{
	const struct key_list *keys = &t->options->engine.keys;
	int r = 0;

	for (int i = 0; !r && i < TRACE_KEY_EXPRS && keys->expr[i][0]; i++) {
		struct statement by;
		bool parsed = statement_parse_keys(&by, keys->expr[i]);

		by.is_record = st->is_record;
		if (!parsed || !resolve(&by, where))
			r = statement_complain(&by);
		else
			take_key(t, &by, i, to);
		statement_free(&by);
	}
	return r;
}

/* The buckets of an lhist(). */
static struct trace_linear linear_of(const struct statement *st)
{
	if (!has_value(st) || st->what != WHAT_LHIST)
		return (struct trace_linear){0};
	return (struct trace_linear){st->min, st->max, (unsigned long long)st->step};
}

static bool asks_time(const struct expr_step *step)
{
	for (int i = 0; i < EXPR_STEPS; i++)
		if (step[i].op == EXPR_NS)
			return true;
	return false;
}

/* Is all that a statement asks about a call known when that returns, without its start? */
static bool asks_return_alone(const struct trace_statement *of, const struct probe *p)
{
	if (!p->has_value || !p->type->returns || asks_time(of->predicate) || asks_time(of->value))
		return false;
	for (int i = 0; i < TRACE_KEY_EXPRS; i++)
		if (asks_time(of->key[i]))
			return false;
	return p->type != &probe_type_syscall || syscall_returns_in_place(p);
}

/* Note which probes have the statement. */
static int mark_probes(struct trace *t, const struct statement *st, size_t first)
{
	const struct trace_statement *of = &t->probes.statement[t->probes.statements - 1];

	for (size_t i = first; i < t->probes.count; i++) {
		struct probe *p = &t->probes.probe[i];

		if (has_value(st) && p->kind == KIND_SAMPLE)
			return fail_usage("%s: samples have no values; use count()", p->name);
		p->statement = (unsigned int)t->probes.statements;
		statements_mark(p, st);
		if (st->is_record) {
			p->type = &probe_type_record;
			if (t->options->engine.verbose)
				note("%s: a classic tracepoint, for fields of its format file",
				     p->name);
		}
		if (asks_return_alone(of, p))
			p->type = p->type->returns;
		p->kind = p->type->kind;
	}
	return 0;
}

int statements_take(struct trace *t, const struct statement *st, const struct probe *p,
		    size_t count, statements_resolve_fn *resolve, void *where, unsigned int *number)
{
	struct trace_statement to = {.linear = linear_of(st)};
	int r;

	*number = 0;
	if (!st->predicate.count && !has_value(st) && !t->options->engine.keys.expr[0][0])
		return 0;
	if (strcmp(t->options->engine.variant->name, LATCH_DEFAULT))
		return fail_usage(
			"%s: statements with expressions go through the latch " LATCH_DEFAULT
			"; leave --latch %s out",
			st->text, t->options->engine.variant->name);
	if (has_value(st) && st->unit > UNIT_NS && strcmp(st->value.text, "ns") == 0)
		return fail_usage("%s: ns are in ns; write hist(ns)", st->text);
	if (t->probes.statements == TRACE_STATEMENTS)
		return fail_usage("%s: statements with expressions: %d are the most", st->text,
				  TRACE_STATEMENTS);
	memcpy(to.predicate, st->predicate.step, sizeof(to.predicate));
	if (has_value(st))
		memcpy(to.value, st->value.step, sizeof(to.value));
	r = take_keys(t, st, resolve, where, &to);
	r = r ? r : place_retvals(t->btf, p, count, &to);
	if (r)
		return r;
	t->probes.statement[t->probes.statements++] = to;
	*number = (unsigned int)t->probes.statements;
	return 0;
}

void statements_mark(struct probe *p, const struct statement *st)
{
	p->has_value = has_value(st);
	p->unit = has_value(st) ? unit_name(st->unit) : "";
	p->linear = linear_of(st);
	p->is_sum = has_value(st) && st->what == WHAT_SUM;
	p->is_time = p->is_sum && strcmp(st->value.text, "ns") == 0;
}

/* The probes of a statement, from one in the list on. */
struct own_probes {
	struct trace *trace;
	size_t first;
};

static bool resolve_at_probes(struct statement *st, void *arg)
{
	const struct own_probes *own = arg;
	const struct probe_list *list = &own->trace->probes;

	return statement_resolve(st, &list->probe[own->first], list->count - own->first,
				 own->trace->btf, NULL);
}

/* Note the expressions for the programs, and which probes have them. */
static int take_expressions(struct trace *t, const struct statement *st, size_t first)
{
	struct own_probes own = {t, first};
	unsigned int number;
	int r = statements_take(t, st, &t->probes.probe[first], t->probes.count - first,
				resolve_at_probes, &own, &number);

	return r || !number ? r : mark_probes(t, st, first);
}

/*
 * Does a key of --by name a field of the format file that is no argument? Then the statement's are
 * fields, too: a probe has one or the other. Keys that are wrong are left to take_keys().
 */
static bool keys_need_record(const struct trace *t, size_t first)
{
	const struct key_list *keys = &t->options->engine.keys;
	bool need = false;

	for (int i = 0; !need && i < TRACE_KEY_EXPRS && keys->expr[i][0]; i++) {
		struct statement by;

		need = statement_parse_keys(&by, keys->expr[i]) &&
		       statement_resolve(&by, &t->probes.probe[first], t->probes.count - first,
					 t->btf, NULL) &&
		       by.is_record;
		statement_free(&by);
	}
	return need;
}

static int resolve(struct trace *t, struct statement *st, size_t first)
{
	if (t->probes.count == first)
		return fail_usage("%s: the probe is there already; give it one statement",
				  st->text);
	if (!t->btf)
		t->btf = kernel_types_load(); /* what takes none goes on without */
	st->is_record = keys_need_record(t, first);
	if (!statement_resolve(st, &t->probes.probe[first], t->probes.count - first, t->btf, NULL))
		return statement_complain(st);
	return take_expressions(t, st, first);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Where the keys of a statement begin: behind the word "by", which is no field of something. */
static const char *find_keys(const char *text)
{
	const char *brace = statement_is(text) ? strrchr(text, '{') : NULL;

	for (const char *by = brace ? strstr(brace, "by") : NULL; by; by = strstr(by + 2, "by"))
		if (!is_word(by[-1]) && by[-1] != '.' && by[-1] != '>' && !is_word(by[2]))
			return by + 2;
	return NULL;
}

/* What is printed of each event: behind the bracket of print(; NULL: nothing is. */
static const char *find_printed(const char *text)
{
	const char *brace = statement_is(text) ? strrchr(text, '{') : NULL;
	const char *what = brace ? brace + 1 + strspn(brace + 1, " \t") : NULL;

	return what && strncmp(what, "print(", 6) == 0 ? what + 6 : NULL;
}

/*
 * Copy the keys of a statement: what stands between "by", or "print(", and the end. Returns false:
 * there are none.
 */
static bool copy_keys(const char *text, char *keys, size_t size)
{
	const char *printed = find_printed(text), *by = printed ? printed : find_keys(text);
	const char *end = by ? strrchr(by, '}') : NULL;
	size_t n = 0;

	while (printed && end > printed && *end != ')')
		end--;

	for (const char *c = by; end && c < end && n + 1 < size; c++)
		if ((*c != ' ' && *c != '\t') ||
		    (n && keys[n - 1] != ',')) /* blanks of lists do not count */
			keys[n++] = *c;
	while (n && keys[n - 1] == ' ')
		n--;
	keys[n] = '\0';
	return n;
}

char *statements_without_keys(const char *text)
{
	const char *by = find_keys(text), *end = by ? strrchr(by, '}') : NULL;
	size_t kept = by ? (size_t)(by - 2 - text) : 0;
	char *without;

	if (!end)
		return strdup(text);
	while (kept && text[kept - 1] == ' ')
		kept--;
	return asprintf(&without, "%.*s%s", (int)kept, text, end) < 0 ? NULL : without;
}

static int add_default_keys(struct key_list *keys)
{
	char why[320];

	if (keys->count || keys_parse("comm,pid", keys, why, sizeof(why)))
		return 0;
	return fail_usage("--events: %s", why);
}

int statements_keys(struct key_list *keys, bool *lines, char *const *texts, size_t count)
{
	char all[512] = "", own[512], why[320];

	for (size_t i = 0; i < count; i++) {
		*lines |= find_printed(texts[i]) != NULL;
		if (!copy_keys(texts[i], own, sizeof(own)))
			continue;
		if (keys->count && strcmp(all, own) != 0)
			return fail_usage("%s: other keys than %s: all statements of a trace have "
					  "the same; trace it by itself",
					  texts[i], all[0] ? all : "those of --by");
		if (!keys->count && !keys_parse(own, keys, why, sizeof(why)))
			return fail_usage("%s: %s %s", texts[i],
					  find_printed(texts[i]) ? "print" : "by", why);
		memcpy(all, own, sizeof(all));
	}
	return *lines ? add_default_keys(keys) : 0;
}

/*
 * bpftrace takes it without: "PROBE/EXPR/" and "PROBE{WHAT}". Returns what stands behind no
 * blank.
 */
static char lacks_blank(const char *text)
{
	size_t length = strlen(text);

	if (statement_is(text))
		return '\0';
	if (strchr(text, '{'))
		return '{';
	return length && text[length - 1] == '/' && strchr(text, '/') < text + length - 1 ? '/'
											  : '\0';
}

int statements_add(struct trace *t, const char *text)
{
	size_t first = t->probes.count;
	char behind = lacks_blank(text);
	struct statement st;
	int r;

	if (behind)
		return fail_usage("%s: put a blank before %c", text, behind);
	if (!statement_is(text) && !t->options->engine.keys.expr[0][0]) {
		r = probe_list_add(&t->probes, text);
		return r || t->probes.count > first || !t->probes.statements
			       ? r
			       : fail_usage("%s: the probe is there already, with a statement; "
					    "give it one",
					    text);
	}
	t->probes.apart = true;
	if (!statement_parse(&st, text))
		r = statement_complain(&st);
	else
		r = probe_list_add(&t->probes, st.probe);
	t->probes.apart = false;
	if (!r)
		r = resolve(t, &st, first);
	statement_free(&st);
	return r;
}

void statements_free(struct trace *t)
{
	btf__free(t->btf);
	t->btf = NULL;
}
