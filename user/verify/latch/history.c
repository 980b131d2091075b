// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* history.c - see verify/latch/history.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/latch/code.h"
#include "verify/latch/history.h"
#include "verify/latch/set.h"

#define WRITER_BITS 8
#define WRITER_OF(value) ((unsigned int)((value) & ((1U << WRITER_BITS) - 1)))
#define START_OF(value) ((value) >> WRITER_BITS)
#define END_TRIES 1000000

static __attribute__((format(printf, 3, 4))) enum verify_kind
say(struct history_reader *r, enum verify_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->said, sizeof(r->said), format, args);
	va_end(args);
	return kind;
}

/* The checker's own order is the strongest: it must not be what goes wrong. */
static lk_u64 tick(struct history *h)
{
	/* ORDER: sequentially consistent: ticks of all threads are in one order. */
	return __atomic_add_fetch(&h->clock, 1, __ATOMIC_SEQ_CST);
}

static lk_u64 get(const lk_u64 *p)
{
	/* ORDER: sequentially consistent, as tick(). */
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

static void set(lk_u64 *p, lk_u64 value)
{
	/* ORDER: sequentially consistent, as tick(). */
	__atomic_store_n(p, value, __ATOMIC_SEQ_CST);
}

bool history_start(struct history *h, struct verify_verdict *v, bool accumulate, unsigned int words,
		   unsigned int writers)
{
	const struct latch_variant *variant = latch_of(v);
	size_t bytes = 8 * (accumulate ? variant->ops->accumulate_words(words)
				       : variant->ops->publish_words(words));

	bytes = (bytes + 63) / 64 * 64;
	memset(h, 0, sizeof(*h));
	h->variant = variant;
	h->accumulate = accumulate;
	h->words = words;
	h->writers = writers;
	h->latch = aligned_alloc(64, bytes);
	if (h->latch)
		memset(h->latch, 0, bytes);
	else
		verify_skip(v, "no memory");
	return h->latch;
}

void history_free(struct history *h)
{
	free(h->latch);
}

/* -- records ---------------------------------------------------------------------------------- */

static void add_one(lk_u64 *record, const void *delta)
{
	const unsigned int *words = delta;

	for (unsigned int i = 0; i < *words; i++)
		latch_word_set(record, i, latch_word_get(record, i) + i + 1);
}

/* The words that merge() adds: those of the record that this thread reads. */
static __thread unsigned int merge_words;

static void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < merge_words; i++)
		into[i] += from[i];
}

/* -- writers ---------------------------------------------------------------------------------- */

static int write_it(struct history *h, unsigned int writer, lk_u64 start)
{
	const struct latch_ops *ops = h->variant->ops;
	lk_u64 record[LATCH_MAX_WORDS];
	unsigned int words = h->words;

	if (h->accumulate)
		return ops->accumulate(h->latch, words, add_one, &words);
	for (unsigned int i = 0; i < words; i++)
		record[i] = verify_field(h->accumulate, start << WRITER_BITS | writer, i);
	return ops->publish(h->latch, words, record, LATCH_STAMP_COUNTER);
}

int history_write(struct history *h, unsigned int writer)
{
	struct history_writer *w = &h->of[writer];
	lk_u64 start;
	int r;

	set(&w->begun, w->begun + 1);
	start = tick(h);
	r = write_it(h, writer, start);
	if (r) {
		set(&w->refused_start, start);
		set(&w->refused, w->refused + 1);
		return r;
	}
	set(&w->version, w->version + 1);
	set(&w->start, start);
	set(&w->end, tick(h));
	set(&w->accepted, w->accepted + 1);
	set(&w->version, w->version + 1);
	return 0;
}

/* The sum of a member, which lies at `offset`, over all writers. */
static lk_u64 sum(const struct history *h, size_t offset)
{
	lk_u64 n = 0;

	for (unsigned int w = 0; w < h->writers; w++)
		n += get((const lk_u64 *)((const char *)&h->of[w] + offset));
	return n;
}

static lk_u64 accepted(const struct history *h)
{
	return sum(h, offsetof(struct history_writer, accepted));
}

lk_u64 history_refused(const struct history *h)
{
	return sum(h, offsetof(struct history_writer, refused));
}

void history_count(const struct history *h, struct verify_verdict *v)
{
	verify_count(v, "accepted", accepted(h));
	verify_count(v, "refused", history_refused(h));
}

void history_fail(const struct history *h, struct verify_verdict *v, enum verify_kind kind,
		  const char *context, const char *what)
{
	struct verify_failure f = {.words = h->words};

	if (!kind)
		return;
	snprintf(f.workload, sizeof(f.workload), "%s", h->accumulate ? "accumulate" : "publish");
	snprintf(f.context, sizeof(f.context), "%s", context);
	verify_fail(v, kind, &f, "%s", what);
}

bool history_last_refused(const struct history *h)
{
	lk_u64 last_accepted = 0, last_refused = 0;

	for (unsigned int w = 0; w < h->writers; w++) {
		if (h->of[w].start > last_accepted)
			last_accepted = h->of[w].start;
		if (h->of[w].refused_start > last_refused)
			last_refused = h->of[w].refused_start;
	}
	return last_refused > last_accepted;
}

