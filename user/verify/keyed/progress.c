// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * progress.c - no operation waits for another one that has stopped.
 *
 * A find-or-claim is stopped after each of its stores to the table: at any other instruction others
 * would see, and do, the same. Meanwhile another one, of the same key, of another key, of one that
 * is there, and a walk of a reader are stepped to their ends, which must come within a bound; and
 * the table must take as many keys as it has free places, all of which are read. A find is also
 * stepped while somebody claims a place at each of its own instructions.
 */
#include <stdint.h>
#include <stdio.h>

#include "verify/core/watch.h"
#include "verify/keyed/scene.h"
#include "verify/keyed/set.h"

/* Instructions within which a walk of the whole table ends. */
#define WALK_MAX_STEPS 100000

/* The keys that are there, and who does what while the first find of key 0 is stopped. */
#define FIRST 3
#define SECOND 2
static const struct other {
	const char *name;
	unsigned int key;
} others[] = {
	{"a find of the same key", 0},
	{"a find of another key", 1},
	{"a find of a key that is there", 2},
};
#define OTHERS (sizeof(others) / sizeof(others[0]))
/* After these, a read of the whole table; and whoever comes may fill it. */
#define WALK OTHERS
#define DEATH (OTHERS + 1)
#define HURRY (OTHERS + 2)
/* A walk has many more instructions: with one size of keys only. */
#define SIZE_OF_WALKS 0

enum { SIZE_, OTHER, BOUNDARY };
static const char *const numbers[VERIFY_SITE_NUMBERS] = {"size", "other", "boundary"};

static struct progress {
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	struct scene scene;
	struct path first, other;
	bool stop;
} the_progress;

/* -- failures --------------------------------------------------------------------------------- */

static const char *other_name(lk_u64 other)
{
	static const char *const names[] = {
		"a read of the whole table",
		"keys that fill the table",
		"a find, each of its instructions after another claim",
	};

	return other < OTHERS ? others[other].name : names[other - OTHERS];
}

static void describe(struct verify_failure *f)
{
	const struct progress *t = &the_progress;

	snprintf(f->workload, sizeof(f->workload), "claim");
	f->words = t->scene.code->sizes[t->site.at[SIZE_]].key_words;
	if (t->site.at[OTHER] == HURRY)
		snprintf(f->context, sizeof(f->context), "%s", other_name(HURRY));
	else
		snprintf(f->context, sizeof(f->context), "stopped before instruction %llu: %s",
			 t->site.at[BOUNDARY], other_name(t->site.at[OTHER]));
	keyed_code_site(t->scene.code, t->first.pc[t->site.at[BOUNDARY]], f->site, sizeof(f->site));
	verify_site_tell(&t->site, f);
}

static void judge(struct progress *t)
{
	struct verify_failure f = {0};

	verify_alive();
	verify_count(t->verdict, "runs", 1);
	if (t->scene.fault) {
		describe(&f);
		t->stop |= verify_fail(t->verdict, t->scene.fault, &f, "%s", t->scene.said);
	}
	t->stop = t->stop || !verify_has_time(t->verdict, "all of it");
}

static bool wanted(const struct progress *t, unsigned int last)
{
	return !t->stop && verify_site_wanted(&t->site, t->options->replay, 0, last);
}

/* -- what the others do ------------------------------------------------------------------------ */

static void find_other(struct progress *t)
{
	struct scene_find f;

	scene_before(&t->scene, &f, others[t->site.at[OTHER]].key);
	path_follow(&t->other, scene_operation(&f), VERIFY_PROGRESS);
	scene_after(&f);
	verify_most(t->verdict, "steps", t->other.steps);
}

static void count_step(struct trap *trap)
{
	if (trap->boundary > WALK_MAX_STEPS)
		verify_give_up(VERIFY_PROGRESS,
			       "a walk did not end after %d instructions, while a "
			       "writer stood still",
			       WALK_MAX_STEPS);
}

static int walk(void *arg)
{
	const struct progress *t = arg;

	return (int)t->scene.size->walk(&t->scene.table);
}

static void walk_all(struct progress *t)
{
	struct trap trap = {.at = count_step, .limit = ~0UL};
	int met = trap_run(&trap, (uintptr_t)t->scene.size->walk, walk, t);

	if ((unsigned int)met != scene_ready(&t->scene))
		scene_fault(&t->scene, VERIFY_LOST, "a walk met %d cells of %u", met,
			    scene_ready(&t->scene));
	verify_most(t->verdict, "walk_steps", trap.boundary);
}

