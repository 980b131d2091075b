// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_latch_bpf.c - every latch object on the running kernel: programs write by test run while
 * user space reads through mmap, and the other way round, under the oracle of related fields.
 * `raw` must be seen to tear. Objects: build/tests/bpf/latch.VARIANT.WORDS.COMPILER.ORDERS.bpf.o
 */
#include <bpf/bpf.h>
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
	const struct latch_variant *variant;
	unsigned int words;
	bool acqrel; /* let the object use load-acquire and store-release */
};

/* One workload of an object that is loaded. */
struct loaded {
	struct race race; /* the first member */
	struct bpf_image object;
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
	size_t bytes;

	*l = (struct loaded){.race.subject = {f->variant, sum, f->words}};
	object_open(&l->object, f->path);
	bpf_image_want(&l->object, sum ? adding : publishing);
	acqrel = bpf_image_constant(&l->object, "lk_order_acqrel");
	if (acqrel)
		*acqrel = f->acqrel;
	assert_int_equal(bpf_image_load(&l->object), 0);
	l->race.latch = bpf_image_map(&l->object, sum ? "accumulated" : "published", &bytes);
	assert_non_null(l->race.latch);
}

static int run(struct loaded *l, const char *program, lk_u64 rounds)
{
	order_store_relaxed(global(l, "rounds"), rounds);
	return bpf_image_run(&l->object, program);
}

static void *bpf_writer(void *arg)
{
	struct loaded *l = arg;

	pin(l->race.cpu);
	while (!order_load_relaxed(&l->race.stop))
		if (run(l, l->race.subject.accumulate ? "accumulate" : "publish", 20000))
			return l;
	return NULL;
}

/* User space reads what programs write, until enough was seen, or something torn. */
static void race_read(struct loaded *l)
{
	struct seen seen;

	race_start(&l->race, bpf_writer, 0);
	seen = race_watch(&l->race, enough_reads, CHANGES);
	race_stop(&l->race);
	assert_seen(&l->race.subject, &seen);
}

/* Programs read what user space writes. */
static void race_write(struct loaded *l)
{
	const struct subject *s = &l->race.subject;
	lk_u64 *reads = global(l, "reads");
	double end = now_s() + 1;

	order_store_relaxed(global(l, "newest"), 0);
	race_start(&l->race, race_writer, 1);
	while (order_load_relaxed(reads) < enough_reads && now_s() < end)
		assert_int_equal(run(l, s->accumulate ? "read_sum" : "read", 2000), 0);
	race_stop(&l->race);
	assert_true(*reads > 0);
	if (s->variant->soundness != LATCH_COUNTEREXAMPLE) {
		assert_int_equal(*global(l, "torn"), 0);
		assert_int_equal(*global(l, "backward"), 0);
	}
}

/* The record is the sum of all writes that were accepted. */
static void assert_total(const struct loaded *l)
{
	if (l->race.subject.accumulate)
		assert_int_equal(race_left(&l->race), *global(l, "accepted") + l->race.accepted);
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
		memset(l.race.latch, 0, latch_words(&l.race.subject) * 8);
	race_write(&l);
	assert_total(&l);
	munmap(l.race.latch, latch_words(&l.race.subject) * 8);
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
	const struct file *f = *state;
	struct bpf_image o;
	const unsigned int *acqrel;
	bool model;

	skip_with_reason(cannot_load);
	object_open(&o, f->path);
	acqrel = bpf_image_constant(&o, "lk_order_acqrel");
	model = strstr(strrchr(f->path, '/'), ".model.");
#ifndef __x86_64__
	model = true;
#endif
	assert_true(model == (acqrel != NULL));
	if (model)
		assert_int_equal(*acqrel, no_acqrel == NULL);
	bpf_image_want(&o, both);
	assert_int_equal(bpf_image_load(&o), 0);
	if (model && !no_acqrel) {
		assert_true(acqrels_of(&o, "publish") > 0);
		assert_true(acqrels_of(&o, "read") > 0);
	} else {
		assert_int_equal(acqrels_of(&o, "publish") + acqrels_of(&o, "read"), 0);
	}
	bpf_image_close(&o);
}

static void add(const char *path, bool acqrel)
{
	struct file *f = calloc(1, sizeof(*f));
	char variant[64];
	const char *name;

	assert_non_null(f);
	snprintf(f->path, sizeof(f->path), "%s", path);
	name = strrchr(path, '/') + 1;
	f->acqrel = acqrel;
	if (sscanf(name, "latch.%63[^.].%u.", variant, &f->words) == 2)
		f->variant = latch_variant_find(variant);
	if (!f->variant)
		return; /* of an older build */
	if (!acqrel && strcmp(f->variant->name, "bank") == 0 && f->words == 8)
		test_add(what_the_kernel_has_is_used, f, "%s: instructions", name);
	for (int sum = 0; sum < 2; sum++)
		test_add(sum ? test_accumulate : test_publish, f, "%s%s", name,
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
		no_acqrel = "latch objects with load-acquire: this kernel refuses the instruction";
}

int main(void)
{
	enough_reads = setting("LATCHKIT_READS", enough_reads);
	find_reason_to_skip();
	objects_for_each("latch.*", add_both);
	return tests_run("latch objects", NULL, NULL);
}
