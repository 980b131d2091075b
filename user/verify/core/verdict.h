/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * verdict.h - what a check is, and what it counts and finds.
 *
 * A check is one file that defines a struct verify_check, and one row in the checks.def of its set.
 * It runs in a process of its own, one for each subject, which may hang or crash: that is a
 * verdict, too. verify_settle() says what the failures that were seen mean for this subject: sound
 * ones must pass, others must fail in their own way. A check tests. It proves nothing.
 */
#ifndef LATCHKIT_USER_VERIFY_CORE_VERDICT_H
#define LATCHKIT_USER_VERIFY_CORE_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include <latchkit/order.h>

enum verify_outcome { VERIFY_PASS, VERIFY_FAIL, VERIFY_SKIP };

/* What can go wrong. Of what a check saw, one bit each: VERIFY_BIT(kind). */
enum verify_kind {
	VERIFY_NONE,
	VERIFY_TORN, /* a record put together from several */
	VERIFY_WRONG, /* a whole record that is older than it may be, or that nobody wrote */
	VERIFY_LOST, /* an accepted write without effect, or a total that is not the sum */
	VERIFY_REFUSED, /* a write refused although nobody stood in its way */
	VERIFY_LIVELOCK, /* an operation that goes round and round: ended by its bound */
	VERIFY_DAMAGE, /* a store outside the latch */
	VERIFY_PROGRESS, /* progress other than is declared */
	VERIFY_CRASH, /* an operation that crashed */
	VERIFY_HANG, /* an operation that did not come back */
	VERIFY_IDLE, /* the check did not do what it is for */
	VERIFY_MIXED, /* a function called with another one's context */
	VERIFY_FREED, /* something used after it was given back, or given back while in use */
	VERIFY_TWICE, /* something given back twice, or though it was never taken */
	VERIFY_ABA, /* what changed and changed back was taken for what had not changed */
	VERIFY_SHARED, /* two owners of one thing at once */
	VERIFY_KINDS,
};
#define VERIFY_BIT(kind) (1U << (kind))

#define VERIFY_ITEMS 16
#define VERIFY_NOTES 4

/* Something counted, or, with a text, something found out. */
struct verify_item {
	char name[24];
	lk_u64 value;
	char text[16]; /* "": a number */
};

/*
 * The first failure: everything that it takes to make it happen again. `where` is the site as the
 * check that found it numbers it; none: only the whole check can be repeated.
 */
struct verify_failure {
	enum verify_kind kind;
	char set[16], check[16], subject[32], workload[16];
	unsigned int words;
	lk_u64 seed;
	char code[20]; /* a hash of the machine code that failed */
	char site[128]; /* function and offset, and the bytes of the code there */
	char context[192]; /* who was interrupted by whom */
	char read[192]; /* what was seen */
	struct verify_item where[10];
	unsigned int where_count;
};

#define VERIFY_SITE_NUMBERS 8

/* Where a check is: it steps through its places as through nested loops, outermost first. */
struct verify_site {
	const char *const *names; /* VERIFY_SITE_NUMBERS; NULL: fewer are used */
	lk_u64 at[VERIFY_SITE_NUMBERS];
};

struct verify_options {
	double seconds; /* for each check of each subject; 0: as long as it needs */
	lk_u64 seed;
	bool require_nmi; /* an NMI that cannot be had is a failure */
	const struct verify_failure *replay; /* only this site; NULL: all */
};

/* One of what is checked. */
struct verify_subject {
	const char *name;
	const char *soundness; /* sound, posted or counterexample */
	bool holds; /* no failure is expected of it, whatever the check */
	const void *self; /* what the checks of its set know it as */
	const unsigned char *begin, *end; /* of its machine code */
};

struct verify_check;

/* What a check did with one operation, which it stopped at each of its machine instructions. */
struct verify_stepped {
	const char *operation;
	unsigned long boundaries; /* of its machine instructions, all visited */
	lk_u64 runs;
	lk_u64 missed; /* instructions that were not executed again, all acts together */
	lk_u64 waited; /* how often the helper thread had to wait for the one that was stopped */
	bool failed;
};
#define VERIFY_STEPPED 8

