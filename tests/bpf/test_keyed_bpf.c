// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_keyed_bpf.c - keyed.h on the running kernel: two programs, by test run, and a thread count
 * the same keys in one mapped table, with room for all of them or without, while another thread
 * reads it. Keys and records are whole, each key is met once, and at the end every count is there.
 * Objects: build/tests/bpf/keyed.WORDS.COMPILER.ORDERS.bpf.o
 */
#include <bpf/bpf.h>
#include <sys/mman.h>

#include "doctor/try.h"
#include "keyed_test.h"
#include "object.h"

#define ROOMY 256
#define TIGHT 64
#define COUNTS 4000
#define TRIES 100000
#define SECONDS_AT_MOST 10

/* Cells, of each table; LATCHKIT_READS sets another number, for slow machines. */
static lk_u64 enough_reads = 100000;

struct file {
	char path[256];
	unsigned int key_words;
	bool acqrel; /* let the object use load-acquire and store-release */
};

struct loaded {
	struct bpf_image object;
	struct keyed_table table;
	size_t bytes;
	int program;
	struct keyed_tally *tallies; /* the programs' */
	struct keyed_tally own; /* the thread's */
	lk_u64 keys[KEYED_TEST_KEYS][KEYED_MAX_KEY_WORDS];
	lk_u64 round;
	pthread_barrier_t begins;
	lk_u64 ended; /* writers */
	/* All rounds together. */
	lk_u64 reads, counted, refused, made, twins;
};

static void load(struct loaded *l, const struct file *f, unsigned int buckets)
{
	unsigned int *acqrel;

	memset(l, 0, sizeof(*l));
	object_open(&l->object, f->path);
	acqrel = bpf_image_constant(&l->object, "lk_order_acqrel");
	if (acqrel)
		*acqrel = f->acqrel;
	assert_int_equal(bpf_map__set_max_entries(
				 bpf_object__find_map_by_name(l->object.object, "table"), buckets),
			 0);
	assert_int_equal(bpf_image_load(&l->object), 0);
	l->table = (struct keyed_table){
		.buckets = buckets, .key_words = f->key_words, .latch_words = KEYED_LATCH};
	l->table.words = bpf_image_map(&l->object, "table", &l->bytes);
	assert_non_null(l->table.words);
	l->tallies = (void *)object_global(&l->object, "tallies");
	l->program = bpf_program__fd(bpf_object__find_program_by_name(l->object.object, "count"));
}

/* -- who counts -------------------------------------------------------------------------------- */

struct writer {
	struct loaded *loaded;
	unsigned int who; /* of the programs; KEYED_TEST_WHO: the thread itself */
	pthread_t thread;
	int failed;
};

static int ask(const struct loaded *l, unsigned int who)
{
	struct keyed_args args = {.who = who,
				  .counts = COUNTS,
				  .random = l->round << 8 | who,
				  .buckets = l->table.buckets,
				  .seed = l->table.seed};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &args, .ctx_size_in = sizeof(args));

	return bpf_prog_test_run_opts(l->program, &opts);
}

static void count(struct loaded *l, unsigned int number)
{
	const struct keyed_table *t = &l->table;
	const lk_u64 *key = l->keys[number];
	lk_u64 hash = keyed_hash(key, t->key_words, t->seed), *latch;
	int made;

	latch = keyed_latch(keyed_bucket(t, keyed_first(hash, t->buckets)),
			    keyed_bucket(t, keyed_second(hash, t->buckets)), key, t->key_words,
			    t->latch_words, hash, &made);
	if (!latch)
		l->own.refused++;
	else if (latch_accumulate(latch, KEYED_RECORD, key_apply, &key[0]))
		l->own.busy++;
	else
		l->own.counted[number]++;
	l->own.made += latch && made;
}

static void *work(void *arg)
{
	struct writer *w = arg;
	struct loaded *l = w->loaded;
	lk_u64 random = l->round << 8 | w->who;

	pin((int)w->who % 2);
	pthread_barrier_wait(&l->begins);
	if (w->who < KEYED_TEST_WHO)
		w->failed = ask(l, w->who);
	else
		for (int i = 0; i < COUNTS; i++)
			count(l, keyed_draw(&random));
	order_fetch_add_release(&l->ended, 1);
	return NULL;
}

/* -- who reads --------------------------------------------------------------------------------- */

/* Each place that is ready has a whole key; each key is met once, its records whole. */
static void read_all(struct loaded *l)
{
	const struct keyed_table *t = &l->table;
	static bool met[KEYED_TEST_KEYS];
	lk_u64 key[KEYED_MAX_KEY_WORDS], sum;

	for (unsigned int at = 0; at < keyed_places(t); at++) {
		if (!keyed_key(t, at, key))
			continue;
		assert_true(key_is_whole(key, t->key_words));
		assert_in_range(key_number(key), 0, KEYED_TEST_KEYS - 1);
		assert_int_equal(key[0], l->keys[key_number(key)][0]);
	}
	memset(met, 0, sizeof(met));
	for (unsigned int at = keyed_next(t, 0, key); at < keyed_places(t);
	     at = keyed_next(t, at + 1, key)) {
		unsigned int cells = key_read(t, key, at, TRIES, &sum);

		assert_true(cells > 0);
		assert_false(met[key_number(key)]);
		met[key_number(key)] = true;
		l->reads += cells;
	}
}

