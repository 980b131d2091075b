// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nmi.c - an NMI right after every store that a BPF program makes to a latch.
 *
 * x86 reports the hit of a hardware watchpoint as an NMI. So a watchpoint on each word of the
 * latch in turn stops the writing program right after its store to that word, and a program that
 * runs in the NMI reads the latch, writes to it, or both (bpf/verify/nmi.bpf.c). The context probe
 * says that it was an NMI. The PMU, where there is one, interrupts at any instruction, else the
 * clock does, by an ordinary interrupt. On request, NMIs injected from outside take their place
 * (LATCHKIT_INJECT).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <latchkit/record.h>

#include "bpf/trace/shared.h"
#include "bpf/verify/nmi_shared.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/context.h"
#include "host/cpus.h"
#include "object/image.h"
#include "verify/core/watch.h"
#include "verify/core/nmi_source.h"
#include "verify/latch/set.h"

/* Writes of the first look at each word, and of one run by the clock or an injected NMI. */
#define LOOK_ROUNDS 24
#define CLOCK_ROUNDS 20000
#define CLOCK_NS 100000000ULL
/* NMIs for each workload, on all CPUs together: with 8 latches, a million. */
#define NMIS_WANTED 66000
/* Injected ones, and how long to wait for them: slow machines merge many that were asked for. */
#define INJECTED 1200
#define INJECTED_ENOUGH 400
#define INJECTED_NS 40000000000ULL
#define INJECTED_AGAIN_NS 4000000000ULL

/* Is the hit of a watchpoint an NMI here? */
#ifdef __x86_64__
#define NMI_WATCHPOINTS true
#else
#define NMI_WATCHPOINTS false
#endif

/* A site, as a record numbers it. */
enum { ACCUMULATE, WORD, CPU, NUMBERS };
static const char *const numbers[VERIFY_SITE_NUMBERS] = {"accumulate", "word", "cpu"};

struct nmi {
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct bpf_image image;
	const struct bpf_program *program; /* that runs in the NMI */
	bool accumulate;
	int cpu;
	lk_u64 *latch, *hits_by_context;
	size_t latch_bytes, words;
	struct nmi_site *sites;
	bool expected[NMI_SITES]; /* words that writes leave changed */
	lk_u64 address;
	uint64_t start;
	unsigned int parts; /* of the time that --seconds allows: begun so far */
	bool stop;
};

static lk_u64 *global(const struct nmi *t, const char *name)
{
	return bpf_image_global(&t->image, name);
}

/* The check, or the rest of it, cannot be done here. */
static __attribute__((format(printf, 2, 3))) void unavailable(struct nmi *t, const char *format,
							      ...)
{
	char why[192];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	t->stop = true;
	if (t->options->require_nmi)
		verify_fail(t->verdict, VERIFY_IDLE, NULL, "%s", why);
	else
		verify_skip(t->verdict, "%s", why);
}

/* -- the programs ----------------------------------------------------------------------------- */

static size_t latch_words(const struct nmi *t)
{
	const struct latch_ops *ops = latch_of(t->verdict)->ops;

	return t->accumulate ? ops->accumulate_words(NMI_WORDS) : ops->publish_words(NMI_WORDS);
}

static int load(struct nmi *t, const char *in_nmi)
{
	const char *programs[] = {"where", "write", in_nmi, NULL};
	int err = bpf_image_open(&t->image, "nmi", latch_of(t->verdict)->name);

	if (err)
		return err;
	context_settings(bpf_image_constant(&t->image, "settings"));
	*(int *)bpf_image_constant(&t->image, "accumulates") = t->accumulate;
	bpf_image_want(&t->image, programs);
	err = bpf_image_load(&t->image);
	err = err ? err : bpf_image_run(&t->image, "where");
	if (err)
		return err;
	t->program = bpf_object__find_program_by_name(t->image.object, in_nmi);
	t->latch = bpf_image_map(&t->image, "latches", &t->latch_bytes);
	t->sites = bpf_image_global(&t->image, "sites");
	t->hits_by_context = global(t, "contexts");
	t->address = *global(t, "address");
	t->words = latch_words(t);
	return t->latch ? 0 : -errno;
}

static void unload(struct nmi *t)
{
	if (t->latch)
		munmap(t->latch, t->latch_bytes);
	bpf_image_close(&t->image);
	t->latch = NULL;
}

