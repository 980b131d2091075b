// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_registry_bpf.c - the registries in BPF on the running kernel, by test run: what each
 * function returns, storms of two threads, nested in NMIs. Usage: registry_bpf [array|kptr]: those
 * objects (all) Objects: build/tests/bpf/registry.KIND.COMPILER.host.bpf.o
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "nmi_source.h"
#include "registry_object.h"
#include "trace_shared.h"

#include <latchkit/record.h>

/* Of each thread of the storm; LATCHKIT_READS sets another number, for slow machines. */
static lk_u64 storm_rounds = 200000;
#define STORM_IDS 3
#define ROUNDS_AT_ONCE 2000

static long ask(const struct registry_bpf *r, enum registry_request what, lk_u64 a, lk_u64 b)
{
	return registry_ask(r, what, a, b, 0);
}

static void skip_with_reason(const char *reason)
{
	if (!reason)
		return;
	print_message("skip: %s\n", reason);
	skip();
}

/* Skips the test where it cannot be run. */
static struct registry_bpf *begin(struct registry_file *f)
{
	skip_with_reason(registry_refused(f));
	skip_with_reason(f->failed ? "after a failure the rest would tell nothing" : NULL);
	return registry_begin(f);
}

/* -- one at a time ---------------------------------------------------------------------------- */

static void each_function_returns_what_it_says(void **state)
{
	static const lk_u64 ids[] = {0, 1, 1ULL << 32, ~0ULL};
	struct registry_bpf *r = begin(*state);

	for (int i = 0; i < 4; i++) {
		assert_int_equal(ask(r, REGISTRY_LOOKUP, ids[i], 0), -ENOENT);
		assert_int_equal(ask(r, REGISTRY_DELETE, ids[i], 0), -ENOENT);
		assert_int_equal(ask(r, REGISTRY_INSERT, ids[i], 0), 0);
		assert_int_equal(ask(r, REGISTRY_INSERT, ids[i], 0), -EEXIST);
		assert_int_equal(ask(r, REGISTRY_LOOKUP, ids[i], 0), 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(ask(r, REGISTRY_DELETE, ids[i], 0), 0);
		assert_int_equal(ask(r, REGISTRY_DELETE, ids[i], 0), -ENOENT);
		assert_int_equal(ask(r, REGISTRY_LOOKUP, ids[i], 0), -ENOENT);
	}
	assert_int_equal(r->found->looked, 4);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_DUPLICATE), 4);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_ABSENT), 8);
	registry_end(r);
}

static void a_full_registry_refuses(void **state)
{
	struct registry_file *f = *state;
	struct registry_bpf *r = begin(f);

	for (lk_u64 id = 0; id < REGISTRY_TEST_OBJECTS; id++)
		assert_int_equal(ask(r, REGISTRY_INSERT, id, 0), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(r, REGISTRY_INSERT, 100, 0), f->kptr ? -EBUSY : -ENOMEM);
	assert_int_equal(
		registry_count_of(r, f->kptr ? REGISTRY_BPF_INSERT_BUSY : REGISTRY_BPF_NO_OBJECT),
		3);
	assert_int_equal(ask(r, REGISTRY_DELETE, 5, 0), 0);
	assert_int_equal(ask(r, REGISTRY_INSERT, 100, 0), 0);
	registry_end(r);
}

/* The object stays as it is for who holds it, while its id is another's. */
static void what_is_held_outlives_its_id(void **state)
{
	struct registry_bpf *r = begin(*state);

	assert_int_equal(ask(r, REGISTRY_HOLD, 7, 0), -ENOENT);
	assert_int_equal(ask(r, REGISTRY_INSERT, 7, 0), 0);
	assert_int_equal(ask(r, REGISTRY_HOLD, 7, 0), 0);
	assert_int_equal(ask(r, REGISTRY_HOLD, 7, 1), 0);
	assert_int_equal(ask(r, REGISTRY_DELETE, 7, 0), 0);
	assert_int_equal(ask(r, REGISTRY_DELETE, 7, 0), -ENOENT);
	for (lk_u64 id = 10; id < 10 + REGISTRY_TEST_OBJECTS - 2; id++)
		assert_int_equal(ask(r, REGISTRY_INSERT, id, 0), 0);
	assert_int_equal(ask(r, REGISTRY_INSERT, 7, 0), 0);
	assert_int_equal(ask(r, REGISTRY_PUT, 0, 0), 0);
	assert_int_equal(ask(r, REGISTRY_PUT, 0, 0), -ENOENT);
	assert_int_equal(ask(r, REGISTRY_PUT, 0, 1), 0);
	assert_int_equal(r->found->looked, 2);
	registry_end(r);
}

