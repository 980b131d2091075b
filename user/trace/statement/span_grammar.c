// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* span_grammar.c - see trace/statement/span_grammar.h */
#include <string.h>

#include "trace/statement/expr/parse.h"
#include "trace/statement/grammar.h"
#include "trace/statement/span_grammar.h"

#define BETWEEN " .. "

bool span_is(const char *text)
{
	return strstr(text, BETWEEN);
}

/* How long the probe is that a text begins with. A backslash hides a character. */
static size_t probe_length(const char *text)
{
	const char *c = text;

	if (*text == '{' || *text == '/' || strncmp(text, &BETWEEN[1], strlen(BETWEEN) - 1) == 0)
		return 0;
	for (; *c && *c != '['; c++) {
		if (*c == '\\' && c[1])
			c++;
		else if (strncmp(c, BETWEEN, strlen(BETWEEN)) == 0 || strncmp(c, ", ", 2) == 0 ||
			 (*c == ' ' && strchr("/{", c[1])))
			break;
	}
	while (c > text && c[-1] == ' ')
		c--;
	return (size_t)(c - text);
}

static bool parse_ties(struct statement_hit *hit, struct parser *p)
{
	do {
		if (hit->ties == SPAN_TIES)
			return complain(p->lexer.complaint, p->lexer.now.at, p->lexer.now.length,
					"%d expressions tie the end of a span to its start, at "
					"most",
					SPAN_TIES);
		hit->tie_node[hit->ties] = parse_expression(p);
		if (!hit->tie_node[hit->ties++])
			return false;
	} while (parse_take(p, ','));
	return parse_take(p, ']') || parse_wants(p, "], a comma or an operator");
}

/* Does it name what is known of a span that has ended, and not before? */
static bool needs_span(const struct node *n)
{
	if (!n)
		return false;
	return n->kind == NODE_BEGIN || (n->kind == NODE_NAME && strcmp(n->name, "ns") == 0) ||
	       needs_span(n->left) || needs_span(n->right);
}

static bool second_predicate(struct statement *st, const struct node *n)
{
	return complain(&st->complaint, n->from, n->to - n->from,
			"one predicate more than there can be; combine two with &&");
}

static bool parse_predicates(struct statement *st, struct statement_hit *hit, struct parser *p)
{
	const struct node *predicate;

	while (parse_take(p, '/')) {
		if (!grammar_predicate(p, &predicate))
			return false;
		if (hit->is_end && (hit->predicate_node || needs_span(predicate))) {
			if (st->predicate_node)
				return second_predicate(st, predicate);
			st->predicate_node = predicate;
		} else if (hit->predicate_node) {
			return second_predicate(st, predicate);
		} else {
			hit->predicate_node = predicate;
		}
	}
	return true;
}

/* Parse the hit at *at; *at: behind it. */
static bool parse_hit(struct statement *st, struct parser *p, size_t at, bool is_end)
{
	struct statement_hit *hit = &st->hit[st->hit_count];
	size_t length;

	at += strspn(st->text + at, " ");
	length = probe_length(st->text + at);
	if (!length)
		return complain(&st->complaint, at, st->text[at] != '\0',
				"a probe is expected here, such as tracepoint:sched:sched_switch");
	if (st->hit_count == TRACE_SPAN_HITS)
		return complain(&st->complaint, at, length,
				"more than %d events of a span; trace the rest by itself",
				TRACE_SPAN_HITS);
	if (is_end && st->predicate_node)
		return complain(&st->complaint, st->predicate_node->from,
				st->predicate_node->to - st->predicate_node->from,
				"what a predicate tells of the span comes behind the last of its "
				"ends");
	hit->is_end = is_end;
	hit->at = at;
	hit->to = at + length;
	hit->probe = strndup(st->text + at, length);
	st->hit_count++;
	if (!hit->probe)
		return complain(&st->complaint, at, length, "out of memory");
	lexer_begin(&p->lexer, st->text, hit->to, &st->complaint);
	return (!parse_take(p, '[') || parse_ties(hit, p)) && parse_predicates(st, hit, p);
}

/* All have the same number of ties; without any it is tid. */
static bool check_ties(struct statement *st)
{
	size_t first = st->hit[0].ties ? st->hit[0].ties : 1;

	for (size_t i = 1; i < st->hit_count; i++) {
		size_t own = st->hit[i].ties ? st->hit[i].ties : 1;

		if (own != first)
			return complain(
				&st->complaint, st->hit[i].at, st->hit[i].to - st->hit[i].at,
				"tied by %zu expression%s, %s by %zu: an end is tied to "
				"its start by as many%s",
				own, own == 1 ? "" : "s", st->hit[0].probe, first,
				st->hit[i].ties && st->hit[0].ties ? ""
								   : "; without any it is tid");
	}
	return true;
}

bool span_parse(struct statement *st)
{
	struct parser p = {.tree = st->tree};
	bool is_end = false;
	size_t at;

	if (!parse_hit(st, &p, 0, is_end))
		return false;
	for (;;) {
		if (parse_is(&p, OP2('.', '.')) && is_end)
			return complain(&st->complaint, p.lexer.now.at, 2,
					"a span has one start and one end, and one .. between");
		if (!parse_is(&p, ',') && !parse_is(&p, OP2('.', '.')))
			break;
		is_end = is_end || !parse_is(&p, ',');
		if (!parse_hit(st, &p, p.lexer.next, is_end))
			return false;
	}
	at = p.lexer.now.at;
	while (at && st->text[at - 1] == ' ')
		at--;
	st->probe = strndup(st->text, at);
	if (!st->probe)
		return complain(&st->complaint, 0, 0, "out of memory");
	if (!is_end)
		return parse_wants(&p, "`..` and the end of the span");
	if (parse_take(&p, '{') && !grammar_record(st, &p))
		return false;
	return (p.lexer.now.kind == TOKEN_END || parse_wants(&p, "the end")) && check_ties(st);
}
