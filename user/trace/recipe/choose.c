// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* choose.c - see trace/recipe/choose.h */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/diag.h"
#include "doctor/features.h"
#include "trace/recipe/choose.h"
#include "trace/statement/explain.h"

/* The features that types of probes take. */
static const struct {
	const char *begins, *feature;
} needs[] = {
	{"fentry:", "fentry"},	  {"fexit:", "fentry"},	 {"kprobe:", "kprobe"},
	{"kretprobe:", "kprobe"}, {"uprobe:", "uprobe"}, {"uretprobe:", "uprobe"},
	{"usdt:", "uprobe"},	  {"hardware:", "pmu"},
};
#define NEEDS (sizeof(needs) / sizeof(needs[0]))

/* Each is tried once. */
struct tried {
	bool known[NEEDS], have[NEEDS];
};

/* Has it a probe of that type? Those of a span stand behind blanks. */
static bool has_type(const char *statement, const char *begins)
{
	for (const char *at = strstr(statement, begins); at; at = strstr(at + 1, begins))
		if (at == statement || at[-1] == ' ')
			return true;
	return false;
}

static bool can_attach(struct tried *tried, const char *statement)
{
	for (size_t i = 0; i < NEEDS; i++) {
		struct feature_result result;

		if (!has_type(statement, needs[i].begins))
			continue;
		if (!tried->known[i]) {
			result = feature_probe(feature_find(needs[i].feature));
			tried->have[i] = result.state == FEATURE_YES;
			tried->known[i] = true;
		}
		if (!tried->have[i])
			return false;
	}
	return true;
}

static bool can_attach_all(struct tried *tried, const struct recipe_way *way)
{
	for (size_t i = 0; i < way->words; i++)
		if (way->word[i][0] != '-' && !can_attach(tried, way->word[i]))
			return false;
	return true;
}

/* Do its probes and fields exist? Prints what does not. */
static bool exists(const struct recipe_way *way, const struct probe_list *like)
{
	FILE *nowhere = fopen("/dev/null", "we");
	char *statement[RECIPE_WORDS];
	int count = 0, r = EXIT_FAILED;

	for (size_t i = 0; i < way->words; i++)
		if (way->word[i][0] != '-')
			statement[count++] = way->word[i];
	if (nowhere)
		r = explain_statements(like, statement, count, nowhere);
	else
		fail("/dev/null: %m");
	if (nowhere)
		fclose(nowhere);
	return r == 0;
}

const struct recipe_way *recipe_choose(const struct recipe *r, const struct probe_list *like)
{
	const struct recipe_way *first = NULL;
	struct tried tried = {0};

	if (r->ways == 1)
		return r->way;
	diag_hold();
	for (size_t i = 0; i < r->ways; i++) {
		if (!exists(&r->way[i], like))
			continue;
		first = first ? first : &r->way[i];
		if (can_attach_all(&tried, &r->way[i])) {
			diag_drop();
			return &r->way[i];
		}
	}
	if (first) {
		diag_drop();
		return first;
	}
	diag_release();
	fail("@%s: none of its %zu ways exists on this host", r->name, r->ways);
	return NULL;
}
