// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* expand.c - see trace/recipe/expand.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "trace/recipe/choose.h"
#include "trace/recipe/expand.h"
#include "trace/recipe/files.h"
#include "trace/statements.h"

bool recipes_are_named(const struct trace_options *o)
{
	for (int i = 0; i < o->probe_count; i++)
		if (o->probes[i][0] == '@')
			return true;
	return false;
}

/* Takes the word, which was allocated. Returns false: no memory for it. */
static bool add(struct words *to, char *word)
{
	char **grown = word ? reallocarray(to->word, (size_t)to->count + 2, sizeof(*grown)) : NULL;

	if (!grown) {
		free(word);
		return false;
	}
	to->word = grown;
	to->word[to->count++] = word;
	to->word[to->count] = NULL;
	return true;
}

/* What a shell would have to be told to pass these words on, free(); NULL: no memory. */
static char *spell(const struct words *words)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	for (int i = 0; to && i < words->count; i++)
		fprintf(to, strpbrk(words->word[i], " *?{}()<>&|;$[]") ? " '%s'" : " %s",
			words->word[i]);
	if (to && fclose(to)) {
		free(text);
		return NULL;
	}
	return text;
}

/* The words of a way as they are meant here; options to the one, the rest to the other. */
static bool add_way(const struct trace_options *o, const struct recipe_way *way,
		    struct words *options, struct words *probes)
{
	bool whole = true;

	for (size_t i = 0; whole && i < way->words; i++) {
		const char *word = way->word[i];

		if (*word == '-')
			whole = add(options, strdup(word));
		else
			whole = add(probes, o->engine.keys.count ? statements_without_keys(word)
								 : strdup(word));
	}
	return whole;
}

static int tell(const struct recipe *r, const struct words *options, const struct words *probes)
{
	char *before = spell(options), *behind = spell(probes);

	if (before && behind)
		note("@%s: latchkit trace%s%s", r->name, before, behind);
	free(before);
	free(behind);
	return before && behind ? 0 : fail("trace: out of memory");
}

static void words_free(struct words *w)
{
	for (int i = 0; i < w->count; i++)
		free(w->word[i]);
	free(w->word);
}

/* The words of one go over to the other. Returns false: no memory. */
static bool move(struct words *to, struct words *from)
{
	bool whole = true;

	for (int i = 0; whole && i < from->count; i++) {
		whole = add(to, from->word[i]);
		from->word[i] = NULL;
	}
	return whole;
}

static int expand_one(const struct trace_options *o, const struct recipes *all, const char *name,
		      struct words *options, struct words *probes)
{
	struct probe_list like = {
		.limit = o->max_probes,
		.force = o->force,
		.pid = (pid_t)(o->engine.tgid ? o->engine.tgid : o->engine.tid),
	};
	const struct recipe *recipe = recipes_find(all, name);
	const struct recipe_way *way = recipe ? recipe_choose(recipe, &like) : NULL;
	struct words own_options = {0}, own_probes = {0};
	int r;

	if (!way)
		return recipe ? EXIT_FAILED : EXIT_USAGE;
	if (!add_way(o, way, &own_options, &own_probes))
		r = fail("trace: out of memory");
	else
		r = tell(recipe, &own_options, &own_probes);
	if (!r && (!move(options, &own_options) || !move(probes, &own_probes)))
		r = fail("trace: out of memory");
	words_free(&own_options);
	words_free(&own_probes);
	return r;
}

static int expand_all(const struct trace_options *o, const struct recipes *all,
		      struct words *options, struct words *probes)
{
	int r = 0;

	for (int i = 0; !r && i < o->probe_count; i++) {
		if (o->probes[i][0] == '@')
			r = expand_one(o, all, o->probes[i] + 1, options, probes);
		else if (!add(probes, strdup(o->probes[i])))
			r = fail("trace: out of memory");
	}
	return r;
}

/* The command, the recipes' options, the user's, the probes. */
static bool put_together(const struct trace_options *o, char **argv, struct words *options,
			 struct words *probes, struct words *to)
{
	bool whole = add(to, strdup(argv[0])) && move(to, options);

	for (char **word = argv + 1; whole && word < (char **)o->probes; word++)
		whole = add(to, strdup(*word));
	return whole && move(to, probes);
}

int recipes_expand(const struct trace_options *o, char **argv, struct words *to)
{
	struct words options = {0}, probes = {0};
	struct recipes all;
	int r = recipes_read(&all);

	*to = (struct words){0};
	r = r ? r : expand_all(o, &all, &options, &probes);
	if (!r && !put_together(o, argv, &options, &probes, to))
		r = fail("trace: out of memory");
	words_free(&options);
	words_free(&probes);
	recipes_free(&all);
	return r;
}
