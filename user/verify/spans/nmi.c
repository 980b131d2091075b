// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nmi.c - an NMI right after each store of a BPF program that starts and ends spans.
 *
 * x86 reports the hit of a hardware watchpoint as an NMI. So a watchpoint on the word of each place
 * in turn, and on each word of the key and the value there, stops the program right after its store
 * to that word. A program that runs in the NMI looks at all places, starts or ends the same key or
 * another one, and looks again (bpf/verify/spans.bpf.c). The context probe says that it was an NMI.
 * When the program has ended, all that both have started must be accounted for.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "bpf/verify/spans_nmi_shared.h"

/* After spans_nmi_shared.h, whose keys choose the latch. */
#include <latchkit/record.h>

#include "bpf/trace/shared.h"
#include "host/context.h"
#include "host/cpus.h"
#include "object/image.h"
#include "verify/core/nmi_sites.h"
#include "verify/core/watch.h"
#include "verify/spans/code.h"
#include "verify/spans/set.h"

/* Times that the program runs while the same words are watched. */
#define ROUNDS 40

struct nmi {
	struct nmi_sites at;
	struct bpf_image image;
	struct spans_table table;
	size_t bytes;
	struct spans_nmi_site *sites;
	struct spans_nmi_tally *own, *nested;
	lk_u64 *taken, *numbered;
};

/* -- failures ---------------------------------------------------------------------------------- */

static void tell_word(size_t number, char *site, size_t size)
{
	size_t place = number / SPANS_NMI_SITE_WORDS, word = number % SPANS_NMI_SITE_WORDS;

	if (!word)
		snprintf(site, size, "a store to the word of place %zu", place);
	else if (word <= SPANS_NMI_KEY)
		snprintf(site, size, "the store to word %zu of the key of place %zu", word - 1,
			 place);
	else
		snprintf(site, size, "the store to word %zu of the value of place %zu",
			 word - 1 - SPANS_NMI_KEY, place);
}

static struct verify_failure failed_at(const struct nmi *t, size_t number)
{
	struct verify_failure f = nmi_failure(&t->at, number, "pairs");

	f.words = SPANS_NMI_KEY;
	tell_word(number, f.site, sizeof(f.site));
	return f;
}

static void judge_site(struct nmi *t, size_t number)
{
	const struct spans_nmi_site *s = &t->sites[number];
	bool kept = *(lk_u64 *)bpf_image_global(&t->image, "bad_site") == number;
	struct verify_failure f = failed_at(t, number);

	verify_count(t->at.verdict, "NMIs", s->hits);
	verify_count(t->at.verdict, "inside", s->inside);
	verify_count(t->at.verdict, "whole", s->whole);
	verify_count(t->at.verdict, "torn", s->torn);
	verify_count(t->at.verdict, "sites", s->hits != 0);
	if (s->torn)
		t->at.stop |= verify_fail(
			t->at.verdict, VERIFY_TORN, &f,
			"%llu of %llu starts are not whole; one of them key %#llx, time %llu",
			s->torn, s->torn + s->whole,
			kept ? *(lk_u64 *)bpf_image_global(&t->image, "bad_key") : 0,
			kept ? *(lk_u64 *)bpf_image_global(&t->image, "bad_time") : 0);
	if (!s->inside)
		t->at.stop |= verify_fail(t->at.verdict, VERIFY_IDLE, &f,
					  "no NMI came there while an operation was under way");
}

/* What the interrupted program has taken. */
static void judge_outside(struct nmi *t, size_t number)
{
	struct spans_nmi_site *s = bpf_image_global(&t->image, "outside");
	struct verify_failure f = failed_at(t, number);

	verify_count(t->at.verdict, "whole", s->whole);
	verify_count(t->at.verdict, "torn", s->torn);
	if (s->torn)
		t->at.stop |= verify_fail(t->at.verdict, VERIFY_TORN, &f,
					  "%llu of %llu starts that were taken are not whole",
					  s->torn, s->torn + s->whole);
	*s = (struct spans_nmi_site){0};
}

