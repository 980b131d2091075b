// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* oracle.c - see verify/latch/oracle.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "verify/latch/oracle.h"
#include "verify/latch/set.h"

static __attribute__((format(printf, 3, 4))) enum verify_kind
say(struct oracle *o, enum verify_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(o->said, sizeof(o->said), format, args);
	va_end(args);
	return kind;
}

/* Several ways side by side: a reader takes the newest record by its stamp, or the sum. */
static bool has_ways(const struct oracle *o)
{
	return strcmp(o->variant->refuses, "full") == 0;
}

/* -- records ---------------------------------------------------------------------------------- */

/* A value of 32 bits, never 0, so that sums of many do not overflow. */
static lk_u64 value_number(const struct oracle *o, lk_u64 n)
{
	lk_u64 x = (o->seed << 32 | n) * 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 29) * 0xbf58476d1ce4e5b9ULL;
	return (x >> 32) | 1;
}

void oracle_start(struct oracle *o, const struct latch_variant *variant, bool accumulate,
		  unsigned int words, lk_u64 seed)
{
	memset(o, 0, sizeof(*o));
	o->variant = variant;
	o->accumulate = accumulate;
	o->words = words;
	o->seed = seed;
	oracle_settled(o);
}

void oracle_settled(struct oracle *o)
{
	o->log[0].value = o->current;
	o->log[0].delta = 0;
	o->log_count = 1;
}

lk_u64 oracle_draw(struct oracle *o, lk_u64 *record)
{
	lk_u64 value = value_number(o, ++o->drawn);

	if (o->accumulate)
		return value;
	for (unsigned int i = 0; i < o->words; i++)
		record[i] = i ? verify_field(o->accumulate, value, i) : value;
	return o->drawn;
}

lk_u64 oracle_value(const struct oracle *o, const lk_u64 *record, lk_u64 argument)
{
	return o->accumulate ? argument : record[0];
}

/* -- what is committed ------------------------------------------------------------------------ */

static void note(struct oracle *o, lk_u64 value, lk_u64 delta)
{
	if (o->log_count == ORACLE_LOG)
		return;
	o->log[o->log_count].value = value;
	o->log[o->log_count++].delta = delta;
}

static void commit(struct oracle *o, lk_u64 value)
{
	o->current = o->accumulate ? o->current + value : value;
	note(o, o->current, value);
}

/*
 * A record with a later stamp is about to be committed: those under way that are older will never
 * be current, except to a read that is under way, too.
 */
static void supersede(struct oracle *o, int newer)
{
	if (!has_ways(o) || o->accumulate)
		return;
	for (int who = 0; who < newer; who++)
		if (o->under_way[who].writes && !o->under_way[who].seen) {
			note(o, o->under_way[who].value, 0);
			o->under_way[who].seen = true;
		}
}

/* The writes of `set`, a bit for each, are committed now, if that explains what was read. */
static bool commits(struct oracle *o, unsigned int set, lk_u64 read)
{
	lk_u64 then = o->current;

	for (int who = 0; who < 2; who++) {
		const struct oracle_operation *w = &o->under_way[who];

		if (!(set >> who & 1))
			continue;
		if (!w->writes || w->seen)
			return false;
		then = o->accumulate ? then + w->value : w->value;
	}
	if (then != read)
		return false;
	for (int who = 0; who < 2; who++)
		if (set >> who & 1) {
			supersede(o, who);
			commit(o, o->under_way[who].value);
			o->under_way[who].seen = true;
		}
	return true;
}

enum verify_kind oracle_read(struct oracle *o, const lk_u64 *record, int result)
{
	if (result < 0)
		return say(o, VERIFY_LIVELOCK, "the read gave up");
	if (!verify_whole(o->accumulate, record, o->words))
		return say(o, VERIFY_TORN, "first word %#llx, last word %#llx instead of %#llx",
			   record[0], record[o->words - 1],
			   verify_field(o->accumulate, record[0], o->words - 1));
	if (record[0] == o->current)
		return VERIFY_NONE;
	for (unsigned int set = 1; set < 4; set++)
		if (commits(o, set, record[0]))
			return VERIFY_NONE;
	return say(o, o->accumulate ? VERIFY_LOST : VERIFY_WRONG,
		   o->accumulate ? "a total of %#llx instead of %#llx"
				 : "record %#llx, but %#llx was committed last",
		   record[0], o->current);
}

