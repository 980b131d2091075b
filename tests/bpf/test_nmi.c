// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_nmi.c - every latch, interrupted by real NMIs in the middle of a write.
 *
 * x86 reports a hit of a hardware watchpoint as an NMI. So a watchpoint on each word of the latch
 * in turn stops the writing program right after its store to it, and a program that runs there
 * reads the latch and writes to it. The context probe says that it was an NMI. Where someone
 * injects NMIs from outside (tools/vm does when asked), the tracepoint nmi:nmi_handler is a second
 * source. Objects: build/tests/bpf/nmi.VARIANT.bpf.o
 *
 * Usage: nmi                       the tests; LATCHKIT_NMI=watchpoint|injected: of that source
 *        nmi victim kprobe|raw_tp  attach a writer to getppid, print the kernel address of a word
 *                                  that each call stores to, wait to be ended
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
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
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <latchkit/record.h>

#include "context.h"
#include "latch_ops.h"
#include "object.h"
#include "trace_shared.h"

#define WORDS 8
#define GROUP 4 /* debug registers */
#define ROUNDS 200
#define INJECTED 1200
#define INJECTED_ENOUGH 400

struct subject {
	const struct latch_variant *variant;
	bool accumulates;
	char name[96];
};

static struct object nmi_open(const char *variant, bool accumulates, const char *const *programs)
{
	struct object o;
	char path[256];

	snprintf(path, sizeof(path), "%s/tests/bpf/nmi.%s.bpf.o",
		 getenv("LATCHKIT_BUILD") ? getenv("LATCHKIT_BUILD") : "build", variant);
	object_open(&o, path);
	context_settings(object_constant(&o, "settings"));
	*(int *)object_constant(&o, "accumulates") = accumulates;
	*(unsigned long long *)object_constant(&o, "victim_syscall") = SYS_getppid;
	object_want(&o, programs);
	object_load(&o);
	object_run(&o, "where");
	return o;
}

static lk_u64 value(struct object *o, const char *name)
{
	return *object_global(o, name);
}

static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* Stop at each store to that word on CPU 0. Returns the link, which owns *fd, or NULL and errno. */
static struct bpf_link *watch(struct object *o, lk_u64 address, int *fd)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = address,
		.bp_len = 8,
		.sample_period = 1,
	};

	*fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (*fd < 0)
		return NULL;
	return bpf_program__attach_perf_event(
		bpf_object__find_program_by_name(o->object, "on_event"), *fd);
}

static size_t latch_words(const struct subject *s)
{
	return s->accumulates ? s->variant->ops->accumulate_words(WORDS)
			      : s->variant->ops->publish_words(WORDS);
}

static void skip_because(const char *reason)
{
	print_message("skip: %s\n", reason);
	skip();
}

/* Only x86 stops after the store, and by an NMI. Others stop before it, again and again. */
static void need_nmi_watchpoints(void)
{
#ifndef __x86_64__
	skip_because("NMI: data watchpoints are no NMIs on this machine");
#endif
}

/* Watch four words and let the program write. Returns how many of the four were stored to. */
static unsigned int interrupt_group(struct object *o, size_t first, size_t words)
{
	struct bpf_link *links[GROUP] = {0};
	unsigned int stored = 0;
	int fd[GROUP];

	for (size_t i = 0; i < GROUP && first + i < words; i++) {
		links[i] = watch(o, value(o, "address") + (first + i) * 8, &fd[i]);
		if (!links[i] && (errno == EOPNOTSUPP || errno == ENODEV || errno == ENOENT))
			skip_because("NMI: no data watchpoints here");
		if (!links[i] && errno == ENOSPC)
			skip_because("NMI: the debug registers are taken");
		assert_non_null(links[i]);
	}
	*object_global(o, "rounds") = ROUNDS;
	object_run(o, "write");
	for (size_t i = 0; i < GROUP; i++) {
		unsigned long long count = 0;

		if (!links[i])
			continue;
		if (read(fd[i], &count, sizeof(count)) == sizeof(count))
			stored += count > 0;
		bpf_link__destroy(links[i]);
	}
	return stored;
}

/* What must hold of reads and writes made in an NMI, whatever its source. */
static void judge(struct object *o, const struct subject *s)
{
	bool raw = strcmp(s->variant->name, "raw") == 0;

	assert_int_equal(value(o, "hits"), object_global(o, "contexts")[SAMPLED_NMI]);
	if (!raw)
		assert_int_equal(value(o, "reads_torn"), 0);
	if (s->variant->nmi_safe)
		assert_int_equal(value(o, "reads_gave_up"), 0);
	if (strcmp(s->variant->refuses, "full") == 0)
		assert_int_equal(value(o, "nested_refused"), 0);
}

static void merge(lk_u64 *into, const lk_u64 *from)
{
	for (int i = 0; i < WORDS; i++)
		into[i] += from[i];
}

/* After it all the record holds what was accepted, no more and no less. */
static void judge_total(struct object *o, const struct subject *s, const lk_u64 *latch)
{
	lk_u64 record[WORDS];

	if (!s->accumulates || strcmp(s->variant->name, "raw") == 0)
		return;
	assert_int_equal(s->variant->ops->read_sum(latch, WORDS, record, 10, merge), 0);
	assert_int_equal(record[0], value(o, "accepted") + value(o, "nested_accepted"));
}

static void report(struct object *o, const struct subject *s, const char *source)
{
	print_message("nmi: %-28s %-10s %6llu NMIs: reads %llu whole, %llu gave up, %llu torn; "
		      "writes %llu accepted, %llu refused\n",
		      s->name, source, value(o, "hits"), value(o, "reads_whole"),
		      value(o, "reads_gave_up"), value(o, "reads_torn"),
		      value(o, "nested_accepted"), value(o, "nested_refused"));
}

