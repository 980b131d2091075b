// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * progress.c - how far operations get while others stop for ever or hurry.
 *
 * An operation is stepped while a write is stopped before each of its instructions in turn: if
 * it does not end then, it is blocking. It is stepped while others write whole records between its
 * instructions, every k-th: if it does not end then, it is lock-free and not wait-free. What is
 * observed must be what variants.def declares. On the way: is a latch of any use once a writer has
 * died in it?
 */
#include <stdio.h>
#include <string.h>

#include "verify/core/watch.h"
#include "verify/latch/set.h"
#include "verify/latch/harness.h"

/* Once an operation was seen to pass that, it is not waited for so long again. */
#define STEPS_AGAIN 500
/* Others write after every k-th instruction, one record or several. */
#define EVERY_MAX 12
static const unsigned int bursts[] = {1, 16};
/* No bound that hides what readers do. */
#define TRIES (1ULL << 30)

enum property { WAIT_FREE, LOCK_FREE, BLOCKING };
static const char *const property_names[] = {"wait_free", "lock_free", "blocking"};

/* A site, as a record numbers it. */
enum { ACCUMULATE, SIZE, PAST, OPERATION, STOPPED, BOUNDARY, EVERY, BURST };
static const char *const numbers[VERIFY_SITE_NUMBERS] = {
	"accumulate", "size", "past", "operation", "stopped", "boundary", "every", "burst",
};
#define NOBODY HARNESS_ROLES

struct progress {
	struct harness harness;
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct verify_site site;
	enum property observed[HARNESS_ROLES];
	struct verify_failure worst[HARNESS_ROLES]; /* where that was observed */
	lk_u64 turns_from, turns_to; /* the last jump backwards */
	bool stop;
	struct harness_point point, start;
};

static struct progress the_progress;

/* -- where we are ----------------------------------------------------------------------------- */

static const char *const role_items[] = {"write_steps", "read_steps"};

static void describe(struct verify_failure *f)
{
	const struct progress *t = &the_progress;
	const struct harness *s = &t->harness;
	const char *operation = harness_role_name(s, (enum harness_role)t->site.at[OPERATION]);
	char site[sizeof(f->site)];

	harness_describe(s, t->turns_from, f);
	verify_code_site(s->code, t->turns_from, f->site, sizeof(f->site));
	verify_code_site(s->code, s->tracees[0].pc, site, sizeof(site));
	if (t->site.at[STOPPED] != NOBODY)
		snprintf(f->context, sizeof(f->context),
			 "%s while %s is stopped before instruction %llu, %.*s", operation,
			 harness_role_name(s, (enum harness_role)t->site.at[STOPPED]),
			 t->site.at[BOUNDARY], (int)strcspn(site, ":"), site);
	else
		snprintf(f->context, sizeof(f->context),
			 "%s with %llu record%s written after every %llu of its instructions",
			 operation, t->site.at[BURST], t->site.at[BURST] == 1 ? "" : "s",
			 t->site.at[EVERY]);
	verify_site_tell(&t->site, f);
}

/* With a failure to replay: is this the place, as far as the first `count` numbers say? */
static bool wanted(const struct progress *t, unsigned int count)
{
	return verify_site_wanted(&t->site, t->options->replay, 0, count);
}

static bool go_on(struct progress *t)
{
	verify_alive();
	harness_clear(&t->harness); /* what is read is another check's business */
	t->stop = t->stop || !verify_has_time(t->verdict, "all of it");
	return !t->stop;
}

/* -- one run of one operation ----------------------------------------------------------------- */

static void observe(struct progress *t, enum property property)
{
	enum harness_role role = (enum harness_role)t->site.at[OPERATION];

	if (property <= t->observed[role])
		return;
	t->observed[role] = property;
	memset(&t->worst[role], 0, sizeof(t->worst[role]));
	describe(&t->worst[role]);
}

/* The checker writes; returns how many of the writes were accepted. */
static unsigned int interfere(struct progress *t)
{
	unsigned int accepted = 0;

	for (lk_u64 i = 0; i < t->site.at[BURST]; i++)
		accepted += harness_write(&t->harness);
	return accepted;
}

/* The property shown by an operation that does not end here can be no worse than this one. */
static lk_u64 bound(const struct progress *t)
{
	enum property shown = t->site.at[EVERY] ? LOCK_FREE : BLOCKING;

	return t->observed[t->site.at[OPERATION]] >= shown ? STEPS_AGAIN : HARNESS_STEPS_MAX;
}

/*
 * Step tracee 1 to the end of its operation; others write meanwhile, unless `every` is 0.
 * Returns false when it passes its bound: then it has been observed not to be wait-free.
 */
static bool run(struct progress *t)
{
	lk_u64 steps_max = bound(t);
	struct tracee *p = &t->harness.tracees[1];
	lk_u64 steps = 0, before = p->pc, accepted = 0;

	verify_count(t->verdict, "runs", 1);
	while (harness_step(&t->harness, 1)) {
		verify_alive(); /* steps are bounded in number, on a slow machine not in time */
		if (p->pc < before) {
			t->turns_from = before;
			t->turns_to = p->pc;
		}
		before = p->pc;
		if (++steps > steps_max) {
			/* Somebody got on: or else they all stand still. */
			observe(t, accepted ? LOCK_FREE : BLOCKING);
			return false;
		}
		if (t->site.at[EVERY] && steps % t->site.at[EVERY] == 0)
			accepted += interfere(t);
	}
	verify_most(t->verdict, role_items[t->site.at[OPERATION]], steps + 1);
	return true;
}

