// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * step.c - an interruption at each machine instruction of a start, of an end, and of a reader's
 * copy: of a key that has no start, one, or twins, in tables with room and without.
 *
 * There, as a signal handler, an NMI or another CPU would, others start and end the same key and
 * another one, take a start out and put another one in its place, fill the table up, and read all
 * of it. Then the first goes on, and all that is there is read, accounted for and taken. One level
 * deeper, a start or an end of the same key interrupts the first, and is itself interrupted right
 * after each of its stores to the table, as only stores change what others do.
 *
 * What must hold at every moment: what is taken or met is a start that was put, whole, under its
 * key, and was not taken before; who is not disturbed by another operation of the same key finds
 * what is there, the newest of twins; nobody is refused while a place is free, so that one that
 * stands still costs others its own place alone; starts = taken + replaced + without room + open.
 */
#include <stdio.h>

#include "verify/core/watch.h"
#include "verify/spans/scene.h"
#include "verify/spans/set.h"

/* One start of the key itself is in the emptier bucket, where the next one comes, too. */
static const struct situation {
	const char *name;
	enum scene_kind kind;
	unsigned int first, second; /* starts in the two buckets */
	unsigned int there; /* starts of the key itself */
	bool pairs; /* with a second operation at each instruction */
} situations[] = {
	{"start", SCENE_START, 2, 1, 0, true},
	{"second bucket", SCENE_START, SPANS_WAYS, 3, 0, false},
	{"last place", SCENE_START, SPANS_WAYS, SPANS_WAYS - 1, 0, false},
	{"restart", SCENE_START, 1, 3, 1, true},
	{"full table", SCENE_START, SPANS_WAYS, SPANS_WAYS, 0, false},
	{"end", SCENE_END, 1, 3, 1, true},
	{"unpaired end", SCENE_END, 2, 1, 0, false},
	{"end of twins", SCENE_END, 2, 1, 2, false},
	{"copy", SCENE_COPY, 1, 3, 1, true},
};
#define SITUATIONS (sizeof(situations) / sizeof(situations[0]))

/* L: look; S, E: start or end the same key; s, e: another one; F: fill the table. */
static const struct act {
	const char *name, *program;
} acts[] = {
	{"an end of the same key", "LEL"},
	{"an end and a start of the same key", "ESL"},
	{"a start of the same key", "LSL"},
	{"a start and an end of another key", "sLeL"},
	{"starts that fill the table", "FL"},
	{"two pairs of the same key, in the same place", "ESESEL"},
};
#define ACTS (sizeof(acts) / sizeof(acts[0]))
/* The first ones also interrupt a second operation, and operations of other sizes. */
#define FIRST_ACTS 2

/* A second operation is a start or an end of the same key; there may be none. */
#define NOBODY 2
/* Pairs, and all acts, only with keys of the middle size: they take most of the time. */
#define MIDDLE_SIZE 1
/* The first runs on CPU 0, and whoever interrupts it on this one, where that means something. */
#define OTHER_CPU 1

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

/* -- failures ---------------------------------------------------------------------------------- */

static const struct spans_size *size_of(const struct step *t)
{
	return &t->scene.code->sizes[t->site.at[SIZE_]];
}

static const struct situation *situation_of(const struct step *t)
{
	return &situations[t->site.at[SITUATION]];
}

