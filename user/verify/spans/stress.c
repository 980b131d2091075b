// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * stress.c - threads start and end the same keys in one table, which has room for all of them or
 * not, while another reads it. Signals interrupt them anywhere: the handler starts or ends the key
 * that is under way, too, or another one. After some thousand operations all have ended, every
 * start must be accounted for, and the next round begins, in the places that the last one left.
 *
 * What must hold: what is taken or met is whole, and was put; none is taken twice; a key that one
 * thread alone starts and ends is found, and so is one that a thread starts and another ends after
 * it was told; a start that is there all the time is met once in each walk.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/spans/set.h"
#include "verify/spans/stress_writer.h"

/* Seconds of all runs of a table, unless told. */
#define SECONDS 2.0
#define ROOMY 32
#define TIGHT 4

static __attribute__((format(printf, 3, 4))) void fault(struct stress *s, enum verify_kind kind,
							const char *format, ...)
{
	va_list args;

	if (s->kind && !(verify_expects(s->verdict, s->kind) && !verify_expects(s->verdict, kind)))
		return;
	s->kind = kind;
	va_start(args, format);
	vsnprintf(s->said, sizeof(s->said), format, args);
	va_end(args);
}

/* -- reading ----------------------------------------------------------------------------------- */

/* Walk over the table. Returns the starts met; *resident: how often that was met. */
static lk_u64 walk(struct stress *s, unsigned int *resident)
{
	lk_u64 key[SPANS_MAX_KEY_WORDS], value[SPANS_MAX_VALUE_WORDS], met = 0, torn = 0;

	*resident = 0;
	for (unsigned int at = spans_next(&s->table, 0, key, value); at < spans_places(&s->table);
	     at = spans_next(&s->table, at + 1, key, value)) {
		unsigned int number = key_number(key);

		met++;
		if (!key_is_whole(key, s->table.key_words) || number >= STRESS_KEYS ||
		    key[0] != s->keys[number][0] ||
		    !span_is_whole(value, s->table.value_words, key) || !value[0] ||
		    value[0] > order_load_relaxed(&s->numbered)) {
			torn++;
			fault(s, VERIFY_TORN,
			      "a start is met that is not whole: key %#llx, time %llu", key[0],
			      value[0]);
			continue;
		}
		*resident += number == STRESS_RESIDENT;
	}
	verify_count(s->verdict, "torn", torn);
	return met;
}

static void read_all(struct stress *s)
{
	unsigned int resident;

	verify_count(s->verdict, "copies", walk(s, &resident));
	verify_count(s->verdict, "walks", 1);
	if (resident != 1)
		fault(s, resident ? VERIFY_TWICE : VERIFY_LOST,
		      "a start that is there all the time is met %u times in a walk", resident);
}

/* -- one round --------------------------------------------------------------------------------- */

static void begin_round(struct stress *s, struct stress_writer *writers)
{
	struct stress_tally nobody = {0};

	memset(s->taken, 0, sizeof(s->taken));
	for (unsigned int i = 0; i < STRESS_WRITERS; i++) {
		memset(&writers[i].own, 0, sizeof(writers[i].own));
		memset(&writers[i].nested, 0, sizeof(writers[i].nested));
		writers[i].own_start = 0;
	}
	s->numbered = s->handed = 0;
	spans_stress_put(s, &nobody, STRESS_RESIDENT, 0);
	order_store_relaxed(&s->ready, 0);
	order_store_relaxed(&s->ended, 0); /* the barrier orders it */
}

static void add(struct stress_tally *all, const struct stress_tally *one)
{
	all->put += one->put;
	all->full += one->full;
	all->restarted += one->restarted;
	all->ended += one->ended;
	all->unpaired += one->unpaired;
	all->torn += one->torn;
	all->lost += one->lost;
	all->wrong += one->wrong;
}

/* Take all that is left. Returns how many. */
static lk_u64 take_rest(struct stress *s)
{
	struct stress_tally rest = {0};
	lk_u64 start, open = 0;

	for (unsigned int key = 0; key < STRESS_KEYS; key++) {
		unsigned int cpu = key == STRESS_OWN + 1 ? 1 : 0;
		int n = spans_stress_take(s, &rest, key, cpu, &start);

		open += (lk_u64)n;
		verify_count(s->verdict, "twins", n > 1 ? (lk_u64)n - 1 : 0);
	}
	if (rest.torn)
		fault(s, VERIFY_TORN, "%llu starts that were left are not whole", rest.torn);
	return open;
}

static void judge_table(struct stress *s)
{
	lk_u64 twice = 0, not_free = 0;

	for (unsigned int i = 0; i < STRESS_STARTS; i++)
		twice += s->taken[i] > 1;
	if (twice)
		fault(s, VERIFY_TWICE, "%llu starts were taken more than once", twice);
	for (unsigned int at = 0; at < spans_places(&s->table); at++)
		not_free += (spans_bucket(&s->table, at / SPANS_WAYS)[at % SPANS_WAYS] &
			     SPANS_STATE) != 0;
	if (not_free)
		fault(s, VERIFY_LOST, "%llu places are not free when all is ended", not_free);
}