static bool begin(struct progress *t)
{
	if (!wanted(t, STOPPED + 1) || !go_on(t))
		return false;
	harness_begin(&t->harness, t->site.at[ACCUMULATE],
		      &t->harness.code->sizes[t->site.at[SIZE]],
		      (enum harness_past)t->site.at[PAST]);
	return true;
}

/* -- a writer is stopped for ever - ---------------------------------------------------------- */

/* Is the latch of use to others now? Nothing that is tried here changes the answer. */
static void note_death(struct progress *t)
{
	bool read, write = false;

	read = harness_read(&t->harness);
	for (int i = 0; i < 3; i++)
		write |= harness_write(&t->harness);
	verify_count(t->verdict, "deaths", 1);
	verify_count(t->verdict, "then_readable", read);
	verify_count(t->verdict, "then_writable", write);
}

static void try_boundary(struct progress *t)
{
	harness_save(&t->harness, &t->point, 3);
	if (run(t))
		harness_leave(&t->harness, 1);
	harness_load(&t->harness, &t->point, 3);
	if (t->site.at[OPERATION] == HARNESS_READ && !t->options->replay) {
		note_death(t);
		harness_load(&t->harness, &t->point, 0);
	}
}

/* A reader that stops is not tried: reads store nothing, as the check `step` sees. */
static void stop_writer(struct progress *t)
{
	struct harness *s = &t->harness;

	t->site.at[STOPPED] = HARNESS_WRITE;
	t->site.at[EVERY] = t->site.at[BURST] = t->site.at[BOUNDARY] = 0;
	if (!begin(t))
		return;
	harness_enter(s, 0, HARNESS_WRITE);
	harness_enter(s, 1, (enum harness_role)t->site.at[OPERATION]);
	do {
		if (wanted(t, BOUNDARY + 1))
			try_boundary(t);
		t->site.at[BOUNDARY]++;
	} while (go_on(t) && t->site.at[BOUNDARY] < HARNESS_STEPS_MAX && harness_step(s, 0));
	harness_leave(s, 0);
	harness_leave(s, 1);
}

/* -- others write meanwhile ------------------------------------------------------------------- */

/* Returns false once it did not end: more of the same shows no more. */
static bool try_pattern(struct progress *t)
{
	struct harness *s = &t->harness;
	bool ended;

	if (!wanted(t, VERIFY_SITE_NUMBERS) || !begin(t))
		return !t->stop;
	harness_enter(s, 1, (enum harness_role)t->site.at[OPERATION]);
	harness_save(s, &t->start, 2);
	ended = run(t);
	if (!ended)
		harness_load(s, &t->start, 2);
	harness_leave(s, 1);
	return ended;
}

static void hurry_others(struct progress *t)
{
	t->site.at[STOPPED] = NOBODY;
	t->site.at[BOUNDARY] = 0;
	for (t->site.at[EVERY] = 1; t->site.at[EVERY] <= EVERY_MAX; t->site.at[EVERY]++)
		for (size_t i = 0; i < sizeof(bursts) / sizeof(bursts[0]); i++) {
			t->site.at[BURST] = bursts[i];
			if (!try_pattern(t))
				return;
		}
}

/* -- all of it -------------------------------------------------------------------------------- */

static void try_operation(struct progress *t)
{
	for (int past = 0; past < HARNESS_PASTS; past++) {
		t->site.at[PAST] = (lk_u64)past;
		stop_writer(t);
		hurry_others(t);
	}
}

static void try_all(struct progress *t)
{
	for (size_t size = 0; size < t->harness.code->sizes_count; size++)
		for (int accumulate = 0; accumulate < 2; accumulate++)
			for (int role = 0; role < HARNESS_ROLES; role++) {
				t->site.at[SIZE] = size;
				t->site.at[ACCUMULATE] = (lk_u64)accumulate;
				t->site.at[OPERATION] = (lk_u64)role;
				try_operation(t);
			}
}

/* Observed must be declared. A replay sees one place only: it cannot say that there is no worse. */
static void compare(struct progress *t, enum harness_role role, const char *name,
		    const char *declared)
{
	const char *observed = property_names[t->observed[role]];
	struct verify_failure f = t->worst[role];

	if (f.context[0])
		verify_note(t->verdict, "%s %s: %s; turns at %.*s", name, observed, f.context,
			    (int)strcspn(f.site, ":"), f.site);
	if (!t->options->replay)
		verify_found(t->verdict, name, observed);
	if (strcmp(observed, declared) == 0 || t->stop ||
	    (t->options->replay && t->options->replay->where_count && !f.context[0]))
		return;
	verify_fail(t->verdict, VERIFY_PROGRESS, &f, "%s: observed %s, declared %s", name, observed,
		    declared);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct progress *t = &the_progress;

	*t = (struct progress){.options = options, .verdict = v, .site.names = numbers};
	if (!harness_open(&t->harness, options, v))
		return;
	t->harness.quiet = true;
	t->harness.tries = TRIES;
	t->harness.size = t->harness.code->sizes;
	verify_found(v, "writer", "-");
	verify_found(v, "reader", "-");
	verify_where(describe);
	if (harness_can_step(&t->harness)) {
		try_all(t);
		compare(t, HARNESS_WRITE, "writer", latch_of(v)->writer);
		compare(t, HARNESS_READ, "reader", latch_of(v)->reader);
	}
	harness_close(&t->harness);
}

const struct verify_check verify_latch_progress = {
	"progress", "operations end as declared while others stop or hurry",
	"runs",	    NULL,
	run_check,  {NULL}};
