// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* user.c - parsers for user space: uprobe, uretprobe, usdt. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "symbols/elf.h"
#include "trace/probe/types.h"
#include "cli/suggest.h"

struct search {
	struct probe_list *list;
	const struct probe_text *text;
	const char *path;
	const char *provider; /* of a usdt probe, a pattern */
	const char *name; /* a pattern */
	struct suggest near;
	size_t matches;
	int err;
};

static int search_append(struct search *s, const char *provider, const char *name)
{
	struct probe p = {
		.type = provider ? PROBE_USDT : PROBE_UPROBE,
		.kind = s->text->is_return ? KIND_LATENCY : KIND_EVENT,
		.optional = glob_is_pattern(s->name),
		.path = strdup(s->path),
		.target = strdup(provider ? provider : name),
		.usdt_name = provider ? strdup(name) : NULL,
	};
	int r = provider ? asprintf(&p.name, "usdt:%s:%s:%s", s->path, provider, name)
			 : asprintf(&p.name, "%s:%s:%s", s->text->type, s->path, name);

	if (r < 0 || !p.path || !p.target || (provider && !p.usdt_name))
		p.name = NULL;
	return probe_list_append(s->list, &p);
}

static int count_symbol(const char *name, void *arg)
{
	struct search *s = arg;

	s->matches += fnmatch(s->name, name, 0) == 0;
	suggest_offer(&s->near, name);
	return 0;
}

static int append_symbol(const char *name, void *arg)
{
	struct search *s = arg;

	if (fnmatch(s->name, name, 0) == 0)
		s->err = search_append(s, NULL, name);
	return s->err;
}

static int count_usdt(const char *provider, const char *name, void *arg)
{
	struct search *s = arg;

	s->matches += fnmatch(s->name, name, 0) == 0 && fnmatch(s->provider, provider, 0) == 0;
	suggest_offer(&s->near, name);
	return 0;
}

static int append_usdt(const char *provider, const char *name, void *arg)
{
	struct search *s = arg;

	if (fnmatch(s->name, name, 0) == 0 && fnmatch(s->provider, provider, 0) == 0)
		s->err = search_append(s, provider, name);
	return s->err;
}

static int search_count(struct search *s)
{
	suggest_init(&s->near, s->name);
	return s->provider ? elf_usdt_for_each(s->path, count_usdt, s)
			   : elf_syms_for_each(s->path, count_symbol, s);
}

static int search_run(struct search *s)
{
	const char *what = s->provider ? "static probe" : "function";
	int r = search_count(s);

	if (r == -ENOEXEC)
		return fail("%s: %s is not an ELF file; name a program or a library",
			    s->text->whole, s->path);
	if (r < 0)
		return fail("%s: %s: %s", s->text->whole, s->path, strerror(-r));
	if (!s->matches)
		return fail("%s: no such %s in %s; %s", s->text->whole, what, s->path,
			    suggest_hint(&s->near, "list them with %s",
					 s->provider ? "readelf -n" : "nm -D"));
	if (s->list->count + s->matches > s->list->limit)
		return probe_too_many(s->list, s->text, s->matches);
	if (s->provider)
		elf_usdt_for_each(s->path, append_usdt, s);
	else
		elf_syms_for_each(s->path, append_symbol, s);
	return s->err;
}

int parse_uprobe(struct probe_list *list, const struct probe_text *text)
{
	struct search s = {.list = list, .text = text};
	char path[4096];

	if (!probe_has_fields(text, 2, 2))
		return probe_bad_form(text);
	if (elf_resolve_binary(text->field[1], path, sizeof(path)))
		return fail("%s: %s: no such program or library; give its path", text->whole,
			    text->field[1]);
	s.path = path;
	s.name = text->field[2];
	return search_run(&s);
}

int parse_usdt(struct probe_list *list, const struct probe_text *text)
{
	struct search s = {.list = list, .text = text};
	char path[4096];

	if (!probe_has_fields(text, 3, 3))
		return probe_bad_form(text);
	if (elf_resolve_binary(text->field[1], path, sizeof(path)))
		return fail("%s: %s: no such program or library; give its path", text->whole,
			    text->field[1]);
	s.path = path;
	s.provider = text->field[2];
	s.name = text->field[3];
	return search_run(&s);
}
