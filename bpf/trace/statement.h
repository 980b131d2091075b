/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* statement.h - the expressions of an event's statement: does it count, and what is kept of it. */
#ifndef LATCHKIT_BPF_TRACE_STATEMENT_H
#define LATCHKIT_BPF_TRACE_STATEMENT_H

enum wants {
	WANTS_NONE, /* the event does not count, or its expressions could not be read */
	WANTS_RECORD, /* it counts as events of its probe do */
	WANTS_VALUE, /* a value is kept of it */
};

/* An expression that is a key. */
static LK_INLINE enum expr_end statement_key(const volatile struct trace_statement *s, __u32 i,
					     const struct expr_source *from, __u64 *key,
					     __u64 *zero)
{
	enum expr_end end = expr_eval(s->key[i], from, key, zero);
	__s64 value = *key;

	if (s->key_as[i] == EXPR_AS_ERRNO)
		*key = value < 0 && value >= -4095 ? -value : 0;
	return end;
}

/* What becomes of the event, and the values of its expressions. */
static LK_INLINE enum wants statement_eval(const volatile struct trace_statement *s, __u32 column,
					   const struct expr_source *from, struct results *to)
{
	bool has_value = s->value[0].op != EXPR_END, unread;
	__u64 wanted, zero = 0;

	unread = expr_eval(s->predicate, from, &wanted, &zero) != EXPR_DONE;
	if (!unread && wanted && has_value)
		unread = expr_eval(s->value, from, &to->value, &zero) != EXPR_DONE;
	for (__u32 i = 0; i < TRACE_KEY_EXPRS; i++)
		if (!unread && wanted && s->key[i][0].op != EXPR_END)
			unread = statement_key(s, i, from, &to->key[i], &zero) != EXPR_DONE;
	if (zero)
		__sync_fetch_and_add(&globals.zero_divisors, 1);
	if (unread)
		lost(column, LOSS_UNREAD);
	if (unread || !wanted)
		return WANTS_NONE;
	return has_value ? WANTS_VALUE : WANTS_RECORD;
}

/*
 * The same of the statement of a probe, or of the end of a span. The verifier knows which it looks
 * at in each turn, so that its steps are constants; without statements nothing is left of this.
 */
static LK_INLINE enum wants statement_wants(__u32 column, const struct expr_source *from,
					    struct results *to)
{
	__u32 own = from->begin ? from->statement : settings.statement_of_all;
	const __u32 *number;

#ifndef TRACE_STATEMENTS_HERE /* the loader gives such objects no statements */
	return WANTS_RECORD;
#endif
	if (!settings.statements)
		return WANTS_RECORD;
	if (!own && !from->begin) {
		number = bpf_map_lookup_elem(&statement_of, &column);
		own = number ? *number : 0;
	}
	for (__u32 i = 0; i < TRACE_STATEMENTS && i < settings.statements; i++)
		if (own == i + 1)
			return statement_eval(&statements[i], column, from, to);
	return WANTS_RECORD;
}

#endif /* LATCHKIT_BPF_TRACE_STATEMENT_H */
