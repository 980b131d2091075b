// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_spans_bpf.c - spans.h on the running kernel: two programs, by test run, start and end the
 * same keys in one mapped table, with room for all of them or without, while user space reads it.
 * What is taken or met is whole, nothing is taken twice, a span that one program begins and the
 * other ends is found, and at the end all starts are accounted for.
 * Objects: build/tests/bpf/spans.WORDS.COMPILER.ORDERS.bpf.o
 * spans_bpf cost: measure what a start and its end cost, instead.
 */
#include <bpf/bpf.h>
#include <sys/mman.h>

#include "doctor/try.h"
#include "object.h"
#include "spans_cost.h"
#include "spans_test.h"

#define ROOMY 32
#define TIGHT 2
#define OPERATIONS 6000
#define SECONDS_AT_MOST 10

/* Starts met, of each table; LATCHKIT_READS sets another number, for slow machines. */
static lk_u64 enough_reads = 50000;

struct file {
	char path[256];
	unsigned int key_words;
	bool acqrel; /* let the object use load-acquire and store-release */
};

struct loaded {
	struct bpf_image object;
	struct spans_table table;
	size_t bytes;
	int program;
	struct spans_tally *tallies;
	lk_u64 *numbered, *taken, *handed;
	lk_u64 keys[SPANS_TEST_KEYS + 1][SPANS_MAX_KEY_WORDS];
	lk_u64 round;
	pthread_barrier_t begins;
	lk_u64 ended; /* programs */
	/* All rounds together. */
	lk_u64 reads;
	struct spans_tally all;
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
	l->table = (struct spans_table){
		.buckets = buckets, .key_words = f->key_words, .value_words = f->key_words + 2};
	l->table.words = bpf_image_map(&l->object, "table", &l->bytes);
	assert_non_null(l->table.words);
	l->tallies = (void *)object_global(&l->object, "tallies");
	l->numbered = (void *)object_global(&l->object, "numbered");
	l->taken = (void *)object_global(&l->object, "taken");
	l->handed = (void *)object_global(&l->object, "handed");
	l->program = bpf_program__fd(bpf_object__find_program_by_name(l->object.object, "work"));
}

/* -- programs ---------------------------------------------------------------------------------- */

struct worker {
	struct loaded *loaded;
	unsigned int who;
	pthread_t thread;
	int failed;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct loaded *l = w->loaded;
	struct spans_args args = {.who = w->who,
				  .operations = OPERATIONS,
				  .random = l->round << 8 | w->who,
				  .buckets = l->table.buckets,
				  .seed = l->table.seed};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &args, .ctx_size_in = sizeof(args));

	pin((int)w->who % 2);
	pthread_barrier_wait(&l->begins);
	w->failed = bpf_prog_test_run_opts(l->program, &opts);
	order_fetch_add_release(&l->ended, 1);
	return NULL;
}

/* -- who reads --------------------------------------------------------------------------------- */

static bool is_start(const struct loaded *l, const lk_u64 *key, const lk_u64 *value)
{
	return key_is_whole(key, l->table.key_words) && key_number(key) <= SPANS_TEST_HANDED &&
	       key[0] == l->keys[key_number(key)][0] &&
	       span_is_whole(value, l->table.value_words, key) && value[0] &&
	       value[0] <= order_load_relaxed(l->numbered);
}

/* Returns the starts met. */
static lk_u64 read_all(struct loaded *l)
{
	lk_u64 key[SPANS_MAX_KEY_WORDS], value[SPANS_MAX_VALUE_WORDS], met = 0;

	for (unsigned int at = spans_next(&l->table, 0, key, value); at < spans_places(&l->table);
	     at = spans_next(&l->table, at + 1, key, value)) {
		assert_true(is_start(l, key, value));
		met++;
	}
	return met;
}

/* User space ends what is left, as it may, too. */
static void take_rest(struct loaded *l)
{
	for (unsigned int i = 0; i <= SPANS_TEST_HANDED; i++) {
		const lk_u64 *key = l->keys[i];
		lk_u64 hash = keyed_hash(key, l->table.key_words, l->table.seed);
		lk_u64 value[SPANS_MAX_VALUE_WORDS];
		int n = spans_end(spans_bucket(&l->table, keyed_first(hash, l->table.buckets)),
				  spans_bucket(&l->table, keyed_second(hash, l->table.buckets)),
				  key, l->table.key_words, value, l->table.value_words, hash);

		if (!n)
			continue;
		assert_true(is_start(l, key, value));
		l->taken[value[0]]++;
	}
	assert_int_equal(read_all(l), 0);
	for (unsigned int i = 0; i < SPANS_TEST_STARTS; i++)
		assert_in_range(l->taken[i], 0, 1);
}