/* -- one round --------------------------------------------------------------------------------- */

/* Take all that is left, so that the next round begins with free places. Returns how many. */
static lk_u64 take_rest(struct nmi *t, lk_u64 *twice)
{
	lk_u64 key[SPANS_NMI_KEY], value[SPANS_NMI_VALUE], open = 0;

	for (unsigned int i = 0; i < SPANS_NMI_KEYS; i++) {
		lk_u64 hash;
		int n;

		key_make(key, SPANS_NMI_KEY, i, t->at.options->seed);
		hash = keyed_hash(key, SPANS_NMI_KEY, t->at.options->seed);
		n = spans_end(spans_bucket(&t->table, keyed_first(hash, SPANS_NMI_BUCKETS)),
			      spans_bucket(&t->table, keyed_second(hash, SPANS_NMI_BUCKETS)), key,
			      SPANS_NMI_KEY, value, SPANS_NMI_VALUE, hash);
		open += (lk_u64)n;
		if (n)
			t->taken[value[0] % SPANS_NMI_STARTS]++;
	}
	for (unsigned int i = 0; i < SPANS_NMI_STARTS; i++)
		*twice += t->taken[i] > 1;
	return open;
}

static lk_u64 not_free(const struct nmi *t)
{
	lk_u64 n = 0;

	for (unsigned int at = 0; at < SPANS_NMI_PLACES; at++)
		n += (spans_bucket(&t->table, at / SPANS_WAYS)[at % SPANS_WAYS] & SPANS_STATE) != 0;
	return n;
}

/* Nobody is under way: what the program and those in NMIs have started is accounted for. */
static void judge_round(struct nmi *t, size_t number)
{
	const struct spans_nmi_tally *a = t->own, *b = t->nested;
	struct verify_failure f = failed_at(t, number);
	lk_u64 put = a->put + b->put, full = a->full + b->full, ended = a->ended + b->ended,
	       restarted = a->restarted + b->restarted, twice = 0, open = take_rest(t, &twice);

	judge_outside(t, number);
	if (twice)
		t->at.stop |= verify_fail(t->at.verdict, VERIFY_TWICE, &f,
					  "%llu starts were taken more than once", twice);
	if (put != full + restarted + ended + open)
		t->at.stop |= verify_fail(
			t->at.verdict, VERIFY_LOST, &f,
			"%llu starts, but %llu without room, %llu replaced, %llu taken, %llu open",
			put, full, restarted, ended, open);
	else if (not_free(t))
		t->at.stop |=
			verify_fail(t->at.verdict, VERIFY_LOST, &f,
				    "%llu places are not free when all is ended", not_free(t));
	verify_count(t->at.verdict, "starts", put);
	verify_count(t->at.verdict, "full", full);
	verify_count(t->at.verdict, "restarted", restarted);
	verify_count(t->at.verdict, "unpaired", a->unpaired + b->unpaired);
	verify_count(t->at.verdict, "twins", a->twins + b->twins);
	memset(t->taken, 0, SPANS_NMI_STARTS * sizeof(*t->taken));
	memset(t->own, 0, sizeof(*t->own));
	memset(t->nested, 0, sizeof(*t->nested));
	*t->numbered = 0;
	if (!t->at.verdict->subject->holds)
		memset(t->table.words, 0, t->bytes);
}

static void judge(struct nmi *t)
{
	const lk_u64 *contexts = bpf_image_global(&t->image, "contexts");

	for (size_t i = 0; i < SPANS_NMI_SITES; i++)
		judge_site(t, i);
	nmi_judge_contexts(&t->at, contexts);
}

/* -- the programs ------------------------------------------------------------------------------ */

