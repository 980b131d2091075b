// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_latch_bpf.c - every latch object on the running kernel: programs write by test run while
 * user space reads through mmap, and the other way round, under the oracle of related fields.
 * `raw` must be seen to tear. Objects: build/tests/bpf/latch.VARIANT.WORDS.COMPILER.ORDERS.bpf.o
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "latch/table.h"
#include "object.h"

#define CHANGES 100
#define TRIES 10000

/* Of each latch, from each side; LATCHKIT_READS sets another number, for slow machines. */
static lk_u64 enough_reads = 100000;

struct subject {
	char path[256];
	const char *file;
	const struct latch_variant *variant;
	unsigned int words;
	bool acqrel; /* let the object use load-acquire and store-release */
	char name[192];
	char orders[224]; /* the name of the test of its instructions */
};

struct loaded {
	const struct subject *s;
	struct bpf_image object;
	lk_u64 *published, *accumulated;
	lk_u64 stop;
};

static lk_u64 *global(struct loaded *l, const char *name)
{
	return object_global(&l->object, name);
}

static void load(struct loaded *l, const struct subject *s, bool sum)
{
	static const char *const publishing[] = {"publish", "read", NULL};
	static const char *const adding[] = {"accumulate", "read_sum", NULL};
	unsigned int *acqrel;

	memset(l, 0, sizeof(*l));
	l->s = s;
	object_open(&l->object, s->path);
	bpf_image_want(&l->object, sum ? adding : publishing);
	acqrel = bpf_image_constant(&l->object, "lk_order_acqrel");
	if (acqrel)
		*acqrel = s->acqrel;
	object_load(&l->object);
	l->published = object_map(&l->object, "published");
	l->accumulated = object_map(&l->object, "accumulated");
}

static void unload(struct loaded *l)
{
	const struct latch_ops *ops = l->s->variant->ops;

	munmap(l->published, ops->publish_words(l->s->words) * 8);
	munmap(l->accumulated, ops->accumulate_words(l->s->words) * 8);
	bpf_image_close(&l->object);
}

