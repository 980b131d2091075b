// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_latch_bpf.c - every latch object on the running kernel: programs write by test run while
 * user space reads through mmap, and the other way round, under the oracle of related fields.
 * `raw` must be seen to tear. Objects: build/tests/bpf/latch.VARIANT.WORDS.COMPILER.ORDERS.bpf.o
 */
#include <glob.h>
#include <sys/mman.h>

#include "doctor/try.h"
#include "object.h"
#include "tests/latch_race.h"

#define CHANGES 100

/* Of each latch, from each side; LATCHKIT_READS sets another number, for slow machines. */
static lk_u64 enough_reads = 100000;

struct file {
	char path[256];
	const char *name;
	const struct latch_variant *variant;
	unsigned int words;
	bool acqrel; /* let the object use load-acquire and store-release */
};

/* One workload of an object that is loaded. */
struct loaded {
	struct subject subject;
	struct bpf_image object;
	lk_u64 *latch;
	lk_u64 stop, accepted;
};

static lk_u64 *global(const struct loaded *l, const char *name)
{
	return object_global(&l->object, name);
}

static void load(struct loaded *l, const struct file *f, bool sum)
{
	static const char *const publishing[] = {"publish", "read", NULL};
	static const char *const adding[] = {"accumulate", "read_sum", NULL};
	unsigned int *acqrel;

	*l = (struct loaded){.subject = {f->variant, sum, f->words}};
	object_open(&l->object, f->path);
	bpf_image_want(&l->object, sum ? adding : publishing);
	acqrel = bpf_image_constant(&l->object, "lk_order_acqrel");
	if (acqrel)
		*acqrel = f->acqrel;
	object_load(&l->object);
	l->latch = object_map(&l->object, sum ? "accumulated" : "published");
}

static int run(struct loaded *l, const char *program, lk_u64 rounds)
{
	order_store_relaxed(global(l, "rounds"), rounds);
	return bpf_image_run(&l->object, program);
}

static void *bpf_writes(void *arg)
{
	struct loaded *l = arg;

	pin(0);
	while (!order_load_relaxed(&l->stop))
		if (run(l, l->subject.accumulate ? "accumulate" : "publish", 20000))
			return l;
	return NULL;
}

static void *user_writes(void *arg)
{
	struct loaded *l = arg;

	pin(1);
	for (lk_u64 n = 1; !order_load_relaxed(&l->stop); n++)
		l->accepted += put(&l->subject, l->latch, n) == 0;
	return NULL;
}

static pthread_t start(struct loaded *l, void *(*writer)(void *))
{
	pthread_t thread;

	order_store_relaxed(&l->stop, 0);
	assert_int_equal(pthread_create(&thread, NULL, writer, l), 0);
	return thread;
}

static void end(struct loaded *l, pthread_t writer)
{
	void *failed;

	order_store_relaxed(&l->stop, 1);
	pthread_join(writer, &failed);
	assert_null(failed);
}

/* User space reads what programs write, until enough was seen, or something torn. */
static void race_read(struct loaded *l)
{
	const struct subject *s = &l->subject;
	/* The latch that is none must be seen to fail. */
	bool must_tear = strcmp(s->variant->name, "raw") == 0 && s->words > 1;
	pthread_t writer;
	struct seen seen;

	pin(1);
	writer = start(l, bpf_writes);
	seen = watch(s, l->latch, must_tear ? ~0ULL : enough_reads, CHANGES, must_tear ? 20 : 5);
	end(l, writer);
	assert_true(seen.changes > 0 || seen.torn);
	assert_int_equal(seen.torn > 0, must_tear);
	assert_true(must_tear || !seen.backward);
}

/* Programs read what user space writes. */
static void race_write(struct loaded *l)
{
	lk_u64 *reads = global(l, "reads");
	double until = now_s() + 1;
	pthread_t writer;

	pin(0);
	order_store_relaxed(global(l, "newest"), 0);
	writer = start(l, user_writes);
	while (order_load_relaxed(reads) < enough_reads && now_s() < until)
		assert_int_equal(run(l, l->subject.accumulate ? "read_sum" : "read", 2000), 0);
	end(l, writer);
	assert_true(*reads > 0);
	if (l->subject.variant->soundness != LATCH_COUNTEREXAMPLE) {
		assert_int_equal(*global(l, "torn"), 0);
		assert_int_equal(*global(l, "backward"), 0);
	}
}

/* The record is the sum of all writes that were accepted. */
static void assert_total(const struct loaded *l)
{
	lk_u64 record[LATCH_MAX_WORDS];

	if (!l->subject.accumulate)
		return;
	assert_int_equal(get(&l->subject, l->latch, record, TRIES), 0);
	assert_int_equal(record[0], *global(l, "accepted") + l->accepted);
}

static const char *cannot_load, *no_acqrel;

static void workload(const struct file *f, bool sum)
{
	struct loaded l;

	skip_with_reason(cannot_load ? cannot_load : f->acqrel ? no_acqrel : NULL);
	load(&l, f, sum);
	race_read(&l);
	assert_total(&l);
	if (!sum)
		memset(l.latch, 0, latch_words(&l.subject) * 8);
	race_write(&l);
	assert_total(&l);
	munmap(l.latch, latch_words(&l.subject) * 8);
	bpf_image_close(&l.object);
}

static void test_publish(void **state)
{
	workload(*state, false);
}

static void test_accumulate(void **state)
{
	workload(*state, true);
}

static void add(const char *path, bool acqrel)
{
	struct file *f = calloc(1, sizeof(*f));
	char variant[64];

	assert_non_null(f);
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->name = strrchr(f->path, '/') + 1;
	f->acqrel = acqrel;
	if (sscanf(f->name, "latch.%63[^.].%u.", variant, &f->words) == 2)
		f->variant = latch_variant_find(variant);
	if (!f->variant)
		return; /* of an older build */
	for (int sum = 0; sum < 2; sum++)
		test_add(sum ? test_accumulate : test_publish, f, "%s%s", f->name,
			 acqrel ? " with load-acquire" : "");
}

static void find_reason_to_skip(void)
{
	struct feature_result result;

	try_bpf_load(&result);
	cannot_load = result.state == FEATURE_YES ? one_cpu()
						  : "this host does not let us load BPF programs";
	try_load_acquire(&result);
	if (result.state != FEATURE_YES)
		no_acqrel = "latch objects with load-acquire: this kernel refuses the instruction";
}

int main(void)
{
	const char *build = getenv("LATCHKIT_BUILD");
	char pattern[256];
	glob_t files;

	enough_reads = setting("LATCHKIT_READS", enough_reads);
	find_reason_to_skip();
	snprintf(pattern, sizeof(pattern), "%s/tests/bpf/latch.*.bpf.o", build ? build : "build");
	if (glob(pattern, 0, NULL, &files))
		return 1;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		add(files.gl_pathv[i], false);
		if (strstr(files.gl_pathv[i], ".model."))
			add(files.gl_pathv[i], true);
	}
	globfree(&files);
	return tests_run("latch objects", NULL, NULL);
}
