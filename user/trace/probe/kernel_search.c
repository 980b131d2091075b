// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* kernel_search.c - see trace/probe/kernel_search.h */
#include <bpf/btf.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "cli/suggest.h"
#include "symbols/kernel_functions.h"
#include "symbols/elf/suffix.h"
#include "symbols/module_types.h"
#include "symbols/types.h"
#include "trace/probe/kernel_search.h"
#include "trace/probe/text.h"

struct search {
	struct probe_list *list;
	const struct probe_text *text;
	const char *name; /* a pattern, unless something is called exactly that */
	bool traced;
	bool literal; /* something is */
	struct btf *types; /* with `traced`, for patterns */
	struct module_types modules;
	struct kernel_functions found;
	struct suggest near;
	size_t cold, ambiguous, untyped; /* left out */
};

/* Not functions, but the room before them that may be patched. */
static bool is_padding(const char *name)
{
	return strncmp(name, "__pfx_", 6) == 0 || strncmp(name, "__cfi_", 6) == 0;
}

static bool is_wanted(const char *name, void *arg)
{
	struct search *s = arg;

	suggest_offer(&s->near, name);
	if (strcmp(name, s->name) == 0)
		return s->literal = true;
	return !s->literal && !is_padding(name) &&
	       (fnmatch(s->name, name, 0) == 0 || suffix_extends(name, s->name));
}

/* The addresses of found.function[first] and the next ones. Returns 0 or -ENOMEM. */
static int set_addresses(struct probe *p, const struct search *s, size_t first, size_t count)
{
	p->offsets = calloc(count, sizeof(*p->offsets));
	if (!p->offsets)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		p->offsets[i] = s->found.function[first + i].address;
	p->offset_count = count;
	return 0;
}

/* A function by its name; `count` places from `first` on: by its addresses, unless it is one. */
static int append(struct search *s, const char *shown, size_t first, size_t count, bool optional)
{
	const char *type = s->text->type->name;
	const char *name = count ? s->found.function[first].name : shown;
	struct probe p = {
		.type = s->text->type,
		.optional = optional,
		.target = strdup(count > 1 ? shown : name),
	};

	if (!p.target || (count > 1 && set_addresses(&p, s, first, count)) ||
	    asprintf(&p.name, "%s:%s", type, shown) < 0)
		p.name = NULL;
	return probe_list_append(s->list, &p);
}

static bool is_hidden(const struct search *s, size_t first)
{
	return !s->found.function[first].address;
}

static int explain_ambiguous(const struct search *s, size_t first, size_t count)
{
	char places[256] = "";
	size_t length = 0;

	if (!s->traced)
		return fail("%s: ambiguous: %zu functions, whose addresses are hidden from this "
			    "process (kernel.kptr_restrict); run as root, or with CAP_SYSLOG",
			    s->text->whole, count);
	for (size_t i = 0; i < count && length < sizeof(places) - 32; i++)
		length += (size_t)snprintf(places + length, sizeof(places) - length, "%s0x%" PRIx64,
					   i ? ", " : "", s->found.function[first + i].address);
	return fail("%s: ambiguous: %zu functions, at %s; kprobe: and kretprobe: attach to all of "
		    "them",
		    s->text->whole, count, places);
}

static int append_literal(struct search *s)
{
	size_t first = 0, count;

	while (strcmp(s->found.function[first].name, s->name))
		first++;
	count = kernel_functions_same(&s->found, first);
	if (count > 1 && (s->traced || is_hidden(s, first)))
		return explain_ambiguous(s, first, count);
	if (count > 1)
		note("%s: %zu functions of this name: all are meant", s->text->whole, count);
	return append(s, s->name, first, count, false);
}

/* Nothing is called that, but with suffixes: keep those that are whole functions, else pieces. */
static void keep_clones(struct search *s)
{
	struct kernel_functions *k = &s->found;
	enum suffix best = SUFFIX_COLD;
	size_t kept = 0, bare;

	for (size_t i = 0; i < k->count; i++)
		if (suffix_of(k->function[i].name, &bare) < best)
			best = suffix_of(k->function[i].name, &bare);
	for (size_t i = 0; i < k->count; i++) {
		if (best == SUFFIX_COLD || suffix_of(k->function[i].name, &bare) != best)
			free(k->function[i].name);
		else
			k->function[kept++] = k->function[i];
	}
	k->count = kept;
}

