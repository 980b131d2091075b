/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * span.h - spans: an event puts a start into the table, another one takes it out, and how long it
 * lay there is a latency. Which hits there are the settings tell, constants to the verifier.
 *
 * Each start that was wanted ends as one of these: taken by an end, replaced by a start of the same
 * key (restarted), without room (unlisted), or still in the table (open). An end that is wanted
 * and finds no start is unpaired. Filters of tasks and CPUs are about who begins a span.
 * Context: any that a program of the probe's type runs in.
 */
#ifndef LATCHKIT_BPF_TRACE_SPAN_H
#define LATCHKIT_BPF_TRACE_SPAN_H

/* An event: what its programs know of it, and the start that it has taken. */
struct span_event {
	void *args; /* where the arguments are: see struct expr_source */
	__u64 retval, ip;
	__u64 syscall; /* the number of the system call plus one; 0: it is of none */
	__u64 ns; /* how long the span took that ends */
	lk_u64 *bucket; /* where its start lies, and its word there: see latchkit/spans.h */
	lk_u64 at, word;
};

/*
 * Parts of a program with a frame of their own: one that had all of them would be larger than the
 * kernel allows. They are verified where they are called, so that what is constant there is so
 * here; `args` is, but would not be in memory.
 */
#define SPAN_PART static __attribute__((noinline))

static LK_INLINE struct expr_source span_source(const struct span_event *e, enum expr_args args)
{
	return (struct expr_source){.args = args, .ctx = e->args, .retval = e->retval, .ns = e->ns};
}

/*
 * Evaluate the expressions of a hit; those it does not have come to 1. false: the event is not
 * wanted, or one could not be read, which is counted.
 */
static LK_INLINE bool span_wants(const volatile struct trace_span_hit *hit, __u32 column,
				 const struct expr_source *from, lk_u64 *word)
{
	__u64 zero = 0, value;
	bool unread = false, wanted = true;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < SPAN_EXPRS && wanted; i++) {
		unread = expr_eval(hit->expr[i], from, &value, &zero) != EXPR_DONE;
		wanted = !unread && (value || i != SPAN_PREDICATE);
		word[i] = value;
	}
	if (zero)
		__sync_fetch_and_add(&globals.zero_divisors, 1);
	if (unread)
		lost(column, LOSS_UNREAD);
	return wanted;
}

/* The two buckets of a key. */
struct span_buckets {
	lk_u64 *first, *second;
};

static LK_INLINE bool span_find(lk_u64 hash, struct span_buckets *at)
{
	__u32 a = keyed_first(hash, span_settings.buckets);
	__u32 b = keyed_second(hash, span_settings.buckets);

	at->first = bpf_map_lookup_elem(&span_starts, &a);
	at->second = bpf_map_lookup_elem(&span_starts, &b);
	return at->first && at->second;
}

/* A span begins, now: `word` as span_wants() has left it, but for its key. */
static LK_INLINE void span_begin(const volatile struct trace_span_hit *hit, void *ctx, __u64 ip,
				 const struct span_buckets *at, const lk_u64 *word, lk_u64 hash)
{
	__u32 column = settings.latency_base + hit->row, exprs = span_settings.exprs_at;
	lk_u64 value[SPAN_VALUE_WORDS] = {};
	int put;

	entered(hit->row);
	if (span_settings.begin_by)
		key_fill(value + SPAN_KEYS_AT, span_settings.begin_by, ctx, column, 0, ip, NULL);
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < SPAN_BEGINS && exprs + i < span_settings.value_words; i++)
		if (exprs + i < SPAN_VALUE_WORDS)
			value[exprs + i] = word[SPAN_BEGIN + i];
	value[0] = bpf_ktime_get_ns();
	put = spans_start(at->first, at->second, word, SPAN_KEY_WORDS, value,
			  span_settings.value_words, hash);
	if (put < 0)
		unlisted(column);
	else if (put)
		lost(column, LOSS_RESTARTED);
}

/*
 * Take the start of the span that ends. What it holds is read where it lies, in a place that is
 * owned until all is done: there is no room for it on the stack, too. Returns whether there is one.
 */