/* -- both -------------------------------------------------------------------------------------- */

static void add_tally(struct spans_tally *all, const struct spans_tally *one)
{
	all->put += one->put;
	all->full += one->full;
	all->restarted += one->restarted;
	all->ended += one->ended;
	all->unpaired += one->unpaired;
	all->torn += one->torn;
	all->lost += one->lost;
	all->handed += one->handed;
}

static void begin_round(struct loaded *l)
{
	memset(l->tallies, 0, SPANS_TEST_WHO * sizeof(*l->tallies));
	memset(l->taken, 0, SPANS_TEST_STARTS * sizeof(*l->taken));
	*l->numbered = *l->handed = l->ended = 0;
	l->table.seed = keyed_mix(++l->round);
	for (unsigned int i = 0; i <= SPANS_TEST_HANDED; i++)
		key_make(l->keys[i], l->table.key_words, i, l->table.seed);
}

static void end_round(struct loaded *l)
{
	struct spans_tally all = {0};

	for (int who = 0; who < SPANS_TEST_WHO; who++)
		add_tally(&all, &l->tallies[who]);
	assert_int_equal(all.torn, 0);
	assert_int_equal(all.lost, 0);
	assert_int_equal(all.put, all.full + all.restarted + all.ended + read_all(l));
	take_rest(l);
	add_tally(&l->all, &all);
}

static void run_round(struct loaded *l)
{
	struct worker w[SPANS_TEST_WHO];

	begin_round(l);
	pthread_barrier_init(&l->begins, NULL, SPANS_TEST_WHO + 1);
	for (unsigned int i = 0; i < SPANS_TEST_WHO; i++) {
		w[i] = (struct worker){.loaded = l, .who = i};
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	pthread_barrier_wait(&l->begins);
	while (order_load_acquire(&l->ended) < SPANS_TEST_WHO)
		l->reads += read_all(l);
	for (unsigned int i = 0; i < SPANS_TEST_WHO; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].failed, 0);
	}
	pthread_barrier_destroy(&l->begins);
	end_round(l);
}

static const char *cannot_load, *no_acqrel;

static void storm(const struct file *f, unsigned int buckets)
{
	static struct loaded l;
	double end = now_s() + SECONDS_AT_MOST;
	bool hands = buckets != TIGHT; /* there, what is handed over may never find room */

	skip_with_reason(cannot_load ? cannot_load : f->acqrel ? no_acqrel : NULL);
	load(&l, f, buckets);
	do
		run_round(&l);
	while ((l.reads < enough_reads || (hands && !l.all.handed)) && now_s() < end);
	assert_true(l.all.ended > 0 && l.all.restarted > 0 && l.all.unpaired > 0);
	assert_int_equal(l.all.full > 0, buckets == TIGHT);
	assert_true(!hands || l.all.handed > 0);
	print_message("note: %llu starts met, %llu put, %llu full, %llu restarted, %llu ended, "
		      "%llu unpaired, %llu from one program to the other\n",
		      l.reads, l.all.put, l.all.full, l.all.restarted, l.all.ended, l.all.unpaired,
		      l.all.handed);
	munmap(l.table.words, l.bytes);
	bpf_image_close(&l.object);
}

static void all_starts_find_room(void **state)
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
	if (sscanf(name, "spans.%u.", &f->key_words) != 1)
		return;
	test_add(all_starts_find_room, f, "%s%s: room", name, acqrel ? " with load-acquire" : "");
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

/* Measure with the first object of keys of one word with this machine's orders. */
static void cost(const char *path)
{
	static bool done;

	if (!done && strstr(path, "/spans.1."))
		done = !spans_cost(path);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "cost") == 0) {
		objects_for_each("spans.*", cost);
		return 0;
	}
	enough_reads = setting("LATCHKIT_READS", enough_reads);
	find_reason_to_skip();
	objects_for_each("spans.*", add_both);
	return tests_run("tables of starts", NULL, NULL);
}