static void describe(struct verify_failure *f)
{
	const struct step *t = &the_step;
	size_t n;

	snprintf(f->workload, sizeof(f->workload), "%s", situation_of(t)->name);
	f->words = size_of(t)->key_words;
	n = (size_t)snprintf(f->context, sizeof(f->context), "interrupted before instruction %llu",
			     t->site.at[BOUNDARY]);
	if (t->site.at[SECOND] != NOBODY)
		n += (size_t)snprintf(f->context + n, sizeof(f->context) - n,
				      " by %s of the same key, that before instruction %llu",
				      t->site.at[SECOND] == SCENE_START ? "a start" : "an end",
				      t->site.at[SECOND_BOUNDARY]);
	snprintf(f->context + n, sizeof(f->context) - n, " by %s", acts[t->site.at[ACT]].name);
	spans_code_site(t->scene.code, t->first.pc[t->site.at[BOUNDARY]], f->site, sizeof(f->site));
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

/* -- one run ----------------------------------------------------------------------------------- */

static void begin(struct step *t, struct scene_act *a)
{
	const struct situation *situation = situation_of(t);

	spans_scene_begin(&t->scene, size_of(t), situation->first, situation->second);
	for (unsigned int i = 0; i < situation->there; i++)
		spans_scene_put(&t->scene, 0, i);
	spans_scene_before(&t->scene, a, situation->kind, 0, 0);
}

static void act(void *arg)
{
	struct step *t = arg;

	for (const char *p = acts[t->site.at[ACT]].program; *p; p++) {
		if (*p == 'L')
			spans_scene_look(&t->scene);
		else if (*p == 'F')
			spans_scene_fill(&t->scene, OTHER_CPU);
		else
			spans_scene_do(&t->scene, *p == 'S' || *p == 's' ? SCENE_START : SCENE_END,
				       *p == 's' || *p == 'e', OTHER_CPU);
	}
}

static void before_second(struct step *t, struct scene_act *a)
{
	enum scene_kind kind = t->site.at[SECOND] == SCENE_START ? SCENE_START : SCENE_END;

	spans_scene_before(&t->scene, a, kind, 0, OTHER_CPU);
}

/* A second operation, which is followed, or, once its instructions are known, stopped. */
static void follow_second(void *arg)
{
	struct step *t = arg;
	struct scene_act a;

	before_second(t, &a);
	path_follow(&t->second, spans_scene_operation(&a), VERIFY_HANG);
	spans_scene_after(&a);
}

static void stop_second(void *arg)
{
	struct step *t = arg;
	struct scene_act a;

	before_second(t, &a);
	if (!path_stop(&t->second, t->site.at[SECOND_BOUNDARY], spans_scene_operation(&a), act, t))
		spans_scene_fault(&t->scene, VERIFY_IDLE,
				  "it did not come to that instruction again");
	spans_scene_after(&a);
}

static void run(struct step *t, void (*there)(void *arg))
{
	struct scene_act a;

	begin(t, &a);
	if (!path_stop(&t->first, t->site.at[BOUNDARY], spans_scene_operation(&a), there, t))
		spans_scene_fault(&t->scene, VERIFY_IDLE,
				  "it did not come to that instruction again");
	spans_scene_after(&a);
	spans_scene_end(&t->scene);
	judge(t);
}

/* -- all of it --------------------------------------------------------------------------------- */

static void try_second_boundaries(struct step *t)
{
	t->site.at[ACT] = t->site.at[SECOND_BOUNDARY] = 0;
	run(t, follow_second);
	for (lk_u64 i = 0; i < t->second.steps; i++) {
		t->site.at[SECOND_BOUNDARY] = i;
		if (!t->second.stored[i])
			continue;
		verify_count(t->verdict, "pairs", 1);
		for (lk_u64 a = 0; a < FIRST_ACTS; a++) {
			t->site.at[ACT] = a;
			if (wanted(t, ACT, VERIFY_SITE_NUMBERS))
				run(t, stop_second);
		}
	}
	t->site.at[SECOND_BOUNDARY] = 0;
}

static void try_boundaries(struct step *t)
{
	lk_u64 acts_of_size = t->site.at[SIZE_] == MIDDLE_SIZE ? ACTS : FIRST_ACTS;

	for (lk_u64 i = 0; i < t->first.steps; i++) {
		t->site.at[BOUNDARY] = i;
		if (t->site.at[SECOND] != NOBODY) {
			if (wanted(t, BOUNDARY, SECOND_BOUNDARY))
				try_second_boundaries(t);
			continue;
		}
		verify_count(t->verdict, "boundaries", 1);
		for (lk_u64 a = 0; a < acts_of_size; a++) {
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
	struct scene_act a;

	begin(t, &a);
	path_follow(&t->first, spans_scene_operation(&a), VERIFY_HANG);
	spans_scene_after(&a);
	spans_scene_end(&t->scene);
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
	if (t->site.at[SIZE_] != MIDDLE_SIZE || !situation_of(t)->pairs ||
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
	if (!spans_scene_open(v))
		return;
	/* That one fails is seen with keys of any size. */
	for (lk_u64 size = 0; size < (v->subject->holds ? t->scene.code->sizes_count : 1); size++)
		for (lk_u64 i = 0; i < SITUATIONS; i++) {
			t->site.at[SIZE_] = size;
			t->site.at[SITUATION] = i;
			try_situation(t);
		}
}

const struct verify_check verify_spans_step = {
	"step",	      "an interruption between any two instructions of an operation does no harm",
	"boundaries", spans_expects,
	run_check,    {"boundaries", "longest", "pairs", "runs", "copies"}};
