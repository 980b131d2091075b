// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* grammar.c - see trace/statement/grammar.h */
#include <string.h>

#include "cli/suggest.h"
#include "trace/statement/grammar.h"
#include "trace/statement/key_names.h"
#include "trace/statement/expr/parse.h"

/* Of st->lhist_node. */
enum { LHIST_MIN, LHIST_MAX, LHIST_STEP, LHIST_NUMBERS };

static const struct what {
	const char *name;
	enum statement_what what;
} whats[] = {{"count", WHAT_COUNT}, {"sum", WHAT_SUM},	   {"stats", WHAT_STATS},
	     {"hist", WHAT_HIST},   {"lhist", WHAT_LHIST}, {"print", WHAT_COUNT}};

static const struct key_function {
	const char *name;
	enum expr_as as;
} functions[] = {{"str", EXPR_AS_STR},
		 {"ntop", EXPR_AS_SOCK},
		 {"errno", EXPR_AS_ERRNO},
		 {"sym", EXPR_AS_SYM},
		 {"disk", EXPR_AS_DISK}};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Complain of the token. */
#define complain_here(p, ...) \
	complain((p)->lexer.complaint, (p)->lexer.now.at, (p)->lexer.now.length, __VA_ARGS__)

static bool wants_op(struct parser *p, int op, const char *spelled)
{
	return parse_take(p, op) || parse_wants(p, spelled);
}

static const struct what *what_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(whats); i++)
		if (strcmp(whats[i].name, name) == 0)
			return &whats[i];
	return NULL;
}

static bool no_such_what(struct parser *p)
{
	const char *name = p->lexer.now.name;
	struct suggest near;

	if (strcmp(name, "avg") == 0 || strcmp(name, "min") == 0 || strcmp(name, "max") == 0)
		return complain_here(
			p, "%s(): stats(E) has count, sum, minimum, maximum and average", name);
	suggest_init(&near, name);
	suggest_offer_rows(&near, whats, COUNT_OF(whats), sizeof(whats[0]));
	return complain_here(p, "%s: no such record; %s", name,
			     suggest_hint(&near, "there are count(), sum(E), stats(E), hist(E), "
						 "lhist(E, min, max, step) and print(KEY,...)"));
}

static bool parse_unit(struct statement *st, struct parser *p)
{
	struct suggest near;

	if (p->lexer.now.kind != TOKEN_NAME)
		return parse_wants(p, "a unit, such as us or KiB,");
	st->unit = unit_find(p->lexer.now.name);
	if (st->unit == UNITS) {
		suggest_init(&near, p->lexer.now.name);
		for (int i = UNIT_NS; i < UNITS; i++)
			suggest_offer(&near, unit_name((enum unit)i));
		return complain_here(p, "%s: no such unit; %s", p->lexer.now.name,
				     suggest_hint(&near, "there are ns, us, ms, s, B, KiB, MiB "
							 "and GiB"));
	}
	lexer_next(&p->lexer);
	return true;
}

static bool parse_numbers(struct statement *st, struct parser *p)
{
	for (int i = 0; i < LHIST_NUMBERS; i++) {
		if (!wants_op(p, ',', ", in lhist(E, min, max, step)"))
			return false;
		st->lhist_node[i] = parse_expression(p);
		if (!st->lhist_node[i])
			return false;
	}
	return true;
}

static bool parse_keys(struct statement *st, struct parser *p);

static bool parse_what(struct statement *st, struct parser *p)
{
	const struct what *what;

	if (p->lexer.now.kind != TOKEN_NAME)
		return parse_wants(
			p, "count(), sum(E), stats(E), hist(E) or lhist(E, min, max, step)");
	what = what_find(p->lexer.now.name);
	if (!what)
		return no_such_what(p);
	st->what = what->what;
	st->has_what = true;
	st->print = strcmp(what->name, "print") == 0;
	lexer_next(&p->lexer);
	if (!wants_op(p, '(', "("))
		return false;
	if (st->print)
		return parse_keys(st, p) && wants_op(p, ')', ", ) or an operator");
	if (st->what != WHAT_COUNT) {
		st->value_node = parse_expression(p);
		if (!st->value_node)
			return false;
	}
	if (st->what == WHAT_LHIST && !parse_numbers(st, p))
		return false;
	if (st->what == WHAT_HIST && parse_take(p, ',') && !parse_unit(st, p))
		return false;
	return wants_op(p, ')', st->what == WHAT_COUNT ? ") of count()" : ") or an operator");
}

/* "(N)" behind kstack or ustack. */
static bool parse_frames(struct statement_key *key, struct parser *p)
{
	if (!parse_take(p, '('))
		return true;
	if (key->name != KEY_KSTACK && key->name != KEY_USTACK)
		return complain_here(p, "%s takes no number", key_name((size_t)key->name));
	if (p->lexer.now.kind != TOKEN_NUMBER || !p->lexer.now.value ||
	    p->lexer.now.value > TRACE_STACK_DEPTH)
		return parse_wants(p, "how many frames, from 1 to 127,");
	key->frames = (unsigned int)p->lexer.now.value;
	lexer_next(&p->lexer);
	return wants_op(p, ')', ")");
}

static const struct key_function *function_find(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}

/* Is the name a whole key, and not the begin of an expression such as pid & 1? */
static bool ends_key(const struct parser *p)
{
	char ahead = lexer_ahead(&p->lexer);

	return !ahead || strchr(",})(", ahead);
}

/* A function that is none: what could be meant? */
static bool no_such_function(struct parser *p)
{
	const char *name = p->lexer.now.name;
	struct suggest near;

	suggest_init(&near, name);
	suggest_offer_rows(&near, functions, COUNT_OF(functions), sizeof(functions[0]));
	for (size_t i = 0; i < KEYS; i++)
		suggest_offer(&near, key_name(i));
	return complain_here(p, "%s(): no such key; %s", name,
			     suggest_hint(&near, "there are str(), ntop(), errno(), sym() and "
						 "disk()"));
}