/* A new program for a workload. Returns false, having said why, if there is none. */
static bool begin(struct nmi *t, bool accumulate, const char *in_nmi)
{
	int err;

	t->accumulate = accumulate;
	err = load(t, in_nmi);
	if (!err)
		return true;
	unload(t);
	if (err == -EPERM || err == -EACCES)
		unavailable(t, "BPF programs need root, or CAP_BPF and CAP_PERFMON");
	else
		unavailable(t, "the kernel refuses the programs: %s", error_text(err));
	return false;
}

static void write_rounds(struct nmi *t, lk_u64 rounds)
{
	*global(t, "rounds") = rounds;
	bpf_image_run(&t->image, "write");
	verify_alive();
}

/* Words that differ after some writes, one lap of all slots or more, are stored to. */
static void find_expected(struct nmi *t)
{
	write_rounds(t, 64);
	for (size_t i = 0; i < t->words; i++)
		t->expected[i] = t->latch[i] != 0;
}

/* With a record to replay: is this its word, or does it name none? */
static bool is_wanted(const struct nmi *t, size_t word)
{
	const struct verify_failure *f = t->options->replay;

	return !f || f->where_count != NUMBERS || f->where[WORD].value == NMI_ANYWHERE ||
	       f->where[WORD].value == word;
}

/* -- failures --------------------------------------------------------------------------------- */

/* What is known of a failure there. */
static struct verify_failure failed_at(const struct nmi *t, size_t site)
{
	const struct verify_site where = {numbers, {t->accumulate, site, (lk_u64)t->cpu}};
	struct verify_failure f = {.words = NMI_WORDS};

	snprintf(f.workload, sizeof(f.workload), "%s", t->accumulate ? "accumulate" : "publish");
	if (site == NMI_ANYWHERE)
		snprintf(f.site, sizeof(f.site), "anywhere");
	else
		snprintf(f.site, sizeof(f.site), "the store to word %zu of the latch", site);
	snprintf(f.context, sizeof(f.context), "a BPF program on CPU %d, interrupted by an NMI",
		 t->cpu);
	verify_site_tell(&where, &f);
	return f;
}

static void judge_reads(struct nmi *t, size_t i)
{
	const lk_u64 *record = global(t, "bad_record");
	const struct nmi_site *s = &t->sites[i];
	lk_u64 then = *global(t, "bad_committed");
	bool kept = *global(t, "bad_site") == i;
	struct verify_failure f = failed_at(t, i);

	if (s->torn)
		t->stop |= verify_fail(t->verdict, VERIFY_TORN, &f,
				       "torn: %llu of %llu reads; one of them %llu, %llu, %llu ...",
				       s->torn, s->torn + s->old + s->whole, kept ? record[0] : 0,
				       kept ? record[1] : 0, kept ? record[2] : 0);
	if (s->old)
		t->stop |= verify_fail(t->verdict, VERIFY_WRONG, &f,
				       "old: %llu of %llu reads; one of them %llu after %llu",
				       s->old, s->torn + s->old + s->whole, kept ? record[0] : 0,
				       kept ? then : 0);
	if (s->gave_up)
		t->stop |= verify_fail(
			t->verdict, VERIFY_LIVELOCK, &f,
			"a read in the NMI goes round and round: it waits for the writer that it "
			"interrupts; ended after %d tries, %llu times",
			NMI_TRIES, s->gave_up);
}

static void judge_writes(struct nmi *t, size_t i)
{
	bool may_be_busy = latch_may_be_busy(latch_of(t->verdict));
	const struct nmi_site *s = &t->sites[i];
	struct verify_failure f = failed_at(t, i);

	if (s->refused && !may_be_busy)
		t->stop |= verify_fail(t->verdict, VERIFY_REFUSED, &f,
				       "%llu of %llu writes in the NMI were refused", s->refused,
				       s->refused + s->accepted);
	/* Every word is stored to while the write side is owned. */
	if (!s->refused && s->accepted && may_be_busy && i != NMI_ANYWHERE)
		t->stop |= verify_fail(
			t->verdict, VERIFY_LOST, &f,
			"no write in the NMI was refused: the write side was not owned");
	if (!s->inside && i != NMI_ANYWHERE)
		t->stop |= verify_fail(t->verdict, VERIFY_IDLE, &f,
				       "no NMI came while a write was under way");
}

static void merge(lk_u64 *into, const lk_u64 *from)
{
	for (int i = 0; i < NMI_WORDS; i++)
		into[i] += from[i];
}