/* The one that is stopped might never go on. It may have taken a place, not more. */
static void die(struct progress *t)
{
	unsigned int room = scene_room(&t->scene), found;

	found = scene_fill(&t->scene);
	if (found != room)
		scene_fault(&t->scene, VERIFY_PROGRESS,
			    "%u places were free, and %u keys found one", room, found);
	scene_look(&t->scene);
	verify_count(t->verdict, "deaths", 1);
	verify_most(t->verdict, "places_lost", SCENE_PLACES - FIRST - SECOND - room);
}

static void meanwhile(void *arg)
{
	struct progress *t = arg;

	if (t->site.at[OTHER] < OTHERS)
		find_other(t);
	else if (t->site.at[OTHER] == WALK)
		walk_all(t);
	else
		die(t);
}

/* -- all of it -------------------------------------------------------------------------------- */

static void begin(struct progress *t, struct scene_find *f)
{
	scene_begin(&t->scene, &t->scene.code->sizes[t->site.at[SIZE_]], FIRST, SECOND);
	scene_before(&t->scene, f, 0);
}

static void run(struct progress *t)
{
	struct scene_find f;

	begin(t, &f);
	if (!path_stop(&t->first, t->site.at[BOUNDARY], scene_operation(&f), meanwhile, t))
		scene_fault(&t->scene, VERIFY_IDLE, "it did not come to that instruction again");
	scene_after(&f);
	scene_end(&t->scene);
	judge(t);
}

/* One more key at each instruction, as long as there are keys. */
static void claim_another(struct path *p, void *arg)
{
	struct progress *t = arg;

	(void)p;
	for (unsigned int key = 2; key < SCENE_KEYS; key++)
		if (!t->scene.keys[key].made) {
			scene_count(&t->scene, key);
			return;
		}
}

static void hurry(struct progress *t)
{
	struct scene_find f;

	t->site.at[BOUNDARY] = 0;
	t->site.at[OTHER] = HURRY;
	if (!wanted(t, BOUNDARY))
		return;
	begin(t, &f);
	path_step(&t->other, scene_operation(&f), VERIFY_PROGRESS, claim_another, t);
	scene_after(&f);
	scene_end(&t->scene);
	verify_most(t->verdict, "steps", t->other.steps);
	judge(t);
}

static void try_size(struct progress *t)
{
	struct scene_find f;

	begin(t, &f);
	path_follow(&t->first, scene_operation(&f), VERIFY_PROGRESS);
	for (lk_u64 i = 0; i < t->first.steps; i++) {
		t->site.at[BOUNDARY] = i;
		verify_count(t->verdict, "boundaries", 1);
		if (i && !t->first.stored[i])
			continue;
		verify_count(t->verdict, "stops", 1);
		for (t->site.at[OTHER] = 0; t->site.at[OTHER] < HURRY; t->site.at[OTHER]++)
			if (wanted(t, BOUNDARY + 1) &&
			    (t->site.at[OTHER] != WALK || t->site.at[SIZE_] == SIZE_OF_WALKS))
				run(t);
	}
	hurry(t);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct progress *t = &the_progress;

	*t = (struct progress){.options = options, .verdict = v, .site.names = numbers};
	t->scene = (struct scene){.verdict = v, .code = v->subject->self, .seed = options->seed};
	verify_where(describe);
	if (!scene_open(v))
		return;
	for (lk_u64 size = 0; size < t->scene.code->sizes_count; size++) {
		t->site.at[SIZE_] = size;
		t->site.at[OTHER] = 0;
		if (wanted(t, OTHER))
			try_size(t);
	}
}

/* Those of a table that shows keys which are not there yet: it need not wait for anybody. */
static struct verify_expected_failures expects(const struct verify_subject *subject)
{
	struct verify_expected_failures others_see = keyed_expects(subject);

	return (struct verify_expected_failures){0, others_see.required | others_see.allowed};
}

const struct verify_check verify_keyed_progress = {
	"progress",
	"no operation waits for another that stopped at any instruction",
	"runs",
	expects,
	run_check,
	{"boundaries", "stops", "runs", "steps", "walk_steps", "deaths", "places_lost"}};
