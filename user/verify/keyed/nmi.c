// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nmi.c - an NMI right after each store of a BPF program that claims places for keys.
 *
 * x86 reports the hit of a hardware watchpoint as an NMI. So a watchpoint on the fingerprint and on
 * each word of the key of each place in turn stops the program right after its store to that word.
 * A program that runs in the NMI looks at all places, counts the same key or another one, and looks
 * again (bpf/verify/keyed.bpf.c). The context probe says that it was an NMI. When the program has
 * ended, what both have counted must be there.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "bpf/verify/keyed_nmi_shared.h"

/* After keyed_shared.h, which chooses the latch. */
#include <latchkit/record.h>

#include "bpf/trace/shared.h"
#include "host/context.h"
#include "host/cpus.h"
#include "object/image.h"
#include "verify/core/nmi_sites.h"
#include "verify/core/watch.h"
#include "verify/keyed/code.h"
#include "verify/keyed/set.h"

/* Tables that are filled while the same words are watched. */
#define ROUNDS 150

struct nmi {
	struct nmi_sites at;
	struct bpf_image image;
	struct keyed_table table;
	size_t bytes;
	struct keyed_nmi_site *sites;
	const struct keyed_nmi_tally *own, *nested;
	lk_u64 due[KEYED_NMI_KEYS]; /* what was counted before the table that is counted in now */
};

/* -- failures --------------------------------------------------------------------------------- */

static struct verify_failure failed_at(const struct nmi *t, size_t number)
{
	struct verify_failure f = nmi_failure(&t->at, number, "claim");
	size_t place = number / KEYED_NMI_SITE_WORDS, word = number % KEYED_NMI_SITE_WORDS;

	f.words = KEYED_NMI_WORDS;
	if (word)
		snprintf(f.site, sizeof(f.site), "the store to word %zu of the key of place %zu",
			 word - 1, place);
	else
		snprintf(f.site, sizeof(f.site), "a store to the fingerprint of place %zu", place);
	return f;
}

static void judge_site(struct nmi *t, size_t number)
{
	const struct keyed_nmi_site *s = &t->sites[number];
	const lk_u64 *key = bpf_image_global(&t->image, "bad_key");
	bool kept = *(lk_u64 *)bpf_image_global(&t->image, "bad_site") == number;
	struct verify_failure f = failed_at(t, number);

	verify_count(t->at.verdict, "NMIs", s->hits);
	verify_count(t->at.verdict, "inside", s->inside);
	verify_count(t->at.verdict, "whole", s->whole);
	verify_count(t->at.verdict, "torn", s->torn);
	verify_count(t->at.verdict, "sites", s->hits != 0);
	if (s->torn)
		t->at.stop |=
			verify_fail(t->at.verdict, VERIFY_TORN, &f,
				    "%llu of %llu keys of places that are ready are not whole; "
				    "one of them %#llx, %#llx, %#llx",
				    s->torn, s->torn + s->whole, kept ? key[0] : 0,
				    kept ? key[1] : 0, kept ? key[2] : 0);
	if (!s->inside)
		t->at.stop |= verify_fail(t->at.verdict, VERIFY_IDLE, &f,
					  "no NMI came there while a find was under way");
}

/* What the program and those in NMIs counted is there: in one table, when nobody counts. */
static void judge_sums(struct nmi *t, size_t number)
{
	lk_u64 key[KEYED_MAX_KEY_WORDS], sum, counted;
	struct verify_failure f = failed_at(t, number);

	for (unsigned int i = 0; i < KEYED_NMI_KEYS; i++) {
		unsigned int at, cells = 0;

		sum = 0;
		key_make(key, KEYED_NMI_WORDS, i, t->at.options->seed);
		at = keyed_twin(&t->table, key, 0);
		if (at < keyed_places(&t->table))
			cells = key_read(&t->table, key, at, 2, &sum);
		counted = t->own->counted[i] + t->nested->counted[i];
		if (sum != counted - t->due[i])
			t->at.stop |= verify_fail(t->at.verdict, VERIFY_LOST, &f,
						  "key %u: %llu counted, %llu there", i,
						  counted - t->due[i], sum);
		t->due[i] = counted;
		verify_count(t->at.verdict, "twins", cells > 1 ? cells - 1 : 0);
	}
}