static void end_round(struct stress *s, const struct stress_writer *writers)
{
	struct stress_tally all = {0};
	lk_u64 open;

	for (unsigned int i = 0; i < STRESS_WRITERS; i++) {
		add(&all, &writers[i].own);
		add(&all, &writers[i].nested);
	}
	if (all.torn)
		fault(s, VERIFY_TORN, "%llu starts that were taken are not whole", all.torn);
	if (all.lost)
		fault(s, VERIFY_LOST, "%llu ends did not find the start that was there", all.lost);
	if (all.wrong)
		fault(s, VERIFY_WRONG, "%llu ends took another start than was there", all.wrong);
	open = take_rest(s) - 1; /* the resident one */
	if (all.put != all.full + all.restarted + all.ended + open)
		fault(s, VERIFY_LOST,
		      "%llu starts, but %llu without room, %llu replaced, %llu taken, %llu open",
		      all.put, all.full, all.restarted, all.ended, open);
	judge_table(s);
	verify_count(s->verdict, "torn", all.torn);
	verify_count(s->verdict, "starts", all.put);
	verify_count(s->verdict, "full", all.full);
	verify_count(s->verdict, "restarted", all.restarted);
	verify_count(s->verdict, "ended", all.ended);
	verify_count(s->verdict, "unpaired", all.unpaired);
	verify_count(s->verdict, "rounds", 1);
}

static size_t table_bytes(const struct spans_table *t)
{
	return (size_t)t->buckets * spans_bucket_words(t->key_words, t->value_words) * 8;
}

static void run_round(struct stress *s, struct stress_writer *writers)
{
	begin_round(s, writers);
	pthread_barrier_wait(&s->begins);
	spans_stress_writers_wait(s);
	/* ORDER: acquire, so that what ended writers did is read; with the release in work(). */
	while (order_load_acquire(&s->ended) < STRESS_WRITERS)
		read_all(s);
	end_round(s, writers);
	if (!s->code->holds)
		memset(s->table.words, 0, table_bytes(&s->table));
	verify_alive();
}

/* -- all of it --------------------------------------------------------------------------------- */

static void report(struct stress *s, struct stress_writer *writers)
{
	struct verify_failure f = {.words = s->table.key_words};

	for (unsigned int i = 0; i < STRESS_WRITERS; i++) {
		pthread_join(writers[i].thread, NULL);
		verify_count(s->verdict, "signals", writers[i].signals);
	}
	if (!s->kind)
		return;
	snprintf(f.workload, sizeof(f.workload), "%s",
		 s->table.buckets == TIGHT ? "tight" : "roomy");
	snprintf(f.context, sizeof(f.context), "%d threads start and end, and one reads",
		 STRESS_WRITERS);
	verify_fail(s->verdict, s->kind, &f, "%s", s->said);
}

static void prepare(struct stress *s, const struct verify_options *options,
		    struct verify_verdict *v, const struct spans_size *size, unsigned int buckets)
{
	*s = (struct stress){.verdict = v,
			     .code = v->subject->self,
			     .size = size,
			     .seed = options->seed,
			     .table = {.buckets = buckets,
				       .key_words = size->key_words,
				       .value_words = size->value_words,
				       .seed = options->seed}};
	for (unsigned int i = 0; i < STRESS_KEYS; i++) {
		key_make(s->keys[i], size->key_words, i, s->table.seed);
		s->hashes[i] = keyed_hash(s->keys[i], size->key_words, s->table.seed);
	}
	s->table.words = aligned_alloc(64, table_bytes(&s->table));
	if (s->table.words)
		memset(s->table.words, 0, table_bytes(&s->table));
	else
		verify_skip(v, "no memory for a table");
}

static void run(const struct verify_options *options, struct verify_verdict *v,
		const struct spans_size *size, unsigned int buckets)
{
	static struct stress_writer writers[STRESS_WRITERS];
	static struct stress s;

	prepare(&s, options, v, size, buckets);
	if (!s.table.words)
		return;
	pthread_barrier_init(&s.begins, NULL, STRESS_WRITERS + 1);
	for (unsigned int i = 0; i < STRESS_WRITERS; i++)
		spans_stress_writer_start(&writers[i], &s, i);
	verify_part(options, SECONDS, 4);
	do
		run_round(&s, writers);
	while (!verify_part_is_over() && !(s.kind && v->subject->holds));
	order_store_relaxed(&s.stop, 1);
	pthread_barrier_wait(&s.begins);
	report(&s, writers);
	pthread_barrier_destroy(&s.begins);
	free(s.table.words);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	static const unsigned int buckets[] = {ROOMY, TIGHT};
	const struct spans_code *code = v->subject->self;

	spans_stress_writer_open();
	/* Keys of one word, and the longest. */
	for (size_t i = 0; i < code->sizes_count; i += code->sizes_count - 1)
		for (int b = 0; b < 2 && verify_goes_on(v); b++)
			run(options, v, &code->sizes[i], buckets[b]);
	if (verify_goes_on(v) && (!verify_counted(v, "full") || !verify_counted(v, "ended")))
		verify_fail(v, VERIFY_IDLE, NULL, "nothing was ended or without room: too little");
}

const struct verify_check verify_spans_stress = {
	"stress",
	"threads that start and end the same keys lose nothing, and who reads sees whole",
	"copies",
	spans_expects,
	run_check,
	{"copies", "torn", "walks", "rounds", "starts", "full", "restarted", "ended", "unpaired",
	 "twins", "signals"}};