/* Plain memory, so that it can be handed from one process to another. */
struct verify_verdict {
	const struct verify_subject *subject;
	const struct verify_check *check;
	enum verify_outcome outcome;
	bool expected; /* a failure that this subject must or may show: XFAIL */
	unsigned int kinds; /* of failures seen */
	char reason[256]; /* of what is not PASS */
	struct verify_item items[VERIFY_ITEMS];
	unsigned int items_count;
	char notes[VERIFY_NOTES][224]; /* what was found out, as sentences */
	unsigned int notes_count;
	struct verify_stepped stepped[VERIFY_STEPPED];
	unsigned int stepped_count;
	struct verify_failure first; /* of the failures: an unexpected one, if there is any */
	double seconds; /* that it took */
};

/* Failures expected of a subject: at least one of `required` must be seen, of `allowed` any may. */
struct verify_expected_failures {
	unsigned int required, allowed;
};

struct verify_check {
	const char *name;
	const char *promise;
	const char *work; /* the item that says how much was done: with none of it, it fails */
	/* What is expected of a subject that need not hold; NULL: no failure. */
	struct verify_expected_failures (*expects)(const struct verify_subject *subject);
	/* Do it: verify_count(), verify_found(), verify_fail(), verify_skip(). */
	void (*run)(const struct verify_options *options, struct verify_verdict *verdict);
	const char *items[VERIFY_ITEMS]; /* those that are reported even when nothing was counted */
};

/* Is a failure of this kind expected of the verdict's subject? */
bool verify_expects(const struct verify_verdict *v, enum verify_kind kind);

/* Add n to an item, keep the largest n in it, or note a text. */
void verify_count(struct verify_verdict *v, const char *name, lk_u64 n);
void verify_most(struct verify_verdict *v, const char *name, lk_u64 n);
void verify_found(struct verify_verdict *v, const char *name, const char *text);
/* Add a sentence; those beyond VERIFY_NOTES are dropped. */
void verify_note(struct verify_verdict *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The item's number, 0 without. */
lk_u64 verify_counted(const struct verify_verdict *v, const char *name);
/* The check cannot be done here. */
void verify_skip(struct verify_verdict *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * Note a failure, and what was seen. `f`: the check fills in workload, words, site, context and
 * where; NULL: none of them. Returns true if it is not expected of this subject: there is no point
 * in going on.
 */
bool verify_fail(struct verify_verdict *v, enum verify_kind kind, const struct verify_failure *f,
		 const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Has a subject that must hold not failed yet, and the check not been skipped? */
bool verify_goes_on(const struct verify_verdict *v);
/*
 * Write "function+0x12: 48 8b 07 ..." of an instruction: the name of its function, how far it is
 * from the beginning of that, and what is there, up to `end`.
 */
void verify_site_text(char *site, size_t size, const char *name, lk_u64 offset,
		      const unsigned char *at, const unsigned char *end);
/* Write the numbers to f->where. */
void verify_site_tell(const struct verify_site *site, struct verify_failure *f);
/* With a failure to replay: is this the place, as far as numbers first to last - 1 say? */
bool verify_site_wanted(const struct verify_site *site, const struct verify_failure *replay,
			unsigned int first, unsigned int last);
/* Decide the outcome from what was seen. */
void verify_settle(struct verify_verdict *v);
/* True for failures that end in exit code 1. */
bool verify_failed(const struct verify_verdict *v);
/* A word for each kind of failure, as in records. verify_kind_of() returns VERIFY_NONE if unknown.
 */
const char *verify_kind_name(enum verify_kind kind);
enum verify_kind verify_kind_of(const char *name);
/* PASS, FAIL or SKIP; "FAIL (expected)". */
const char *verify_outcome_text(const struct verify_verdict *v);

#endif /* LATCHKIT_USER_VERIFY_CORE_VERDICT_H */