/* -- stale, as by a race: what the hash map said is over -------------------------------------- */

static void say_index(const struct registry_bpf *r, lk_u64 id, unsigned int index)
{
	int fd = bpf_object__find_map_fd_by_name(r->image.object, "registry_ids");

	assert_int_equal(bpf_map_update_elem(fd, &id, &index, 0), 0);
}

static unsigned int index_of(const struct registry_bpf *r, lk_u64 id)
{
	int fd = bpf_object__find_map_fd_by_name(r->image.object, "registry_ids");
	unsigned int index;

	assert_int_equal(bpf_map_lookup_elem(fd, &id, &index), 0);
	return index;
}

static void forget(const struct registry_bpf *r, lk_u64 id)
{
	int fd = bpf_object__find_map_fd_by_name(r->image.object, "registry_ids");

	assert_int_equal(bpf_map_delete_elem(fd, &id), 0);
}

static void a_free_object_is_not_got(void **state)
{
	struct registry_bpf *r = begin(*state);
	unsigned int index;

	assert_int_equal(ask(r, REGISTRY_INSERT, 1, 0), 0);
	index = index_of(r, 1);
	assert_int_equal(ask(r, REGISTRY_DELETE, 1, 0), 0);
	say_index(r, 1, index);
	assert_int_equal(ask(r, REGISTRY_LOOKUP, 1, 0), -ENOENT);
	assert_int_equal(ask(r, REGISTRY_DELETE, 1, 0), -ENOENT);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_DYING), 2);
	forget(r, 1);
	registry_end(r);
}

static void another_object_is_put_back(void **state)
{
	struct registry_bpf *r = begin(*state);

	assert_int_equal(ask(r, REGISTRY_INSERT, 1, 0), 0);
	say_index(r, 2, index_of(r, 1));
	assert_int_equal(ask(r, REGISTRY_LOOKUP, 2, 0), -ENOENT);
	assert_int_equal(ask(r, REGISTRY_DELETE, 2, 0), -ENOENT);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_OTHER), 2);
	forget(r, 2);
	assert_int_equal(ask(r, REGISTRY_LOOKUP, 1, 0), 0);
	registry_end(r);
}

static void an_unlinked_object_is_not_found(void **state)
{
	struct registry_bpf *r = begin(*state);
	unsigned int index;

	assert_int_equal(ask(r, REGISTRY_INSERT, 1, 0), 0);
	index = index_of(r, 1);
	assert_int_equal(ask(r, REGISTRY_HOLD, 1, 0), 0);
	assert_int_equal(ask(r, REGISTRY_DELETE, 1, 0), 0);
	say_index(r, 1, index);
	assert_int_equal(ask(r, REGISTRY_LOOKUP, 1, 0), -ENOENT);
	assert_int_equal(ask(r, REGISTRY_DELETE, 1, 0), -ENOENT);
	forget(r, 1);
	assert_int_equal(ask(r, REGISTRY_PUT, 0, 0), 0);
	registry_end(r);
}

static void another_slot_is_not_its_own(void **state)
{
	struct registry_bpf *r = begin(*state);

	assert_int_equal(ask(r, REGISTRY_INSERT, 1, 0), 0);
	assert_int_equal(ask(r, REGISTRY_STALE, 1, 1), 0);
	assert_int_equal(ask(r, REGISTRY_STALE, 2, 1), -ENOENT);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_OTHER), 1);
	registry_end(r);
}

/* -- two threads ------------------------------------------------------------------------------ */