static int run(struct loaded *l, const char *program, lk_u64 rounds)
{
	order_store_relaxed(global(l, "rounds"), rounds);
	return bpf_image_run(&l->object, program);
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static unsigned int record_words;

static void apply(lk_u64 *r, const void *delta)
{
	for (unsigned int i = 0; i < record_words; i++)
		latch_word_set(r, i, latch_word_get(r, i) + *(const lk_u64 *)delta * (i + 1));
}

static void merge(lk_u64 *into, const lk_u64 *from)
{
	for (unsigned int i = 0; i < record_words; i++)
		into[i] += from[i];
}

static bool whole(const lk_u64 *r, bool sum)
{
	for (unsigned int i = 1; i < record_words; i++)
		if (r[i] != (sum ? r[0] * (i + 1) : r[0] ? r[0] + 1000 * i : 0))
			return false;
	return true;
}

struct race {
	struct loaded *l;
	bool sum;
	lk_u64 torn, backward, reads, changes, accepted;
};

static void *bpf_writes(void *arg)
{
	struct race *r = arg;

	pin(0);
	while (!order_load_relaxed(&r->l->stop))
		if (run(r->l, r->sum ? "accumulate" : "publish", 20000))
			return r;
	return NULL;
}

static int user_reads(struct race *r, lk_u64 *record)
{
	const struct latch_ops *ops = r->l->s->variant->ops;

	return r->sum ? ops->read_sum(r->l->accumulated, record_words, record, TRIES, merge)
		      : ops->read(r->l->published, record_words, record, TRIES);
}

/* User space reads what programs write, until enough was seen, or something torn. */
static void race_read(struct race *r, double seconds, lk_u64 reads)
{
	lk_u64 record[LATCH_MAX_WORDS], last = 0;
	double end = now_s() + seconds;
	pthread_t thread;
	void *failed;

	pin(1);
	assert_int_equal(pthread_create(&thread, NULL, bpf_writes, r), 0);
	for (; (r->reads < reads || r->changes < CHANGES) && !r->torn; r->reads++) {
		if (r->reads % 256 == 0 && now_s() > end)
			break;
		if (user_reads(r, record) < 0) {
			if (now_s() > end) /* a blocked reader is slow */
				break;
			continue;
		}
		r->torn += !whole(record, r->sum);
		r->backward += record[0] < last;
		r->changes += record[0] != last;
		last = record[0];
	}
	order_store_relaxed(&r->l->stop, 1);
	pthread_join(thread, &failed);
	assert_null(failed);
}

static void *user_writes(void *arg)
{
	struct race *r = arg;
	const struct latch_ops *ops = r->l->s->variant->ops;
	lk_u64 record[LATCH_MAX_WORDS], one = 1;

	pin(1);
	for (lk_u64 n = 1; !order_load_relaxed(&r->l->stop); n++) {
		for (unsigned int i = 0; i < record_words; i++)
			record[i] = n + 1000 * i;
		if (r->sum)
			r->accepted +=
				ops->accumulate(r->l->accumulated, record_words, apply, &one) == 0;
		else
			ops->publish(r->l->published, record_words, record, n);
	}
	return NULL;
}

/* Programs read what user space writes. */
static void race_write(struct race *r)
{
	lk_u64 *torn = global(r->l, "torn"), *reads = global(r->l, "reads");
	double end = now_s() + 1;
	pthread_t thread;

	pin(0);
	order_store_relaxed(&r->l->stop, 0);
	order_store_relaxed(global(r->l, "newest"), 0);
	assert_int_equal(pthread_create(&thread, NULL, user_writes, r), 0);
	while (order_load_relaxed(reads) < enough_reads && now_s() < end)
		assert_int_equal(run(r->l, r->sum ? "read_sum" : "read", 2000), 0);
	order_store_relaxed(&r->l->stop, 1);
	pthread_join(thread, NULL);
	assert_true(*reads > 0);
	if (r->l->s->variant->soundness != LATCH_COUNTEREXAMPLE) {
		assert_int_equal(*torn, 0);
		assert_int_equal(*global(r->l, "backward"), 0);
	}
}

static void workload(const struct subject *s, bool sum)
{
	bool raw = strcmp(s->variant->name, "raw") == 0;
	lk_u64 record[LATCH_MAX_WORDS];
	struct loaded l;
	struct race r = {.l = &l, .sum = sum};

	record_words = s->words;
	load(&l, s, sum);
	race_read(&r, raw ? 20 : 5, raw && s->words > 1 ? ~0ULL : enough_reads);
	assert_true(r.changes > 0 || r.torn);
	if (raw && s->words > 1)
		assert_true(r.torn > 0); /* it must */
	else
		assert_int_equal(r.torn + r.backward, 0);
	if (sum) {
		assert_int_equal(user_reads(&r, record), 0);
		assert_int_equal(record[0], *global(&l, "accepted"));
		race_write(&r);
		assert_int_equal(user_reads(&r, record), 0);
		assert_int_equal(record[0], *global(&l, "accepted") + r.accepted);
	} else {
		memset(l.published, 0, s->variant->ops->publish_words(s->words) * 8);
		race_write(&r);
	}
	unload(&l);
}

static const char *cannot_load, *no_acqrel;

static void skip_with_reason(const struct subject *s)
{
	const char *reason = cannot_load ? cannot_load : s->acqrel ? no_acqrel : NULL;

	if (!reason)
		return;
	print_message("skip: %s\n", reason);
	skip();
}

static void test_publish(void **state)
{
	skip_with_reason(*state);
	workload(*state, false);
}

static void test_accumulate(void **state)
{
	skip_with_reason(*state);
	workload(*state, true);
}

/* -- which instructions order what ------------------------------------------------------------ */

/* How many load-acquires and store-releases a loaded program has, as the kernel tells. */
static int acqrels_of(const struct bpf_image *o, const char *program)
{
	static struct bpf_insn insns[4096];
	struct bpf_prog_info info = {.xlated_prog_insns = (__u64)(uintptr_t)insns,
				     .xlated_prog_len = sizeof(insns)};
	struct bpf_program *p = bpf_object__find_program_by_name(o->object, program);
	__u32 size = sizeof(info);
	int n = 0;

	assert_int_equal(bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &size), 0);
	assert_in_range(info.xlated_prog_len, 1, sizeof(insns));
	for (size_t i = 0; i < info.xlated_prog_len / sizeof(*insns); i++)
		n += insns[i].code == (BPF_STX | BPF_ATOMIC | BPF_DW) &&
		     (insns[i].imm == 0x100 || insns[i].imm == 0x110);
	return n;
}