/* After it all the latch holds what was accepted: the sum, or what is published now. */
static void judge_end(struct nmi *t)
{
	const struct latch_ops *ops = latch_of(t->verdict)->ops;
	lk_u64 record[NMI_WORDS] = {0}, due;
	struct verify_failure f = failed_at(t, NMI_ANYWHERE);
	int r;

	write_rounds(t, 1);
	due = *global(t, "accepted");
	for (size_t i = 0; i < NMI_SITES; i++)
		due += t->sites[i].accepted;
	r = t->accumulate ? ops->read_sum(t->latch, NMI_WORDS, record, 10, merge)
			  : ops->read(t->latch, NMI_WORDS, record, 10);
	if (!t->accumulate)
		due = *global(t, "generation");
	if (r < 0)
		t->stop |= verify_fail(t->verdict, VERIFY_LIVELOCK, &f,
				       "nobody writes, and no read succeeds");
	else if (record[0] != due)
		t->stop |= verify_fail(t->verdict, VERIFY_LOST, &f,
				       "at the end %llu is there, not %llu", record[0], due);
}

static void judge_contexts(struct nmi *t, lk_u64 nmis, bool injected)
{
	lk_u64 known = t->hits_by_context[SAMPLED_NMI];
	struct verify_failure f = failed_at(t, NMI_ANYWHERE);

	if (nmis && !known && t->hits_by_context[SAMPLED_UNKNOWN])
		unavailable(t, "this kernel does not tell where a program runs: no NMI is proven");
	else if (known < nmis)
		t->stop |= verify_fail(t->verdict, VERIFY_IDLE, &f,
				       "%llu of %llu events were no NMIs, says the context probe",
				       nmis - known, nmis);
	else if (!nmis && injected)
		unavailable(t, "injected NMIs do not arrive here");
}

static void judge(struct nmi *t)
{
	for (size_t i = 0; i < NMI_SITES && !t->stop; i++) {
		const struct nmi_site *s = &t->sites[i];
		struct verify_failure f = failed_at(t, i);

		verify_count(t->verdict, "inside", s->inside);
		verify_count(t->verdict, "whole", s->whole);
		verify_count(t->verdict, "torn", s->torn);
		verify_count(t->verdict, "gave up", s->gave_up);
		verify_count(t->verdict, "accepted", s->accepted);
		verify_count(t->verdict, "refused", s->refused);
		verify_count(t->verdict, "sites", s->hits && i != NMI_ANYWHERE);
		if (i < t->words && t->expected[i] && !s->hits && is_wanted(t, i) &&
		    !getenv("LATCHKIT_INJECT"))
			t->stop |= verify_fail(t->verdict, VERIFY_IDLE, &f,
					       "it was never interrupted there");
		judge_reads(t, i);
		if (s->accepted + s->refused)
			judge_writes(t, i);
	}
	if (!t->stop)
		judge_end(t);
}

/* -- watchpoints ------------------------------------------------------------------------------ */

static lk_u64 hits(const struct nmi *t)
{
	lk_u64 n = 0;

	for (size_t i = 0; i < NMI_SITES; i++)
		n += t->sites[i].hits;
	return n;
}

/* Watch some words and write. Returns 0 or a negative errno. */
static int watch_group(struct nmi *t, size_t first, lk_u64 rounds)
{
	struct nmi_source sources[NMI_WATCHES] = {0};
	lk_u64 before = hits(t), events = 0;
	size_t n = t->words - first < NMI_WATCHES ? t->words - first : NMI_WATCHES;
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = nmi_source_watch(&sources[i], t->program, t->cpu,
				       t->address + 8 * (first + i), first + i);
	if (!err)
		write_rounds(t, rounds);
	for (size_t i = 0; i < n && !err; i++)
		events += nmi_source_events(&sources[i]);
	for (size_t i = 0; i < n; i++)
		nmi_source_detach(&sources[i]);
	verify_count(t->verdict, "missed", err ? 0 : events - (hits(t) - before));
	return err;
}

/* All words once. Returns the NMIs that came. */
static lk_u64 pass(struct nmi *t, lk_u64 rounds, bool only_hit)
{
	lk_u64 before = hits(t);

	for (size_t first = 0; first < t->words && !t->stop; first += NMI_WATCHES) {
		bool any = !only_hit, wanted = false;
		int err;

		for (size_t i = first; i < first + NMI_WATCHES && i < t->words; i++) {
			any |= t->sites[i].hits > 0;
			wanted |= is_wanted(t, i);
		}
		if (!any || !wanted)
			continue;
		err = watch_group(t, first, rounds);
		if (err)
			unavailable(t, "%s", nmi_source_why(err));
	}
	return hits(t) - before;
}

/* Each workload on each CPU has the same share of the time that --seconds allows. */
static bool part_is_over(const struct nmi *t)
{
	double share = t->options->seconds * 1e9 / (2 * cpus_count());

	return (double)(clock_now_ns() - t->start) >= share * t->parts;
}

