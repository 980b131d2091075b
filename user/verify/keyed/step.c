// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * step.c - an interruption at each machine instruction of a find-or-claim: it finds a key that is
 * there, claims a place in the first bucket or in the second, the last one that is free, or none.
 *
 * There, as a signal handler or an NMI would, others count the same key, another one, and as many
 * as fill both buckets, and read all of it before and after. Then the find goes on, its key is
 * counted, and all is read again. One level deeper, a find of the same or of another key interrupts
 * the first, and is itself interrupted: at each pair of their instructions of which one comes right
 * after a store to the table, as only stores change what others do.
 *
 * What must hold at every moment: a place that is ready has its key, whole, and the fingerprint of
 * that; every key that was counted is met once, and its places together have counted exactly what
 * was counted; nobody is refused while a place is free; who gets a latch gets that of its key.
 */
#include <stdio.h>

#include "verify/core/watch.h"
#include "verify/keyed/scene.h"
#include "verify/keyed/set.h"

static const struct situation {
	const char *name;
	unsigned int first, second; /* keys in the buckets that the key tries first and second */
	bool there; /* the key itself */
	bool pairs; /* with a second find at each instruction */
} situations[] = {
	{"claim", 2, 1, false, true},
	{"second bucket", KEYED_WAYS, 3, false, false},
	{"last place", KEYED_WAYS, KEYED_WAYS - 1, false, true},
	{"find", 2, 1, true, false},
	{"full table", KEYED_WAYS, KEYED_WAYS, false, false},
};
#define SITUATIONS (sizeof(situations) / sizeof(situations[0]))

/* L: look, S: count the same key, O: another one, F: as many as find room. */
static const struct act {
	const char *name, *program;
} acts[] = {
	{"a count of the same key", "LSL"},
	{"counts that fill the table", "LFL"},
	{"a count of another key", "LOL"},
	{"two counts of the same key, and those that fill the table", "LSSFL"},
};
#define ACTS (sizeof(acts) / sizeof(acts[0]))
/* The first ones also interrupt a second find. */
#define ACTS_OF_PAIRS 2

/* A second find is of key 0, the same, or of key 1; there may be none. */
#define NOBODY 2
/* Pairs only with keys of the middle size: they take most of the time. */
#define SIZE_OF_PAIRS 1

enum { SIZE_, SITUATION, SECOND, ACT, BOUNDARY, SECOND_BOUNDARY };
static const char *const numbers[VERIFY_SITE_NUMBERS] = {
	"size", "situation", "second", "act", "boundary", "second_boundary",
};

static struct step {
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	struct scene scene;
	struct path first, second;
	bool stop;
} the_step;

/* -- failures --------------------------------------------------------------------------------- */

static const struct keyed_size *size_of(const struct step *t)
{
	return &t->scene.code->sizes[t->site.at[SIZE_]];
}

static const char *key_name(lk_u64 key)
{
	return key ? "another key" : "the same key";
}

static void describe(struct verify_failure *f)
{
	const struct step *t = &the_step;
	const struct situation *situation = &situations[t->site.at[SITUATION]];
	size_t n;

	snprintf(f->workload, sizeof(f->workload), "%s", situation->name);
	f->words = size_of(t)->key_words;
	n = (size_t)snprintf(f->context, sizeof(f->context), "interrupted before instruction %llu",
			     t->site.at[BOUNDARY]);
	if (t->site.at[SECOND] != NOBODY)
		n += (size_t)snprintf(f->context + n, sizeof(f->context) - n,
				      " by a find of %s, that before instruction %llu",
				      key_name(t->site.at[SECOND]), t->site.at[SECOND_BOUNDARY]);
	snprintf(f->context + n, sizeof(f->context) - n, " by %s", acts[t->site.at[ACT]].name);
	keyed_code_site(t->scene.code, t->first.pc[t->site.at[BOUNDARY]], f->site, sizeof(f->site));
	verify_site_tell(&t->site, f);
}

static void judge(struct step *t)
{
	struct verify_failure f = {0};

	verify_alive();
	verify_count(t->verdict, "runs", 1);
	if (t->scene.fault) {
		describe(&f);
		t->stop |= verify_fail(t->verdict, t->scene.fault, &f, "%s", t->scene.said);
	}
	t->stop = t->stop || !verify_has_time(t->verdict, "all boundaries");
}

static bool wanted(const struct step *t, unsigned int first, unsigned int last)
{
	return !t->stop && verify_site_wanted(&t->site, t->options->replay, first, last);
}

/* -- one run ---------------------------------------------------------------------------------- */

static void begin(struct step *t, struct scene_find *f)
{
	const struct situation *situation = &situations[t->site.at[SITUATION]];

	scene_begin(&t->scene, size_of(t), situation->first, situation->second);
	if (situation->there)
		scene_count(&t->scene, 0);
	scene_before(&t->scene, f, 0);
}