static LK_INLINE bool span_take(__u32 column, const struct span_buckets *b, const lk_u64 *key,
				lk_u64 hash, struct spans_taken *taken)
{
	unsigned int words = span_settings.value_words;

	*taken = (struct spans_taken){.at = spans_any(0, hash), .count = spans_any(0, hash)};
	spans_take(b->first, b->second, 0, key, SPAN_KEY_WORDS, words, hash, taken);
	spans_take(b->first, b->second, 1, key, SPAN_KEY_WORDS, words, hash, taken);
	if (!taken->count) {
		if (!span_settings.filtered)
			lost(column, LOSS_UNPAIRED);
		return false;
	}
	if (taken->count > 1)
		lost_many(column, LOSS_RESTARTED, taken->count - 1);
	ended(column);
	return true;
}

/*
 * An event that may begin or end spans. Returns whether it has ended one: its start is taken, and
 * e->ns is how long it was.
 */
SPAN_PART bool span_look(void *ctx, struct span_event *e, const volatile struct trace_span_hit *hit,
			 enum expr_args args)
{
	struct expr_source from = span_source(e, args);
	__u32 column = settings.latency_base + hit->row;
	lk_u64 word[SPAN_EXPRS], hash; /* the first of them are the key */
	struct spans_taken taken;
	struct span_buckets at;
	__u64 now_ns;

	if (hit->syscall && hit->syscall != e->syscall)
		return false;
	if (hit->role == SPAN_START && (!task_wanted() || !cpu_wanted()))
		return false;
	if (!span_wants(hit, column, &from, word))
		return false;
	word[0] = hit->row;
	hash = keyed_hash(word, SPAN_KEY_WORDS, span_settings.seed);
	if (!span_find(hash, &at))
		return false;
	if (hit->role == SPAN_START) {
		span_begin(hit, ctx, e->ip, &at, word, hash);
		return false;
	}
	now_ns = bpf_ktime_get_ns();
	if (!span_take(column, &at, word, hash, &taken))
		return false;
	e->ns = since_ns(taken.time_ns, now_ns);
	e->bucket = spans_side(at.first, at.second, taken.at);
	e->at = taken.at;
	e->word = taken.word;
	return true;
}

/* Keep what the statement wants of a span that has ended. Returns 0. */
SPAN_PART int span_done(void *ctx, const struct span_event *e,
			const volatile struct trace_span_hit *hit, enum expr_args args)
{
	struct expr_source from = span_source(e, args);

	from.begin = keyed_cell(e->bucket, e->at & (SPANS_WAYS - 1), SPAN_KEY_WORDS,
				span_settings.value_words) +
		     SPAN_KEY_WORDS;
	from.statement = hit->statement;
	return call_done(ctx, hit->row, handler_now(KIND_LATENCY), &from);
}

/*
 * An event of the probe `number` occurred. Of a probe that both ends and begins spans the ends come
 * first, as the hits do. Returns 0.
 */
static LK_INLINE int probe_span(void *ctx, __u32 number, enum expr_args args, struct span_event *e)
{
	const __u32 *hits;

	if (!trace_begun())
		return 0;
	hits = bpf_map_lookup_elem(&span_of, &number);
	if (!hits)
		return 0;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < TRACE_SPAN_HITS && i < span_settings.hits; i++) {
		if (!(*hits >> i & 1) || !span_look(ctx, e, &span_hits[i], args))
			continue;
		span_done(ctx, e, &span_hits[i], args);
		spans_free(e->bucket, e->at, e->word);
	}
	return 0;
}

/* A system call is entered, or left with `retval`: all calls of the host come here. */
static LK_INLINE int span_syscall(void *ctx, struct pt_regs *regs, __s64 number, __u64 retval,
				  __u32 probe)
{
	struct span_event e = {.args = regs, .retval = retval, .syscall = number + 1};

	if (number < 0 || !trace_begun() || compat_syscall(regs))
		return 0;
	return probe_span(ctx, probe, EXPR_ARGS_SYSCALL, &e);
}

#endif /* LATCHKIT_BPF_TRACE_SPAN_H */