static bool parse_function(struct statement *st, struct parser *p, size_t i)
{
	const struct key_function *f = function_find(p->lexer.now.name);

	if (!f)
		return no_such_function(p);
	st->key_as[i] = f->as;
	lexer_next(&p->lexer);
	lexer_next(&p->lexer); /* the parenthesis, as ends_key() saw */
	st->key_node[i] = parse_expression(p);
	return st->key_node[i] && wants_op(p, ')', ") or an operator");
}

/* A single name that is no key and begins no expression either is a mistyped key, most likely. */
static bool is_mistyped(const struct parser *p, struct suggest *near)
{
	static const char *const words[] = {"retval", "curtask", "ns", "args"};

	suggest_init(near, p->lexer.now.name);
	for (size_t i = 0; i < KEYS; i++)
		suggest_offer(near, key_name(i));
	suggest_offer_rows(near, words, COUNT_OF(words), sizeof(words[0]));
	return suggest_best(near) && near->distance > 0 && strncmp(p->lexer.now.name, "arg", 3);
}

static bool parse_key_expression(struct statement *st, struct parser *p, size_t i)
{
	const struct token *t = &p->lexer.now;
	char ahead = lexer_ahead(&p->lexer);
	struct suggest near;

	if (t->kind == TOKEN_NAME && ahead == '(')
		return parse_function(st, p, i);
	if (t->kind == TOKEN_NAME && ends_key(p) && is_mistyped(p, &near))
		return complain_here(p, "%s: no such key; %s", t->name, suggest_hint(&near, "-"));
	st->key_node[i] = parse_expression(p);
	return st->key_node[i];
}

static bool is_twice(const struct statement *st, int name)
{
	for (size_t i = 0; i < st->key_count; i++)
		if (st->key[i].name == name)
			return true;
	return false;
}

/* Take "begin." before the name of a key; before an expression it is part of that. */
static bool take_begin(struct parser *p)
{
	struct lexer before = p->lexer;

	if (p->lexer.now.kind != TOKEN_NAME || strcmp(p->lexer.now.name, "begin") != 0 ||
	    lexer_ahead(&p->lexer) != '.')
		return false;
	lexer_next(&p->lexer);
	lexer_next(&p->lexer);
	if (p->lexer.now.kind == TOKEN_NAME && ends_key(p) && key_find(p->lexer.now.name) >= 0)
		return true;
	p->lexer = before;
	return false;
}

static bool parse_key(struct statement *st, struct parser *p)
{
	struct statement_key *key = &st->key[st->key_count];
	size_t from = p->lexer.now.at, to;
	bool done;

	if (st->key_count == STATEMENT_KEYS)
		return complain(p->lexer.complaint, from, p->lexer.now.length, "more than %d keys",
				STATEMENT_KEYS);
	key->begin = take_begin(p);
	key->name =
		p->lexer.now.kind == TOKEN_NAME && ends_key(p) ? key_find(p->lexer.now.name) : -1;
	if (key->name >= 0) {
		if (is_twice(st, key->name))
			return complain_here(p, "%s: is there twice", key_name((size_t)key->name));
		lexer_next(&p->lexer);
		done = parse_frames(key, p);
	} else {
		done = parse_key_expression(st, p, st->key_count);
	}
	if (!done)
		return false;
	for (to = p->lexer.now.at; to > from && st->text[to - 1] == ' ';)
		to--;
	key->expr.text = strndup(st->text + from, to - from);
	st->key_count++;
	return key->expr.text || complain(p->lexer.complaint, from, to - from, "out of memory");
}

static bool parse_keys(struct statement *st, struct parser *p)
{
	do {
		if (!parse_key(st, p))
			return false;
	} while (parse_take(p, ','));
	return true;
}

bool grammar_record(struct statement *st, struct parser *p)
{
	if (!parse_what(st, p))
		return false;
	if (p->lexer.now.kind == TOKEN_NAME && strcmp(p->lexer.now.name, "by") == 0) {
		if (st->print)
			return complain_here(p, "by: what is printed stands in print(KEY,...)");
		lexer_next(&p->lexer);
		if (!parse_keys(st, p))
			return false;
	}
	if (!parse_is(p, '}'))
		return parse_wants(p, st->print	      ? "}"
				      : st->key_count ? ", } or an operator"
						      : "`by KEY` or }");
	lexer_next(&p->lexer);
	return true;
}

bool grammar_predicate(struct parser *p, const struct node **predicate)
{
	p->predicate = true;
	*predicate = parse_expression(p);
	p->predicate = false;
	if (!*predicate)
		return false;
	if (!parse_is(p, '/'))
		return parse_wants(p, "/ at the end of the predicate");
	lexer_next(&p->lexer);
	return true;
}

bool grammar_parse(struct statement *st, size_t at)
{
	struct parser p = {.tree = st->tree};

	lexer_begin(&p.lexer, st->text, at, &st->complaint);
	if (parse_take(&p, '/') && !grammar_predicate(&p, &st->predicate_node))
		return false;
	if (parse_take(&p, '{') && !grammar_record(st, &p))
		return false;
	return p.lexer.now.kind == TOKEN_END || parse_wants(&p, "the end");
}

bool grammar_parse_keys(struct statement *st)
{
	struct parser p = {.tree = st->tree};

	lexer_begin(&p.lexer, st->text, 0, &st->complaint);
	return parse_keys(st, &p) &&
	       (p.lexer.now.kind == TOKEN_END || parse_wants(&p, "a comma or the end"));
}
