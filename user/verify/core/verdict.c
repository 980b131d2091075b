// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* verdict.c - see verify/core/verdict.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "verify/core/verdict.h"

static const char *const kind_names[VERIFY_KINDS] = {
	[VERIFY_NONE] = "nothing",  [VERIFY_TORN] = "torn",	    [VERIFY_WRONG] = "wrong",
	[VERIFY_LOST] = "lost",	    [VERIFY_REFUSED] = "refused",   [VERIFY_LIVELOCK] = "livelock",
	[VERIFY_DAMAGE] = "damage", [VERIFY_PROGRESS] = "progress", [VERIFY_CRASH] = "crash",
	[VERIFY_HANG] = "hang",	    [VERIFY_IDLE] = "check",	    [VERIFY_MIXED] = "mixed",
	[VERIFY_FREED] = "freed",   [VERIFY_TWICE] = "twice",	    [VERIFY_ABA] = "aba",
	[VERIFY_SHARED] = "shared",
};

const char *verify_kind_name(enum verify_kind kind)
{
	return kind < VERIFY_KINDS ? kind_names[kind] : "nothing";
}

enum verify_kind verify_kind_of(const char *name)
{
	for (int kind = 0; kind < VERIFY_KINDS; kind++)
		if (strcmp(kind_names[kind], name) == 0)
			return (enum verify_kind)kind;
	return VERIFY_NONE;
}

/* Finds the item or makes it; the last one serves when there are too many. */
static struct verify_item *item(struct verify_verdict *v, const char *name)
{
	for (unsigned int i = 0; i < v->items_count; i++)
		if (strcmp(v->items[i].name, name) == 0)
			return &v->items[i];
	if (v->items_count == VERIFY_ITEMS)
		return &v->items[VERIFY_ITEMS - 1];
	snprintf(v->items[v->items_count].name, sizeof(v->items[0].name), "%s", name);
	return &v->items[v->items_count++];
}

void verify_count(struct verify_verdict *v, const char *name, lk_u64 n)
{
	item(v, name)->value += n;
}

void verify_most(struct verify_verdict *v, const char *name, lk_u64 n)
{
	struct verify_item *i = item(v, name);

	if (n > i->value)
		i->value = n;
}

void verify_found(struct verify_verdict *v, const char *name, const char *text)
{
	struct verify_item *i = item(v, name);

	snprintf(i->text, sizeof(i->text), "%s", text);
}

void verify_note(struct verify_verdict *v, const char *format, ...)
{
	va_list args;

	if (v->notes_count == VERIFY_NOTES)
		return;
	va_start(args, format);
	vsnprintf(v->notes[v->notes_count++], sizeof(v->notes[0]), format, args);
	va_end(args);
}

lk_u64 verify_counted(const struct verify_verdict *v, const char *name)
{
	for (unsigned int i = 0; i < v->items_count; i++)
		if (strcmp(v->items[i].name, name) == 0)
			return v->items[i].value;
	return 0;
}

void verify_skip(struct verify_verdict *v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(v->reason, sizeof(v->reason), format, args);
	va_end(args);
	v->outcome = VERIFY_SKIP;
}

static struct verify_expected_failures expected_of(const struct verify_verdict *v)
{
	if (v->subject->holds || !v->check->expects)
		return (struct verify_expected_failures){0, 0};
	return v->check->expects(v->subject);
}

bool verify_expects(const struct verify_verdict *v, enum verify_kind kind)
{
	struct verify_expected_failures expected = expected_of(v);

	return (expected.required | expected.allowed) & VERIFY_BIT(kind);
}

/* How much a kind tells: an unexpected one most, one that is only allowed least. */
static int weight(const struct verify_verdict *v, enum verify_kind kind)
{
	if (kind == VERIFY_NONE)
		return 0;
	if (!verify_expects(v, kind))
		return 3;
	return expected_of(v).required & VERIFY_BIT(kind) ? 2 : 1;
}

bool verify_fail(struct verify_verdict *v, enum verify_kind kind, const struct verify_failure *f,
		 const char *format, ...)
{
	va_list args;

	if (weight(v, kind) > weight(v, v->first.kind)) {
		v->first = f ? *f : (struct verify_failure){0};
		v->first.kind = kind;
		va_start(args, format);
		vsnprintf(v->first.read, sizeof(v->first.read), format, args);
		va_end(args);
	}
	v->kinds |= VERIFY_BIT(kind);
	return !verify_expects(v, kind);
}

bool verify_goes_on(const struct verify_verdict *v)
{
	return v->outcome != VERIFY_SKIP && !(v->kinds && v->subject->holds);
}

/* What cannot be skipped away: a failure is one even if the rest could not be done. */
void verify_settle(struct verify_verdict *v)
{
	struct verify_expected_failures expected = expected_of(v);

	if (v->kinds & ~(expected.required | expected.allowed)) {
		v->outcome = VERIFY_FAIL;
	} else if (v->outcome == VERIFY_SKIP) {
		return;
	} else if (expected.required && !(v->kinds & expected.required)) {
		v->outcome = VERIFY_FAIL;
		snprintf(v->reason, sizeof(v->reason),
			 "the check is broken: %s must fail it and did not", v->subject->name);
		return;
	} else if (!v->kinds) {
		v->outcome = VERIFY_PASS;
		return;
	} else {
		v->outcome = VERIFY_FAIL;
		v->expected = true;
	}
	snprintf(v->reason, sizeof(v->reason), "%s: %s", verify_kind_name(v->first.kind),
		 v->first.read);
}

bool verify_failed(const struct verify_verdict *v)
{
	return v->outcome == VERIFY_FAIL && !v->expected;
}

const char *verify_outcome_text(const struct verify_verdict *v)
{
	if (v->outcome == VERIFY_FAIL)
		return v->expected ? "FAIL (expected)" : "FAIL";
	return v->outcome == VERIFY_SKIP ? "SKIP" : "PASS";
}

void verify_site_text(char *site, size_t size, const char *name, lk_u64 offset,
		      const unsigned char *at, const unsigned char *end)
{
	size_t n = (size_t)snprintf(site, size, "%s+0x%llx:", name, offset);

	for (int i = 0; i < 8 && at + i < end && n + 4 < size; i++)
		n += (size_t)snprintf(site + n, size - n, " %02x", at[i]);
}

void verify_site_tell(const struct verify_site *site, struct verify_failure *f)
{
	for (f->where_count = 0;
	     f->where_count < VERIFY_SITE_NUMBERS && site->names[f->where_count];
	     f->where_count++) {
		struct verify_item *item = &f->where[f->where_count];

		snprintf(item->name, sizeof(item->name), "%s", site->names[f->where_count]);
		item->value = site->at[f->where_count];
	}
}

bool verify_site_wanted(const struct verify_site *site, const struct verify_failure *replay,
			unsigned int first, unsigned int last)
{
	for (unsigned int i = first; replay && replay->where_count && i < last && site->names[i];
	     i++)
		for (unsigned int n = 0; n < replay->where_count; n++)
			if (strcmp(replay->where[n].name, site->names[i]) == 0 &&
			    replay->where[n].value != site->at[i])
				return false;
	return true;
}