static void watch_cpu(struct nmi *t)
{
	lk_u64 came, wanted = NMIS_WANTED / cpus_count();

	t->parts++;
	came = pass(t, LOOK_ROUNDS, false);
	if (came && !(t->options->seconds > 0))
		pass(t, wanted * LOOK_ROUNDS / came + 1, true);
	while (!t->stop && came && t->options->seconds > 0 && !part_is_over(t))
		pass(t, LOOK_ROUNDS, true);
}

/* -- sources that interrupt anywhere ----------------------------------------------------------- */

/* Write while the PMU or the clock interrupts. */
static void sample_cpu(struct nmi *t)
{
	lk_u64 before = t->sites[NMI_ANYWHERE].hits;
	uint64_t end = clock_now_ns() + CLOCK_NS;
	struct nmi_source source;
	bool is_nmi;

	if (nmi_source_sample(&source, t->program, t->cpu, NMI_ANYWHERE, &is_nmi))
		return;
	while (clock_now_ns() < end)
		write_rounds(t, CLOCK_ROUNDS);
	nmi_source_detach(&source);
	verify_count(t->verdict, is_nmi ? "pmu" : "clock", t->sites[NMI_ANYWHERE].hits - before);
}

static void on_each_cpu(struct nmi *t, void (*what)(struct nmi *t))
{
	for (unsigned int i = 0; i < cpus_count() && !t->stop; i++) {
		t->cpu = cpu_at(i, false);
		cpu_pin(t->cpu);
		what(t);
		cpu_unpin();
	}
}

static void check_workload(struct nmi *t, bool accumulate)
{
	const struct verify_failure *f = t->options->replay;
	lk_u64 nmis;

	if (f && f->where_count == NUMBERS && f->where[ACCUMULATE].value != accumulate)
		return;
	if (!begin(t, accumulate, "on_event"))
		return;
	find_expected(t);
	on_each_cpu(t, watch_cpu);
	nmis = hits(t);
	verify_count(t->verdict, "NMIs", nmis);
	if (!t->stop)
		judge_contexts(t, nmis, false);
	if (is_wanted(t, NMI_ANYWHERE))
		on_each_cpu(t, sample_cpu);
	if (!t->stop)
		judge(t);
	unload(t);
}

/* Write until enough NMIs came from outside. */
static void check_injected(struct nmi *t)
{
	uint64_t end = clock_now_ns() + INJECTED_NS, next = 0;
	struct nmi_source source = {.fd = -1};

	if (!begin(t, true, "on_nmi_handler"))
		return;
	source.link = bpf_program__attach(t->program);
	t->cpu = cpu_at(0, false);
	cpu_pin(t->cpu); /* where they arrive */
	if (!source.link)
		unavailable(t, "no tracepoint nmi:nmi_handler here");
	while (!t->stop && hits(t) < INJECTED_ENOUGH && clock_now_ns() < end) {
		if (clock_now_ns() > next && !nmi_source_request(INJECTED))
			unavailable(t, "the file that LATCHKIT_INJECT names cannot be written");
		else if (clock_now_ns() > next)
			next = clock_now_ns() + INJECTED_AGAIN_NS;
		write_rounds(t, 1000);
	}
	nmi_source_detach(&source);
	cpu_unpin();
	verify_count(t->verdict, "NMIs", hits(t));
	if (!t->stop)
		judge_contexts(t, hits(t), true);
	if (!t->stop)
		judge(t);
	unload(t);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct nmi t = {.options = options, .verdict = v, .start = clock_now_ns()};

	if (!NMI_WATCHPOINTS)
		unavailable(&t, "data watchpoints are no NMIs on this machine");
	else if (getenv("LATCHKIT_INJECT"))
		check_injected(&t);
	for (int accumulate = 0; accumulate < 2 && !t.stop && !getenv("LATCHKIT_INJECT");
	     accumulate++)
		check_workload(&t, accumulate);
}

static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	/* NMIs that come at any time hit the few instructions of a write seldom. */
	if (getenv("LATCHKIT_INJECT"))
		return (struct verify_expected_failures){
			0, VERIFY_BIT(VERIFY_TORN) | VERIFY_BIT(VERIFY_WRONG) |
				   VERIFY_BIT(VERIFY_LOST) | VERIFY_BIT(VERIFY_LIVELOCK)};
	return latch_expects(subject);
}

const struct verify_check verify_latch_nmi = {
	"nmi",	   "an NMI right after any store of a BPF program does no harm",
	"NMIs",	   expects,
	run_check, {"NMIs"}};
