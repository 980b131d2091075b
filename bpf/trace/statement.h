/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* statement.h - the expressions of an event's statement: does it count, and what is kept of it. */
#ifndef LATCHKIT_BPF_TRACE_STATEMENT_H
#define LATCHKIT_BPF_TRACE_STATEMENT_H

enum wants {
	WANTS_NONE, /* the event does not count, or its expressions could not be read */
	WANTS_RECORD, /* it counts as events of its probe do */
	WANTS_VALUE, /* a value is kept of it */
};

/*
 * The same number, but the verifier knows no more of it than of `other`, and not that they were one
 * number: else it would look at all that follows once for each way to the number.
 */
static LK_INLINE __u64 statement_forget(__u64 number, __u64 other)
{
	__u64 any = number ^ other;

	asm volatile("" : "+r"(any));
	return any ^ other;
}

/* The value that is kept, and where in its record it counts. */
static LK_INLINE enum expr_end statement_value(const volatile struct trace_statement *s,
					       const struct expr_source *from,
					       struct value_delta *to, __u64 *zero)
{
	enum expr_end end = expr_eval(s->value, from, &to->value, zero);
	__u64 step = s->linear.step, value = statement_forget(to->value, 1), word;

	if (step)
		word = value_word_linear(value, s->linear.min, s->linear.max, step);
	else
		word = value_word(value);
	to->word = statement_forget(word, to->value);
	return end;
}

/* The words of the expressions in a key, which are zero. */
static LK_INLINE enum expr_end statement_keys(const volatile struct trace_statement *s,
					      const struct expr_source *from, lk_u64 *words,
					      __u64 *zero)
{
	enum expr_end end = EXPR_DONE;
	__u64 value;

	words += settings.expr_at;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < TRACE_KEY_EXPRS && settings.expr_words[i]; i++) {
		end = expr_eval(s->key[i], from, &value, zero);
		if (end == EXPR_DONE)
			end = expr_key(s->key_as[i], s->key_flags[i], value, words);
		if (end != EXPR_DONE)
			break;
		words += settings.expr_words[i];
	}
	return end;
}

/* What becomes of the event, and the values of its expressions. */
static LK_INLINE enum wants statement_eval(const volatile struct trace_statement *s, __u32 column,
					   const struct expr_source *from, struct results *to)
{
	bool has_value = s->value[0].op != EXPR_END;
	__u64 wanted, zero = 0;
	enum expr_end end;

	end = expr_eval(s->predicate, from, &wanted, &zero);
	if (end == EXPR_DONE && wanted && has_value)
		end = statement_value(s, from, &to->value, &zero);
	if (end == EXPR_DONE && wanted && keyed_by(KEY_EXPR))
		end = statement_keys(s, from, to->key, &zero);
	if (zero)
		__sync_fetch_and_add(&globals.zero_divisors, 1);
	if (end != EXPR_DONE)
		lost(column, LOSS_UNREAD);
	if (end == EXPR_UNREAD_USER)
		__sync_fetch_and_add(&globals.unread_user, 1);
	if (end != EXPR_DONE || !wanted)
		return WANTS_NONE;
	return has_value ? WANTS_VALUE : WANTS_RECORD;
}

/*
 * The same of the statement of a probe. The verifier knows which it looks at in each turn, so that
 * its steps are constants; without statements there is nothing left of this.
 */
static LK_INLINE enum wants statement_wants(__u32 column, const struct expr_source *from,
					    struct results *to)
{
	__u32 own = settings.statement_of_all;
	const __u32 *number;

#ifndef TRACE_STATEMENTS_HERE /* the loader gives such objects no statements */
	return WANTS_RECORD;
#endif
	if (!settings.statements)
		return WANTS_RECORD;
	if (!own) {
		number = bpf_map_lookup_elem(&statement_of, &column);
		own = number ? *number : 0;
	}
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < TRACE_STATEMENTS && i < settings.statements; i++)
		if (own == i + 1)
			return statement_eval(&statements[i], column, from, to);
	return WANTS_RECORD;
}

#endif /* LATCHKIT_BPF_TRACE_STATEMENT_H */