static void test_watchpoints(void **state)
{
	static const char *const programs[] = {"where", "write", "on_event", NULL};
	const struct subject *s = *state;
	const size_t words = latch_words(s);
	unsigned int stored = 0;
	struct object o;

	need_nmi_watchpoints();
	o = nmi_open(s->variant->name, s->accumulates, programs);
	pin();
	for (size_t first = 0; first < words; first += GROUP)
		stored += interrupt_group(&o, first, words);
	report(&o, s, "watchpoint");
	assert_true(stored > WORDS / 2);
	assert_true(value(&o, "hits") >= ROUNDS);
	judge(&o, s);
	if (strcmp(s->variant->refuses, "busy") == 0)
		assert_true(value(&o, "nested_refused") > 0);
	if (strcmp(s->variant->name, "raw") == 0)
		assert_true(value(&o, "reads_torn") > 0);
	if (strcmp(s->variant->reader, "blocking") == 0)
		assert_true(value(&o, "reads_gave_up") > 0);
	judge_total(&o, s, object_map(&o, "latches"));
	object_close(&o);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Ask for NMIs in the file that LATCHKIT_INJECT names. Returns false if nobody is there to ask. */
static bool request_nmis(void)
{
	const char *path = getenv("LATCHKIT_INJECT");
	FILE *request = path ? fopen(path, "we") : NULL;

	if (!request)
		return false;
	fprintf(request, "\nlatchkit-vm: inject-nmi %d\n", INJECTED);
	fclose(request);
	return true;
}

/* Write until enough NMIs came; on a slow machine many that were asked for merge into one. */
static void write_through_nmis(struct object *o)
{
	double start = now_s(), next = start + 4;

	*object_global(o, "rounds") = 1000;
	while (value(o, "hits") < INJECTED_ENOUGH && now_s() < start + 40) {
		object_run(o, "write");
		if (now_s() > next) {
			request_nmis();
			next = now_s() + 4;
		}
	}
}

/* Ask for NMIs from outside and write until they came. */
static void test_injected(void **state)
{
	static const char *const programs[] = {"where", "write", "on_nmi_handler", NULL};
	const struct subject *s = *state;
	struct bpf_link *link;
	struct object o;

	if (!getenv("LATCHKIT_INJECT"))
		skip_because("NMI: nobody injects NMIs here");
	o = nmi_open(s->variant->name, s->accumulates, programs);
	link = bpf_program__attach(bpf_object__find_program_by_name(o.object, "on_nmi_handler"));
	if (!link)
		skip_because("NMI: no tracepoint nmi:nmi_handler here");
	pin();
	if (!request_nmis())
		skip_because("NMI: the file that LATCHKIT_INJECT names cannot be written");
	write_through_nmis(&o);
	bpf_link__destroy(link);
	report(&o, s, "injected");
	if (!value(&o, "hits"))
		skip_because("NMI: injected ones do not arrive here");
	assert_true(value(&o, "hits") >= INJECTED_ENOUGH);
	judge(&o, s);
	judge_total(&o, s, object_map(&o, "latches"));
	object_close(&o);
}

/* -- a writer for `latchkit trace` to interrupt -------------------------------------------------
 */

static int be_victim(const char *kind)
{
	char program[32];
	const char *programs[] = {"where", program, NULL};
	struct bpf_program *p;
	struct bpf_link *link;
	struct object o;

	snprintf(program, sizeof(program), "victim_%s", kind);
	o = nmi_open("seqcount_latch", true, programs);
	p = bpf_object__find_program_by_name(o.object, program);
	link = strcmp(kind, "kprobe") ? bpf_program__attach(p) :
#ifdef __aarch64__
				      bpf_program__attach_kprobe(p, false, "__arm64_sys_getppid");
#else
				      bpf_program__attach_kprobe(p, false, "__x64_sys_getppid");
#endif
	if (!link) {
		fprintf(stderr, "nmi: cannot attach %s: %s\n", program, strerror(errno));
		return 1;
	}
	/* The lock: stored to twice by each write. */
	printf("%#llx\n", value(&o, "address") + 8);
	fflush(stdout);
	pause();
	return 0;
}

/* -- the list of tests --------------------------------------------------------------------------
 */

static struct CMUnitTest tests[128];
static size_t test_count;

static void add(const struct latch_variant *v, bool accumulates, const char *what,
		CMUnitTestFunction function)
{
	struct subject *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	*s = (struct subject){.variant = v, .accumulates = accumulates};
	snprintf(s->name, sizeof(s->name), "%s %s%s", v->name,
		 accumulates ? "accumulate" : "publish", what);
	tests[test_count++] = (struct CMUnitTest){s->name, function, NULL, NULL, s};
}

int main(int argc, char **argv)
{
	const char *only = getenv("LATCHKIT_NMI"); /* the source of NMIs */

	if (argc == 3 && strcmp(argv[1], "victim") == 0)
		return be_victim(argv[2]);
	for (size_t i = 0; i < latch_variants_count(); i++) {
		if (!only || strcmp(only, "watchpoint") == 0) {
			add(latch_variant_get(i), false, "", test_watchpoints);
			add(latch_variant_get(i), true, "", test_watchpoints);
		}
		if (!only || strcmp(only, "injected") == 0)
			add(latch_variant_get(i), true, ", injected", test_injected);
	}
	return _cmocka_run_group_tests("nmi", tests, test_count, NULL, NULL);
}
