// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys_check.c - see trace/keys_check.h */
#include "cli/diag.h"
#include "trace/engine/keyed.h"
#include "trace/keys_check.h"
#include "trace/probe/type.h"

static int check_probe(const struct trace *t, const struct probe *p)
{
	const struct key_list *keys = &t->options->engine.keys;

	if (keys_have(keys, KEY_FUNC) && !p->type->has_ip)
		return fail_usage("--by func: %s tells of no address; use %sustack(1)", p->name,
				  p->type->user ? "" : "kstack(1) or ");
	if (keys_have(keys, KEY_KSTACK) && p->type->user)
		return fail_usage(
			"--by kstack: %s is in user space, where there is no kernel stack; "
			"use ustack",
			p->name);
	return 0;
}

/* Expressions tell only by now how many words they take. */
static int check_words(const struct trace *t)
{
	unsigned int words = keyed_expr_at(t->options->engine.keys.by, &t->probes, TRACE_KEY_EXPRS);

	if (words <= KEYED_MAX_KEY_WORDS)
		return 0;
	return fail_usage("keys of %u words of 8 bytes: %d are the most; leave one out: str() "
			  "takes %u, ntop() 1 to 3, others 1 or 2",
			  words, KEYED_MAX_KEY_WORDS, expr_as_words(EXPR_AS_STR));
}

int keys_check(const struct trace *t)
{
	const struct trace_options *o = t->options;
	int r = check_words(t);

	if (o->engine.keys.expr[0][0] && !t->probes.statements)
		return fail_usage("--by %s: an expression of which probe? Name the probes",
				  o->engine.keys.expr[0]);
	if (!o->engine.keys.count)
		return o->engine.keys_most ? fail_usage("--keys: keys of what? Add --by") : 0;
	if (o->control)
		return fail_usage(
			"--by and --control: handlers that are swapped have no keys; leave "
			"one out");
	if (o->engine.handler)
		return fail_usage("--by and --on-sample: choose one; --by kstack,ustack counts by "
				  "stack");
	if (o->stacks_option && !keys_have(&o->engine.keys, KEY_KSTACK) &&
	    !keys_have(&o->engine.keys, KEY_USTACK))
		return fail_usage("%s: shows stacks: add kstack or ustack to --by",
				  o->stacks_option);
	if (o->engine.lines &&
	    (keys_have(&o->engine.keys, KEY_USTACK) || keys_have(&o->engine.keys, KEY_FUNC)))
		return fail_usage("--events: single events have no user stacks nor functions; "
				  "count() by them");
	for (size_t i = 0; !r && i < t->probes.count; i++)
		r = check_probe(t, &t->probes.probe[i]);
	return r;
}
