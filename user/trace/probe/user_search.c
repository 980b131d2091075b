// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* user_search.c - see trace/probe/user_search.h */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "cli/suggest.h"
#include "symbols/elf/elf.h"
#include "symbols/elf/indirect.h"
#include "symbols/elf/suffix.h"
#include "trace/probe/near_function.h"
#include "trace/probe/text.h"
#include "trace/probe/user_search.h"

struct search {
	struct probe_list *list;
	const struct probe_text *text;
	const struct probe_file *file;
	const char *provider, *name;
	bool pattern; /* the name is one, as far as is known */
	bool literal; /* something is called exactly that */
	struct probe_list found;
	struct probe clones; /* all of the name with a suffix, if nothing else is found */
	char *clone; /* the first of them */
	bool parts; /* they are pieces of the function */
	struct suggest near;
	size_t matches;
	struct left_out {
		size_t count;
		char *first;
	} cold, indirect;
};

static bool returns(const struct search *s)
{
	return s->text->type->kind == KIND_LATENCY;
}

static void leave_out(struct left_out *l, const char *name)
{
	if (!l->count++)
		l->first = strdup(name);
}

static void forget(struct left_out *l)
{
	free(l->first);
	*l = (struct left_out){0, NULL};
}

/* Is there room for what was found? What there is no room for is counted only. */
static bool has_room(const struct search *s)
{
	return s->list->count + s->matches <= s->list->limit;
}