/* -- writes ----------------------------------------------------------------------------------- */

static bool somebody_writes(const struct oracle *o)
{
	return o->under_way[0].writes || o->under_way[1].writes;
}

static void others_overlap(struct oracle *o, int but)
{
	for (int who = 0; who < 2; who++)
		if (who != but)
			o->under_way[who].overlapped = true;
}

/* Of a write that was not accepted. */
static enum verify_kind judge_refused(struct oracle *o, bool seen, bool overlapped, int result)
{
	o->refused++;
	if (result != -LATCH_EBUSY)
		return say(o, VERIFY_WRONG, "the write returned %d", result);
	if (seen && !has_ways(o))
		return say(o, VERIFY_WRONG, "the write was refused, but its record was read");
	if (!latch_may_be_busy(o->variant))
		return say(o, VERIFY_REFUSED, "the write was refused: with three writers at most");
	if (!overlapped && !somebody_writes(o))
		return say(o, VERIFY_REFUSED, "the write was refused: nobody else was writing");
	return VERIFY_NONE;
}

enum verify_kind oracle_write(struct oracle *o, lk_u64 value, int result)
{
	others_overlap(o, -1);
	if (result)
		return judge_refused(o, false, false, result);
	o->accepted++;
	supersede(o, 2);
	commit(o, value);
	return VERIFY_NONE;
}

void oracle_begin_write(struct oracle *o, int who, lk_u64 value)
{
	o->under_way[who] = (struct oracle_operation){.writes = true, .value = value};
}

void oracle_begin_read(struct oracle *o, int who)
{
	o->under_way[who] = (struct oracle_operation){.reads = true, .from = o->log_count - 1};
}

static enum verify_kind end_write(struct oracle *o, const struct oracle_operation *w, int who,
				  int result)
{
	others_overlap(o, who);
	if (result)
		return judge_refused(o, w->seen, w->overlapped, result);
	o->accepted++;
	if (w->seen)
		return VERIFY_NONE;
	supersede(o, who);
	commit(o, w->value);
	return VERIFY_NONE;
}

/* Is it what was committed when the read began and some of the deltas since? */
static bool sum_of_some(const struct oracle *o, unsigned int from, lk_u64 total)
{
	unsigned int n = o->log_count - from - 1;

	for (unsigned int set = 0; set < 1U << n; set++) {
		lk_u64 sum = o->log[from].value;

		for (unsigned int i = 0; i < n; i++)
			if (set >> i & 1)
				sum += o->log[from + 1 + i].delta;
		if (sum == total)
			return true;
	}
	return false;
}

static enum verify_kind end_read(struct oracle *o, const struct oracle_operation *r,
				 const lk_u64 *record, int result)
{
	if (result < 0)
		return say(o, VERIFY_LIVELOCK, "the interrupted read gave up");
	if (!verify_whole(o->accumulate, record, o->words))
		return say(o, VERIFY_TORN,
			   "the interrupted read: first word %#llx, last word %#llx "
			   "instead of %#llx",
			   record[0], record[o->words - 1],
			   verify_field(o->accumulate, record[0], o->words - 1));
	for (unsigned int i = r->from; i < o->log_count; i++)
		if (o->log[i].value == record[0])
			return VERIFY_NONE;
	if (o->accumulate && has_ways(o) && sum_of_some(o, r->from, record[0]))
		return VERIFY_NONE;
	return say(o, VERIFY_WRONG, "the interrupted read returned %#llx, not current since",
		   record[0]);
}

enum verify_kind oracle_end(struct oracle *o, int who, const lk_u64 *record, int result)
{
	struct oracle_operation operation = o->under_way[who];

	o->under_way[who] = (struct oracle_operation){0};
	if (operation.writes)
		return end_write(o, &operation, who, result);
	return end_read(o, &operation, record, result);
}