static int append_clones(struct search *s)
{
	const char *clone = s->found.function[0].name;
	size_t bare;

	if (s->traced)
		return fail("%s: only as %s, which has no type information; kprobe: may do",
			    s->text->whole, clone);
	if (s->found.count > 1 && is_hidden(s, 0))
		return explain_ambiguous(s, 0, s->found.count);
	note("%s: %s%s", s->text->whole, clone,
	     suffix_of(clone, &bare) == SUFFIX_PART
		     ? ": what was not inlined of it; calls that do not get there are not counted"
		     : ", as the compiler named it");
	return append(s, s->name, 0, s->found.count, false);
}

static bool has_type(struct search *s, const char *name)
{
	return btf__find_by_name_kind(s->types, name, BTF_KIND_FUNC) > 0 ||
	       module_types_with(&s->modules, s->types, name, BTF_KIND_FUNC);
}

/* Can a pattern take it? If not, it is counted as left out. */
static bool takes(struct search *s, size_t first, size_t count)
{
	const char *name = s->found.function[first].name;
	size_t bare, *left = NULL;

	if (suffix_of(name, &bare) == SUFFIX_COLD)
		left = &s->cold;
	else if (count > 1 && (s->traced || is_hidden(s, first)))
		left = &s->ambiguous;
	else if (s->traced && !has_type(s, name))
		left = &s->untyped;
	if (left)
		(*left)++;
	return !left;
}

static void tell_matches(const struct search *s, size_t matches)
{
	char cold[64] = "", ambiguous[64] = "", untyped[64] = "";

	if (s->cold)
		snprintf(cold, sizeof(cold), "; left out: %zu that are jumped into", s->cold);
	if (s->ambiguous)
		snprintf(ambiguous, sizeof(ambiguous), "; left out: %zu of ambiguous names",
			 s->ambiguous);
	if (s->untyped)
		snprintf(untyped, sizeof(untyped), "; left out: %zu without type information",
			 s->untyped);
	note("%s: %zu function%s%s%s%s", s->text->whole, matches, matches == 1 ? "" : "s", cold,
	     ambiguous, untyped);
}

static int append_matches(struct search *s)
{
	size_t matches = 0, count;
	int r = 0;

	for (size_t i = 0; i < s->found.count; i += kernel_functions_same(&s->found, i))
		matches++;
	if (s->list->count + matches > s->list->limit)
		return probe_too_many(s->list, s->text, matches);
	matches = 0;
	for (size_t i = 0; !r && i < s->found.count; i += count) {
		count = kernel_functions_same(&s->found, i);
		if (!takes(s, i, count))
			continue;
		matches++;
		r = append(s, s->found.function[i].name, i, count, true);
	}
	tell_matches(s, matches);
	return r || matches ? r
			    : fail("%s: no function that matches can be probed", s->text->whole);
}

static int append_pattern(struct search *s)
{
	int r;

	if (!s->found.count)
		return fail("%s: no kernel function matches", s->text->whole);
	if (s->traced)
		s->types = kernel_types_load();
	if (s->traced && !s->types)
		return fail("%s: " KERNEL_TYPES ": %s", s->text->whole, error_text(errno));
	r = append_matches(s);
	module_types_free(&s->modules);
	btf__free(s->types);
	return r;
}

static int append_found(struct search *s)
{
	if (s->literal)
		return append_literal(s);
	if (glob_is_pattern(s->name))
		return append_pattern(s);
	keep_clones(s);
	if (s->found.count)
		return append_clones(s);
	return fail("%s: no such kernel function; %s", s->text->whole,
		    suggest_hint(&s->near, "latchkit trace -l '*NAME*' lists them"));
}

int kernel_search(struct probe_list *list, const struct probe_text *text, bool traced)
{
	struct search s = {.list = list, .text = text, .name = text->field[1], .traced = traced};
	int err, r;

	suggest_init(&s.near, s.name);
	err = kernel_functions_find(is_wanted, &s, &s.found);
	if (!err)
		r = append_found(&s);
	else if (glob_is_pattern(s.name))
		r = fail("%s: cannot match patterns: /proc/kallsyms is not readable (%s); name one "
			 "function",
			 text->whole, error_text(err));
	else
		r = append(&s, s.name, 0, 0, false);
	kernel_functions_free(&s.found);
	return r;
}