static int add_offsets(struct probe *p, const uint64_t *offsets, size_t count)
{
	uint64_t *grown = reallocarray(p->offsets, p->offset_count + count, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	memcpy(grown + p->offset_count, offsets, count * sizeof(*grown));
	p->offsets = grown;
	p->offset_count += count;
	return 0;
}

/* Its own name says so, or nothing but clones has the name that was asked for. */
static bool is_clone(const struct search *s, const char *name)
{
	size_t bare;

	return suffix_of(name, &bare) != SUFFIX_NONE ||
	       (s->clone && name == s->name && !s->literal);
}

static int push_function(struct search *s, const char *name, const uint64_t *offsets, size_t count)
{
	struct probe p = {
		.type = s->text->type,
		.optional = s->pattern && !s->literal,
		.file = s->file,
		.target = strdup(name),
		.is_clone = is_clone(s, name),
	};

	if (!p.target || add_offsets(&p, offsets, count) ||
	    asprintf(&p.name, "%s:%s:%s", s->text->type->name, s->file->path, name) < 0)
		p.name = NULL;
	return probe_list_push(&s->found, &p);
}

static int push_indirect(struct search *s, const struct elf_function *f)
{
	struct indirect chosen;
	pid_t pid = s->file->pid;
	int err;

	if (pid || (s->pattern && !s->literal))
		err = indirect_of_process(s->file->by_fd, f, pid ? pid : getpid(), &chosen);
	else
		err = indirect_of_any(s->file->by_fd, f, &pid, &chosen);
	if (!err)
		return push_function(s, f->name, chosen.offsets, chosen.count);
	s->matches--;
	leave_out(&s->indirect, f->name);
	return 0;
}

/* The very name, or one that the pattern matches. */
static int take_match(struct search *s, const struct elf_function *f)
{
	size_t bare;

	if (suffix_of(f->name, &bare) == SUFFIX_COLD && (!s->literal || returns(s))) {
		leave_out(&s->cold, f->name);
		return 0;
	}
	s->matches++;
	if (!has_room(s))
		return 0;
	return f->indirect ? push_indirect(s, f)
			   : push_function(s, f->name, f->offsets, f->offset_count);
}

/* Of the clones of a name, those that are whole are better than pieces. */
static int take_clone(struct search *s, const struct elf_function *f)
{
	size_t bare;
	enum suffix suffix = suffix_of(f->name, &bare);

	if (suffix == SUFFIX_COLD || (suffix == SUFFIX_PART && s->clone && !s->parts))
		return 0;
	if (!s->clone || (s->parts && suffix == SUFFIX_CLONE)) {
		free(s->clone);
		s->clone = strdup(f->name);
		s->parts = suffix == SUFFIX_PART;
		s->clones.offset_count = 0;
	}
	return s->clone && !add_offsets(&s->clones, f->offsets, f->offset_count)
		       ? 0
		       : fail("probe: out of memory");
}

static int take_function(const struct elf_function *f, void *arg)
{
	struct search *s = arg;

	suggest_offer(&s->near, f->name);
	/* Characters of patterns occur in names, too: what has the very name is meant. */
	if (strcmp(s->name, f->name) == 0) {
		s->literal = true;
		s->matches = 0;
		forget(&s->cold);
		forget(&s->indirect);
		probe_list_free(&s->found);
		return take_match(s, f);
	}
	if (s->literal)
		return 0;
	if (fnmatch(s->name, f->name, 0) == 0)
		return take_match(s, f);
	return suffix_extends(f->name, s->name) ? take_clone(s, f) : 0;
}

static int take_static(const char *provider, const char *name, void *arg)
{
	struct search *s = arg;
	struct probe p = {
		.type = s->text->type,
		.optional = s->pattern,
		.file = s->file,
	};

	suggest_offer(&s->near, name);
	if (fnmatch(s->name, name, 0) || fnmatch(s->provider, provider, 0))
		return 0;
	s->matches++;
	if (!has_room(s))
		return 0;
	p.target = strdup(provider);
	p.usdt_name = strdup(name);
	if (!p.target || !p.usdt_name ||
	    asprintf(&p.name, "usdt:%s:%s:%s", s->file->path, provider, name) < 0)
		p.name = NULL;
	return probe_list_push(&s->found, &p);
}

static int use_clones(struct search *s)
{
	s->matches = 1;
	note("%s: %s in %s%s", s->text->whole, s->clone, s->file->path,
	     s->parts ? ": what was not inlined of it; calls that do not get there are not counted"
		      : ", as the compiler named it");
	return push_function(s, s->name, s->clones.offsets, s->clones.offset_count);
}

static int nothing_found(struct search *s)
{
	char hint[1536];

	if (s->cold.count)
		return fail("%s: %s is a piece that its function jumps into: it has no call to "
			    "return from; name the function",
			    s->text->whole, s->cold.first);
	if (s->indirect.count)
		return fail("%s: %s is an indirect function: which code it stands for is chosen "
			    "when a program starts, and no process that calls it was found; start "
			    "one, and give its -p PID",
			    s->text->whole, s->indirect.first);
	if (s->provider)
		return fail("%s: no such static probe in %s; %s", s->text->whole, s->file->path,
			    suggest_hint(&s->near, "latchkit trace -l 'usdt:PATH:*' lists them"));
	near_function_hint(s->file->by_fd, s->name, &s->near, hint, sizeof(hint));
	return fail("%s: no such function in %s; %s", s->text->whole, s->file->path, hint);
}

/* Say how many a pattern stands for, and what it leaves out. */
static void tell_matches(const struct search *s)
{
	char cold[320] = "", indirect[320] = "";

	if (!s->pattern || s->literal || s->provider)
		return;
	if (s->cold.count)
		snprintf(cold, sizeof(cold), "; left out: %zu that are jumped into, %s first",
			 s->cold.count, s->cold.first);
	if (s->indirect.count)
		snprintf(indirect, sizeof(indirect),
			 "; left out: %zu indirect that nothing calls here, %s first",
			 s->indirect.count, s->indirect.first);
	note("%s: %zu function%s%s%s", s->text->whole, s->matches, s->matches == 1 ? "" : "s", cold,
	     indirect);
}

static int search_file(struct search *s)
{
	int r = s->provider ? elf_usdt_for_each(s->file->by_fd, take_static, s)
			    : elf_syms_for_each(s->file->by_fd, take_function, s);

	if (r == -ENOEXEC)
		return fail("%s: %s is not an ELF file; name a program or a library",
			    s->text->whole, s->file->path);
	if (r < 0)
		return fail("%s: %s: %s", s->text->whole, s->file->path, error_text(r));
	if (!r && !s->matches && s->clone)
		r = use_clones(s);
	if (!r && !s->matches)
		r = nothing_found(s);
	if (!r && !has_room(s))
		r = probe_too_many(s->list, s->text, s->matches);
	return r;
}

int user_search(struct probe_list *list, const struct probe_text *text,
		const struct probe_file *file, const char *provider, const char *name)
{
	struct search s = {
		.list = list,
		.text = text,
		.file = file,
		.provider = provider,
		.name = name,
		.pattern = glob_is_pattern(name) || (provider && glob_is_pattern(provider)),
	};
	int r;

	suggest_init(&s.near, name);
	r = search_file(&s);
	if (!r) {
		tell_matches(&s);
		r = probe_list_take(list, &s.found);
	}
	probe_list_free(&s.found);
	free(s.clones.offsets);
	free(s.clone);
	forget(&s.cold);
	forget(&s.indirect);
	return r;
}