static int load(struct nmi *t)
{
	const struct spans_code *code = t->at.verdict->subject->self;
	struct bpf_map *map;
	int err = bpf_image_open(&t->image, "spans", code->name);

	if (err)
		return err;
	context_settings(bpf_image_constant(&t->image, "settings"));
	*(lk_u64 *)bpf_image_constant(&t->image, "seed") = t->at.options->seed;
	map = bpf_object__find_map_by_name(t->image.object, "table");
	err = bpf_map__set_max_entries(map, SPANS_NMI_BUCKETS);
	err = err ? err : bpf_image_load(&t->image);
	err = err ? err : bpf_image_run(&t->image, "where");
	if (err)
		return err;
	t->table.words = bpf_image_map(&t->image, "table", &t->bytes);
	t->at.program = bpf_object__find_program_by_name(t->image.object, "on_event");
	t->sites = bpf_image_global(&t->image, "sites");
	t->own = bpf_image_global(&t->image, "own");
	t->nested = bpf_image_global(&t->image, "nested");
	t->taken = bpf_image_global(&t->image, "taken");
	t->numbered = bpf_image_global(&t->image, "numbered");
	return t->table.words ? 0 : -errno;
}

static void end(struct nmi *t)
{
	if (t->table.words)
		munmap(t->table.words, t->bytes);
	bpf_image_close(&t->image);
}

/* -- watchpoints ------------------------------------------------------------------------------- */

/* Where that word is, in the kernel. */
static lk_u64 address_of(const struct nmi_sites *sites, size_t number)
{
	const struct nmi *t = (const struct nmi *)sites;
	const lk_u64 *buckets = bpf_image_global(&t->image, "addresses");
	unsigned int at = (unsigned int)(number / SPANS_NMI_SITE_WORDS);
	unsigned int word = (unsigned int)(number % SPANS_NMI_SITE_WORDS), place = at % SPANS_WAYS;
	unsigned int cell = SPANS_WAYS + place * spans_cell_words(SPANS_NMI_KEY, SPANS_NMI_VALUE);

	return buckets[at / SPANS_WAYS] + 8 * (word ? cell + word - 1 : place);
}

/* Start and end while the words of some sites are watched. */
static int run(struct nmi_sites *sites, size_t first)
{
	struct nmi *t = (struct nmi *)sites;
	int err = 0;

	for (int round = 0; round < ROUNDS && !err && !t->at.stop; round++) {
		err = bpf_image_run(&t->image, "pair");
		if (!err)
			judge_round(t, first);
		verify_count(t->at.verdict, "rounds", 1);
	}
	if (!err && !verify_has_time(t->at.verdict, "all stores"))
		t->at.stop = true;
	return err;
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	const struct spans_code *code = v->subject->self;
	struct nmi t = {.at = {.options = options,
			       .verdict = v,
			       .cpu = cpu_at(0, false),
			       .count = SPANS_NMI_SITES,
			       .address = address_of,
			       .run = run},
			.table = {.buckets = SPANS_NMI_BUCKETS,
				  .key_words = SPANS_NMI_KEY,
				  .value_words = SPANS_NMI_VALUE,
				  .seed = options->seed}};
	int err;

	_Static_assert(SPANS_NMI_SITES % NMI_WATCHES == 0, "all sites are watched");
	if (code->per_cpu) {
		verify_skip(v, "an NMI runs on the CPU that it interrupts: nothing would be seen");
		return;
	}
	if (!nmi_sites_possible(&t.at))
		return;
	err = load(&t);
	if (err) {
		nmi_not_loaded(&t.at, err);
	} else {
		cpu_pin(t.at.cpu);
		nmi_sites_watch(&t.at);
		cpu_unpin();
		if (!t.at.stop)
			judge(&t);
	}
	end(&t);
}

const struct verify_check verify_spans_nmi = {
	"nmi",
	"an NMI right after any store of an operation in a BPF program does no harm",
	"NMIs",
	spans_expects,
	run_check,
	{"NMIs", "inside", "whole", "torn", "sites", "rounds", "starts", "full", "restarted",
	 "twins", "unpaired"}};