/* An object for this or any machine has load-acquire where the kernel has it, and needs it. */
static void what_the_kernel_has_is_used(void **state)
{
	static const char *const both[] = {"publish", "read", NULL};
	const struct subject *s = *state;
	struct bpf_image o;
	const unsigned int *acqrel;
	bool model;

	if (cannot_load) {
		print_message("skip: %s\n", cannot_load);
		skip();
	}
	object_open(&o, s->path);
	acqrel = bpf_image_constant(&o, "lk_order_acqrel");
	model = strstr(s->file, ".model.");
#ifndef __x86_64__
	model = true;
#endif
	assert_true(model == (acqrel != NULL));
	if (model)
		assert_int_equal(*acqrel, no_acqrel == NULL);
	bpf_image_want(&o, both);
	object_load(&o);
	if (model && !no_acqrel) {
		assert_true(acqrels_of(&o, "publish") > 0);
		assert_true(acqrels_of(&o, "read") > 0);
	} else {
		assert_int_equal(acqrels_of(&o, "publish") + acqrels_of(&o, "read"), 0);
	}
	bpf_image_close(&o);
}

/* -- all --------------------------------------------------------------------------------------- */

static struct CMUnitTest tests[1024];
static size_t test_count;

static void add(const char *path, bool acqrel)
{
	struct subject *s = calloc(1, sizeof(*s));
	char variant[64];

	assert_non_null(s);
	snprintf(s->path, sizeof(s->path), "%s", path);
	s->file = strrchr(s->path, '/') + 1;
	s->acqrel = acqrel;
	if (sscanf(s->file, "latch.%63[^.].%u.", variant, &s->words) != 2 ||
	    !latch_variant_find(variant))
		return; /* of an older build */
	s->variant = latch_variant_find(variant);
	snprintf(s->name, sizeof(s->name), "%s%s", s->file, acqrel ? " with load-acquire" : "");
	snprintf(s->orders, sizeof(s->orders), "%s: instructions", s->file);
	if (!acqrel && strcmp(s->variant->name, "bank") == 0 && s->words == 8)
		tests[test_count++] =
			(struct CMUnitTest){s->orders, what_the_kernel_has_is_used, NULL, NULL, s};
	tests[test_count++] = (struct CMUnitTest){s->name, test_publish, NULL, NULL, s};
	tests[test_count++] = (struct CMUnitTest){s->name, test_accumulate, NULL, NULL, s};
}

static bool has_load_acquire(void)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_0,
		 .src_reg = BPF_REG_10,
		 .off = -8,
		 .imm = 0x100},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "probe", "GPL", insns, 3, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void find_reason_to_skip(void)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "probe", "GPL", insns, 2, &opts);

	if (fd < 0)
		cannot_load = "this host does not let us load BPF programs";
	else if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		cannot_load = "one CPU: reader and writer never run at once";
	if (fd >= 0)
		close(fd);
	if (!has_load_acquire())
		no_acqrel = "latch objects with load-acquire: this kernel refuses the instruction";
}

int main(void)
{
	const char *build = getenv("LATCHKIT_BUILD"), *reads = getenv("LATCHKIT_READS");
	char pattern[256];
	glob_t files;

	if (reads && atoi(reads) > 0)
		enough_reads = (lk_u64)atoi(reads);
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
	return _cmocka_run_group_tests("latch objects", tests, test_count, NULL, NULL);
}