/* Every count that was accepted is there. */
static void assert_sums(struct loaded *l)
{
	for (unsigned int i = 0; i < KEYED_TEST_KEYS; i++) {
		unsigned int at = keyed_twin(&l->table, l->keys[i], 0), cells = 0;
		lk_u64 counted = l->own.counted[i], sum = 0;

		for (int who = 0; who < KEYED_TEST_WHO; who++)
			counted += l->tallies[who].counted[i];
		if (at < keyed_places(&l->table))
			cells = key_read(&l->table, l->keys[i], at, 1, &sum);
		assert_int_equal(sum, counted);
		l->counted += counted;
		l->twins += cells > 1 ? cells - 1 : 0;
	}
}

static void add_tally(struct loaded *l, const struct keyed_tally *tally)
{
	assert_int_equal(tally->busy, 0);
	l->refused += tally->refused;
	l->made += tally->made;
}

/* -- both -------------------------------------------------------------------------------------- */

static void begin_round(struct loaded *l)
{
	memset(l->table.words, 0, l->bytes);
	memset(l->tallies, 0, KEYED_TEST_WHO * sizeof(*l->tallies));
	memset(&l->own, 0, sizeof(l->own));
	l->table.seed = keyed_mix(++l->round);
	for (unsigned int i = 0; i < KEYED_TEST_KEYS; i++)
		key_make(l->keys[i], l->table.key_words, i, l->table.seed);
	l->ended = 0;
}

static void run_round(struct loaded *l)
{
	struct writer w[KEYED_TEST_WHO + 1];

	begin_round(l);
	pthread_barrier_init(&l->begins, NULL, KEYED_TEST_WHO + 2);
	for (unsigned int i = 0; i <= KEYED_TEST_WHO; i++) {
		w[i] = (struct writer){.loaded = l, .who = i};
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	pthread_barrier_wait(&l->begins);
	while (order_load_acquire(&l->ended) <= KEYED_TEST_WHO)
		read_all(l);
	for (unsigned int i = 0; i <= KEYED_TEST_WHO; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].failed, 0);
	}
	pthread_barrier_destroy(&l->begins);
	assert_sums(l);
	add_tally(l, &l->own);
	for (int who = 0; who < KEYED_TEST_WHO; who++)
		add_tally(l, &l->tallies[who]);
}

static const char *cannot_load, *no_acqrel;

static void storm(const struct file *f, unsigned int buckets)
{
	static struct loaded l;
	double end = now_s() + SECONDS_AT_MOST;

	skip_with_reason(cannot_load ? cannot_load : f->acqrel ? no_acqrel : NULL);
	load(&l, f, buckets);
	do
		run_round(&l);
	while (l.reads < enough_reads && now_s() < end);
	assert_int_equal(l.counted + l.refused, l.round * COUNTS * (KEYED_TEST_WHO + 1));
	assert_int_equal(l.refused > 0, buckets == TIGHT);
	print_message("note: %llu cells read, %llu counts, %llu refused, %llu keys made, %llu of "
		      "them twice\n",
		      l.reads, l.counted, l.refused, l.made, l.twins);
	munmap(l.table.words, l.bytes);
	bpf_image_close(&l.object);
}

static void all_keys_find_room(void **state)
{
	storm(*state, ROOMY);
}

static void who_finds_no_room_is_told(void **state)
{
	storm(*state, TIGHT);
}

static void add(const char *path, bool acqrel)
{
	struct file *f = calloc(1, sizeof(*f));
	const char *name = strrchr(path, '/') + 1;

	assert_non_null(f);
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->acqrel = acqrel;
	if (sscanf(name, "keyed.%u.", &f->key_words) != 1)
		return;
	test_add(all_keys_find_room, f, "%s%s: room", name, acqrel ? " with load-acquire" : "");
	test_add(who_finds_no_room_is_told, f, "%s%s: no room", name,
		 acqrel ? " with load-acquire" : "");
}

static void add_both(const char *path)
{
	add(path, false);
	if (strstr(path, ".model."))
		add(path, true);
}

static void find_reason_to_skip(void)
{
	struct feature_result result;

	try_bpf_load(&result);
	cannot_load = result.state == FEATURE_YES ? one_cpu()
						  : "this host does not let us load BPF programs";
	try_load_acquire(&result);
	if (result.state != FEATURE_YES)
		no_acqrel = "tables with load-acquire: this kernel refuses the instruction";
}

int main(void)
{
	enough_reads = setting("LATCHKIT_READS", enough_reads);
	find_reason_to_skip();
	objects_for_each("keyed.*", add_both);
	return tests_run("tables of records by key", NULL, NULL);
}