static void act(void *arg)
{
	struct step *t = arg;

	for (const char *p = acts[t->site.at[ACT]].program; *p; p++) {
		if (*p == 'L')
			scene_look(&t->scene);
		else if (*p == 'F')
			scene_fill(&t->scene);
		else
			scene_count(&t->scene, *p == 'O');
	}
}

/* A second find, which is followed, or, once its instructions are known, stopped. */
static void follow_second(void *arg)
{
	struct step *t = arg;
	struct scene_find f;

	scene_before(&t->scene, &f, (unsigned int)t->site.at[SECOND]);
	path_follow(&t->second, scene_operation(&f), VERIFY_HANG);
	scene_after(&f);
}

static void stop_second(void *arg)
{
	struct step *t = arg;
	struct scene_find f;

	scene_before(&t->scene, &f, (unsigned int)t->site.at[SECOND]);
	if (!path_stop(&t->second, t->site.at[SECOND_BOUNDARY], scene_operation(&f), act, t))
		scene_fault(&t->scene, VERIFY_IDLE, "it did not come to that instruction again");
	scene_after(&f);
}

static void run(struct step *t, void (*there)(void *arg))
{
	struct scene_find f;

	begin(t, &f);
	if (!path_stop(&t->first, t->site.at[BOUNDARY], scene_operation(&f), there, t))
		scene_fault(&t->scene, VERIFY_IDLE, "it did not come to that instruction again");
	scene_after(&f);
	scene_end(&t->scene);
	judge(t);
}

/* -- all of it -------------------------------------------------------------------------------- */

static void try_second_boundaries(struct step *t)
{
	t->site.at[ACT] = t->site.at[SECOND_BOUNDARY] = 0;
	run(t, follow_second);
	for (lk_u64 i = 0; i < t->second.steps; i++) {
		t->site.at[SECOND_BOUNDARY] = i;
		if (!t->first.stored[t->site.at[BOUNDARY]] && !t->second.stored[i])
			continue;
		verify_count(t->verdict, "pairs", 1);
		for (lk_u64 a = 0; a < ACTS_OF_PAIRS; a++) {
			t->site.at[ACT] = a;
			if (wanted(t, ACT, VERIFY_SITE_NUMBERS))
				run(t, stop_second);
		}
	}
	t->site.at[SECOND_BOUNDARY] = 0;
}

static void try_boundaries(struct step *t)
{
	for (lk_u64 i = 0; i < t->first.steps; i++) {
		t->site.at[BOUNDARY] = i;
		if (t->site.at[SECOND] != NOBODY) {
			if (wanted(t, BOUNDARY, SECOND_BOUNDARY))
				try_second_boundaries(t);
			continue;
		}
		verify_count(t->verdict, "boundaries", 1);
		for (lk_u64 a = 0; a < ACTS; a++) {
			t->site.at[ACT] = a;
			if (wanted(t, ACT, SECOND_BOUNDARY))
				run(t, act);
		}
	}
	t->site.at[BOUNDARY] = t->site.at[ACT] = 0;
}

/* Its instructions, when nobody interrupts it. */
static void follow(struct step *t)
{
	struct scene_find f;

	begin(t, &f);
	path_follow(&t->first, scene_operation(&f), VERIFY_HANG);
	scene_after(&f);
	scene_end(&t->scene);
	judge(t);
	verify_most(t->verdict, "longest", t->first.steps);
}

static void try_situation(struct step *t)
{
	t->site.at[SECOND] = NOBODY;
	if (!wanted(t, SIZE_, SECOND))
		return;
	follow(t);
	if (wanted(t, SECOND, ACT))
		try_boundaries(t);
	if (t->site.at[SIZE_] != SIZE_OF_PAIRS || !situations[t->site.at[SITUATION]].pairs ||
	    !t->verdict->subject->holds)
		return;
	for (t->site.at[SECOND] = 0; t->site.at[SECOND] < NOBODY; t->site.at[SECOND]++)
		if (wanted(t, SECOND, ACT))
			try_boundaries(t);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct step *t = &the_step;

	*t = (struct step){.options = options, .verdict = v, .site.names = numbers};
	t->scene = (struct scene){.verdict = v, .code = v->subject->self, .seed = options->seed};
	verify_where(describe);
	if (!scene_open(v))
		return;
	for (lk_u64 size = 0; size < t->scene.code->sizes_count; size++)
		for (lk_u64 i = 0; i < SITUATIONS; i++) {
			t->site.at[SIZE_] = size;
			t->site.at[SITUATION] = i;
			try_situation(t);
		}
}

const struct verify_check verify_keyed_step = {
	"step",	      "an interruption between any two instructions of find-or-claim does no harm",
	"boundaries", keyed_expects,
	run_check,    {"boundaries", "longest", "pairs", "runs", "keys", "reads"}};