/* -- readers ---------------------------------------------------------------------------------- */

/*
 * What a writer had ended by now. One that is in the middle of saying so, perhaps the one that we
 * interrupt, has said nothing: then the last thing known of it stays.
 */
static void look(const struct history_writer *w, lk_u64 *start, lk_u64 *end)
{
	lk_u64 version = get(&w->version), s = get(&w->start), e = get(&w->end);

	if (version & 1 || get(&w->version) != version)
		return;
	*start = s;
	*end = e;
}

static void look_at_all(const struct history *h, struct history_snapshot *s)
{
	for (unsigned int w = 0; w < h->writers; w++)
		look(&h->of[w], &s->start[w], &s->end[w]);
	s->refused = history_refused(h);
	s->accepted = accepted(h);
}

static int read_it(const struct history *h, lk_u64 *record, unsigned int tries)
{
	const struct latch_ops *ops = h->variant->ops;

	merge_words = h->words;
	return h->accumulate ? ops->read_sum(h->latch, h->words, record, tries, merge)
			     : ops->read(h->latch, h->words, record, tries);
}

static enum verify_kind judge_whole(const struct history *h, struct history_reader *r,
				    const lk_u64 *record)
{
	if (verify_whole(h->accumulate, record, h->words))
		return VERIFY_NONE;
	return say(r, VERIFY_TORN, "a record of several: %#llx, %#llx, %#llx ...", record[0],
		   record[1], record[2]);
}

/* Of one writer, or of a sum: it only grows. */
static enum verify_kind judge_order(const struct history *h, struct history_reader *r, lk_u64 value)
{
	lk_u64 last = r->last;

	r->last = value;
	if (h->accumulate && value < last)
		return say(r, VERIFY_WRONG, "the sum fell from %llu to %llu", last, value);
	if (!h->accumulate && last && (!value || WRITER_OF(value) == WRITER_OF(last)) &&
	    START_OF(value) < START_OF(last))
		return say(r, VERIFY_WRONG,
			   "writer %u's record of tick %llu after the same writer's of %llu",
			   WRITER_OF(last), START_OF(value), START_OF(last));
	return VERIFY_NONE;
}

static enum verify_kind judge_sum(const struct history *h, struct history_reader *r, lk_u64 value)
{
	lk_u64 most = sum(h, offsetof(struct history_writer, begun)) - r->before.refused;

	if (value >= r->before.accepted && value <= most)
		return VERIFY_NONE;
	return say(r, VERIFY_LOST, "%llu writes counted; %llu had ended before, at most %llu count",
		   value, r->before.accepted, most);
}

/* Is there a write that began after this one had ended, and had itself ended before the read? */
static enum verify_kind judge_newest(const struct history *h, struct history_reader *r,
				     lk_u64 value, lk_u64 last)
{
	const struct history_snapshot *s = &r->before;
	unsigned int writer = WRITER_OF(value);
	lk_u64 start = START_OF(value), end = value ? s->end[writer] : 0;

	if (value && (writer >= h->writers || start > get(&h->clock)))
		return say(r, VERIFY_WRONG, "%#llx was never written", value);
	if (value && start == get(&h->of[writer].refused_start))
		return say(r, VERIFY_WRONG, "the record of tick %llu, which was refused", start);
	if (value && start < s->start[writer])
		return say(r, VERIFY_WRONG,
			   "writer %u's record of tick %llu, though its of %llu had ended", writer,
			   start, s->start[writer]);
	if (value && start != s->start[writer])
		return VERIFY_NONE; /* when it ended was not known when the read began */
	for (unsigned int w = 0; w < h->writers; w++)
		if (s->start[w] > end)
			return say(r, VERIFY_WRONG,
				   "the record of ticks %llu to %llu, though that of %llu to %llu "
				   "had ended",
				   start, end, s->start[w], s->end[w]);
	if (WRITER_OF(last) != writer && end < START_OF(last))
		return say(r, VERIFY_WRONG, "the record of ticks %llu to %llu after that of %llu",
			   start, end, START_OF(last));
	return VERIFY_NONE;
}

enum verify_kind history_glance(struct history *h, struct history_reader *r, unsigned int tries)
{
	lk_u64 record[LATCH_MAX_WORDS] = {0};
	enum verify_kind kind;

	if (read_it(h, record, tries) < 0)
		return say(r, VERIFY_LIVELOCK, "a read was not done after %u tries", tries);
	kind = judge_whole(h, r, record);
	return kind ? kind : judge_order(h, r, record[0]);
}

enum verify_kind history_read(struct history *h, struct history_reader *r, unsigned int tries)
{
	lk_u64 last = r->last;
	enum verify_kind kind;

	look_at_all(h, &r->before);
	kind = history_glance(h, r, tries);
	if (kind)
		return kind;
	return h->accumulate ? judge_sum(h, r, r->last) : judge_newest(h, r, r->last, last);
}

enum verify_kind history_end(struct history *h, struct history_reader *r)
{
	enum verify_kind kind = history_read(h, r, END_TRIES);

	if (kind || !h->accumulate || r->last == accepted(h))
		return kind;
	return say(r, VERIFY_LOST, "%llu writes counted at the end, %llu accepted", r->last,
		   accepted(h));
}