struct stormer {
	const struct registry_bpf *r;
	int cpu;
	lk_u64 rounds, ids;
	lk_u64 *stop;
	pthread_barrier_t *begin;
	long failed;
};

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *storms(void *arg)
{
	struct stormer *s = arg;

	pin(s->cpu);
	if (s->begin)
		pthread_barrier_wait(s->begin);
	for (lk_u64 n = 0; n < s->rounds && !s->failed; n += ROUNDS_AT_ONCE) {
		if (s->stop && order_load_relaxed(s->stop))
			break;
		s->failed = registry_ask(s->r, REGISTRY_STORM, ROUNDS_AT_ONCE,
					 n + 1000003 * (lk_u64)(s->cpu + 1), s->ids);
	}
	return NULL;
}

static void nothing_breaks_in_a_storm(void **state)
{
	struct stormer s[2];
	pthread_t thread[2];
	pthread_barrier_t both;
	struct registry_bpf *r;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip_with_reason("one CPU: threads never run at once");
	r = begin(*state);
	pthread_barrier_init(&both, NULL, 2);
	for (int i = 0; i < 2; i++) {
		s[i] = (struct stormer){
			.r = r, .cpu = i, .rounds = storm_rounds, .ids = STORM_IDS, .begin = &both};
		assert_int_equal(pthread_create(&thread[i], NULL, storms, &s[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(s[0].failed, 0);
	assert_int_equal(s[1].failed, 0);
	assert_true(registry_count_of(r, REGISTRY_BPF_INSERTED) > storm_rounds / 100);
	assert_true(registry_count_of(r, REGISTRY_BPF_HIT) > storm_rounds / 100);
	print_message(
		"note: %llu made, %llu deleted, %llu hits, %llu misses; met: %llu dying, "
		"%llu another by then, %llu busy\n",
		registry_count_of(r, REGISTRY_BPF_MADE), registry_count_of(r, REGISTRY_BPF_DELETED),
		registry_count_of(r, REGISTRY_BPF_HIT), registry_count_of(r, REGISTRY_BPF_MISS),
		registry_count_of(r, REGISTRY_BPF_DYING), registry_count_of(r, REGISTRY_BPF_OTHER),
		registry_count_of(r, REGISTRY_BPF_INSERT_BUSY) +
			registry_count_of(r, REGISTRY_BPF_DELETE_BUSY) +
			registry_count_of(r, REGISTRY_BPF_QUEUE_BUSY));
	registry_end(r);
}

/* -- nested in NMIs --------------------------------------------------------------------------- */

#define SITES 16
#define NMI_ROUNDS 300
#define NMI_PASSES 40
#define NMIS_ENOUGH 500
#define NMI_CPU 0

/* Words that the interrupted program stores to. Returns how many. The first is the key of an
 * element of the hash map, before its value: stored to with the bucket locked. */
static int sites_of(const struct registry_bpf *r, lk_u64 *sites)
{
	static const enum registry_bpf_count counted[] = {REGISTRY_BPF_MADE, REGISTRY_BPF_INSERTED,
							  REGISTRY_BPF_DELETED, REGISTRY_BPF_GOT};
	lk_u64 queue, at;
	int n = 0;

	assert_int_equal(ask(r, REGISTRY_INSERT, 0, 0), 0);
	assert_int_equal(ask(r, REGISTRY_WHERE, 0, 0), 0);
	assert_int_equal(ask(r, REGISTRY_DELETE, 0, 0), 0);
	sites[n++] = *object_global(&r->image, "id_address") - 8;
	for (int i = 0; i < 3 + r->file->kptr; i++)
		sites[n++] = *object_global(&r->image, "counts_address") + 8 * counted[i];
	if (r->file->kptr) {
		sites[n++] = sites[0] + 8;
		return n;
	}
	for (int i = 0; i < 6; i++) /* ref to payload[0] */
		sites[n++] = *object_global(&r->image, "object_address") + 8 * (lk_u64)i;
	queue = *object_global(&r->image, "queue_address");
	at = *object_global(&r->image, "queue_elements");
	if (at) { /* with the queue locked */
		sites[n++] = (queue + *object_global(&r->image, "queue_head")) & ~7ULL;
		sites[n++] = (queue + at + 7) & ~7ULL;
	}
	return n;
}

/* Run a short storm with some sites watched, from `first` on. Returns 0 or a negative errno. */
static int watch(const struct registry_bpf *r, const lk_u64 *sites, int first, int n)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(r->image.object, "on_nmi");
	struct nmi_source sources[NMI_WATCHES];
	int err = 0, i;

	for (i = 0; i < NMI_WATCHES && first + i < n && !err; i++)
		err = nmi_source_watch(&sources[i], p, NMI_CPU, sites[first + i],
				       first + i ? 0 : REGISTRY_TEST_LOCKED);
	if (!err)
		assert_int_equal(registry_ask(r, REGISTRY_STORM, NMI_ROUNDS, r->found->nmis,
					      REGISTRY_TEST_NMI_IDS),
				 0);
	while (i-- > 0)
		nmi_source_detach(&sources[i]);
	return err;
}

/* Everything that an NMI can do, and that can be refused there. */
static bool nmis_did_it_all(const struct registry_bpf *r)
{
	const struct registry_found *f = r->found;

	if (f->nmis < NMIS_ENOUGH || !f->nmi_inserted || !f->nmi_deleted || !f->nmi_hit ||
	    !f->nmi_insert_busy || !f->nmi_delete_busy)
		return false;
	return r->file->kptr || !*object_global(&r->image, "queue_elements") ||
	       (registry_count_of(r, REGISTRY_BPF_QUEUE_BUSY) &&
		registry_count_of(r, REGISTRY_BPF_STRANDED));
}

static void nothing_breaks_in_an_nmi(void **state)
{
	struct registry_file *f = *state;
	lk_u64 sites[SITES], stop = 0, nmis;
	struct stormer s = {.cpu = 1, .rounds = ~0ULL, .ids = REGISTRY_TEST_NMI_IDS, .stop = &stop};
	const struct registry_found *found;
	struct registry_bpf *r;
	pthread_t thread;
	int n, err = 0;

#ifndef __x86_64__
	skip_with_reason("data watchpoints are no NMIs on this machine");
#endif
	r = begin(f);
	found = r->found;
	pin(NMI_CPU);
	n = sites_of(r, sites);
	s.r = r;
	assert_int_equal(pthread_create(&thread, NULL, storms, &s), 0);
	for (int pass = 0; pass < NMI_PASSES && !err && !nmis_did_it_all(r); pass++)
		for (int i = 0; i < n && !err; i += NMI_WATCHES)
			err = watch(r, sites, i, n);
	order_store_relaxed(&stop, 1);
	pthread_join(thread, NULL);
	assert_int_equal(s.failed, 0);
	nmis = found->nmis;
	print_message("note: %llu NMIs: %llu inserted, %llu deleted, %llu hits; refused: %llu no "
		      "object, %llu inserts, %llu deletes busy; queue busy %llu, stranded %llu\n",
		      nmis, found->nmi_inserted, found->nmi_deleted, found->nmi_hit,
		      found->nmi_no_object, found->nmi_insert_busy, found->nmi_delete_busy,
		      registry_count_of(r, REGISTRY_BPF_QUEUE_BUSY),
		      registry_count_of(r, REGISTRY_BPF_STRANDED));
	if (err || (nmis && found->contexts[SAMPLED_UNKNOWN] == nmis)) {
		registry_end(r);
		skip_with_reason(err ? nmi_source_why(err)
				     : "this kernel does not tell where a program runs");
	}
	assert_int_equal(found->contexts[SAMPLED_NMI], nmis);
	assert_true(nmis_did_it_all(r));
	registry_end(r);
}

/* -- what only a kernel that allocates can do -------------------------------------------------- */

static void a_tracepoint_finds_it(void **state)
{
	struct registry_bpf *r = begin(*state);
	struct bpf_link *link;

	assert_int_equal(ask(r, REGISTRY_INSERT, 1, 0), 0);
	*object_global(&r->image, "syscall_number") = SYS_getppid;
	*object_global(&r->image, "tgid") = (lk_u64)getpid();
	link = bpf_program__attach(
		bpf_object__find_program_by_name(r->image.object, "on_tracepoint"));
	assert_non_null(link);
	syscall(SYS_getppid);
	syscall(SYS_getppid);
	assert_int_equal(*object_global(&r->image, "tracepoint_hits"), 2);
	assert_int_equal(*object_global(&r->image, "tracepoint_result"), 0);
	bpf_link__destroy(link);
	registry_end(r);
}

/* In an NMI the kernel has a reserve only; what it refuses is counted, and it recovers. */
static void allocation_ends_in_an_nmi(void **state)
{
	const struct bpf_program *p;
	struct nmi_source source;
	struct registry_bpf *r;
	lk_u64 made, refused;
	int err;

#ifndef __x86_64__
	skip_with_reason("data watchpoints are no NMIs on this machine");
#endif
	r = begin(*state);
	pin(NMI_CPU);
	assert_int_equal(ask(r, REGISTRY_INSERT, 0, 0), 0);
	assert_int_equal(ask(r, REGISTRY_WHERE, 0, 0), 0);
	assert_int_equal(ask(r, REGISTRY_NEW_MANY, 255, 0), 255);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_NO_OBJECT), 0);
	*object_global(&r->image, "make_in_nmi") = 255;
	p = bpf_object__find_program_by_name(r->image.object, "on_nmi");
	err = nmi_source_watch(&source, p, NMI_CPU,
			       *object_global(&r->image, "counts_address") + 8 * REGISTRY_BPF_HIT,
			       0);
	if (err) {
		registry_end(r);
		skip_with_reason(nmi_source_why(err));
	}
	assert_int_equal(ask(r, REGISTRY_LOOKUP, 0, 0), 0);
	nmi_source_detach(&source);
	made = *object_global(&r->image, "made_in_nmi");
	*object_global(&r->image, "make_in_nmi") = 0;
	refused = registry_count_of(r, REGISTRY_BPF_NO_OBJECT);
	print_message("note: bpf_obj_new made %llu objects in one NMI, then refused\n", made);
	assert_int_equal(r->found->nmis, 1);
	assert_true(made > 0);
	assert_int_equal(refused, made < 255);
	assert_int_equal(ask(r, REGISTRY_NEW_MANY, 255, 0), 255);
	registry_end(r);
}

/* -- all of them ------------------------------------------------------------------------------ */

static struct CMUnitTest tests[256];
static size_t test_count;

static void add(const char *name, CMUnitTestFunction test, struct registry_file *f)
{
	static char names[256][160];
	char *full = names[test_count];

	snprintf(full, sizeof(names[0]), "%s: %s", strrchr(f->path, '/') + 1, name);
	tests[test_count++] = (struct CMUnitTest){full, test, NULL, NULL, f};
}

#define ADD(test, f) add(#test, test, f)

static void add_file(const char *path, bool kptr)
{
	struct registry_file *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->kptr = kptr;
	ADD(each_function_returns_what_it_says, f);
	ADD(a_full_registry_refuses, f);
	ADD(what_is_held_outlives_its_id, f);
	if (kptr) {
		ADD(another_slot_is_not_its_own, f);
		ADD(a_tracepoint_finds_it, f);
		ADD(allocation_ends_in_an_nmi, f);
	} else {
		ADD(a_free_object_is_not_got, f);
		ADD(another_object_is_put_back, f);
		ADD(an_unlinked_object_is_not_found, f);
	}
	ADD(nothing_breaks_in_an_nmi, f);
	ADD(nothing_breaks_in_a_storm, f);
}

static void add_kind(const char *kind)
{
	const char *build = getenv("LATCHKIT_BUILD");
	char pattern[256];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/tests/bpf/registry.%s.*.bpf.o",
		 build ? build : "build", kind);
	if (glob(pattern, 0, NULL, &files))
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		add_file(files.gl_pathv[i], strcmp(kind, "kptr") == 0);
	globfree(&files);
}

int main(int argc, char **argv)
{
	const char *reads = getenv("LATCHKIT_READS"), *only = argc > 1 ? argv[1] : "";

	if (reads && atoi(reads) > 0)
		storm_rounds = (lk_u64)atoi(reads);
	if (strcmp(only, "kptr"))
		add_kind("array");
	if (strcmp(only, "array"))
		add_kind("kptr");
	if (!test_count) {
		fprintf(stderr, "registry_bpf: no objects\n");
		return 1;
	}
	return _cmocka_run_group_tests("registries in BPF", tests, test_count, NULL, NULL);
}