static void judge(struct nmi *t)
{
	const lk_u64 *contexts = bpf_image_global(&t->image, "contexts");

	for (size_t i = 0; i < KEYED_NMI_SITES; i++)
		judge_site(t, i);
	verify_count(t->at.verdict, "refused", t->own->refused + t->nested->refused);
	if (t->own->busy + t->nested->busy)
		verify_fail(t->at.verdict, VERIFY_REFUSED, NULL,
			    "%llu writes of records were refused", t->own->busy + t->nested->busy);
	nmi_judge_contexts(&t->at, contexts);
}

/* -- the programs ------------------------------------------------------------------------------ */

static int load(struct nmi *t)
{
	const struct keyed_code *code = t->at.verdict->subject->self;
	struct bpf_map *map;
	int err = bpf_image_open(&t->image, "keyed", code->name);

	if (err)
		return err;
	context_settings(bpf_image_constant(&t->image, "settings"));
	*(lk_u64 *)bpf_image_constant(&t->image, "seed") = t->at.options->seed;
	map = bpf_object__find_map_by_name(t->image.object, "table");
	err = bpf_map__set_max_entries(map, KEYED_NMI_BUCKETS);
	err = err ? err : bpf_image_load(&t->image);
	err = err ? err : bpf_image_run(&t->image, "where");
	if (err)
		return err;
	t->table.words = bpf_image_map(&t->image, "table", &t->bytes);
	t->at.program = bpf_object__find_program_by_name(t->image.object, "on_event");
	t->sites = bpf_image_global(&t->image, "sites");
	t->own = bpf_image_global(&t->image, "own");
	t->nested = bpf_image_global(&t->image, "nested");
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
	unsigned int at = (unsigned int)(number / KEYED_NMI_SITE_WORDS);
	unsigned int word = (unsigned int)(number % KEYED_NMI_SITE_WORDS), place = at % KEYED_WAYS;
	unsigned int from_bucket =
		word ? KEYED_WAYS + place * keyed_cell_words(KEYED_NMI_WORDS, KEYED_LATCH) + word -
				1
		     : place;

	return buckets[at / KEYED_WAYS] + 8 * from_bucket;
}

/* Fill tables while the words of some sites are watched. */
static int run(struct nmi_sites *sites, size_t first)
{
	struct nmi *t = (struct nmi *)sites;
	int err = 0;

	for (int round = 0; round < ROUNDS && !err && !t->at.stop; round++) {
		memset(t->table.words, 0, t->bytes);
		err = bpf_image_run(&t->image, "count");
		if (!err)
			judge_sums(t, first);
		verify_count(t->at.verdict, "tables", 1);
	}
	if (!err && !verify_has_time(t->at.verdict, "all stores"))
		t->at.stop = true;
	return err;
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct nmi t = {.at = {.options = options,
			       .verdict = v,
			       .cpu = cpu_at(0, false),
			       .count = KEYED_NMI_SITES,
			       .address = address_of,
			       .run = run},
			.table = {.buckets = KEYED_NMI_BUCKETS,
				  .key_words = KEYED_NMI_WORDS,
				  .latch_words = KEYED_LATCH,
				  .seed = options->seed}};
	int err;

	_Static_assert(KEYED_NMI_SITES % NMI_WATCHES == 0, "all sites are watched");
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

const struct verify_check verify_keyed_nmi = {
	"nmi",	   "an NMI right after any store of a claim in a BPF program does no harm",
	"NMIs",	   keyed_expects,
	run_check, {"NMIs", "inside", "whole", "torn", "sites", "tables", "refused", "twins"}};
