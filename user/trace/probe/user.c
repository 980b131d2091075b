// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* user.c - probes in user space: uprobe, uretprobe, usdt. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/suggest.h"
#include "host/errors.h"
#include "symbols/elf.h"
#include "trace/probe/attachments.h"
#include "trace/probe/text.h"

struct search {
	struct probe_list *list;
	const struct probe_text *text;
	const char *path;
	const char *provider; /* of a usdt probe, a pattern */
	const char *name; /* a pattern, unless something is called exactly that */
	bool literal; /* something is */
	struct suggest near;
	size_t matches;
	int err;
};

static bool name_matches(const struct search *s, const char *name)
{
	return s->literal ? strcmp(s->name, name) == 0 : fnmatch(s->name, name, 0) == 0;
}

/* Characters of patterns occur in names, too: what has the very name is meant, nothing else. */
static void count_name(struct search *s, const char *name)
{
	if (!s->literal && strcmp(s->name, name) == 0) {
		s->literal = true;
		s->matches = 0;
	}
	s->matches += name_matches(s, name);
}

static int copy_offsets(struct probe *p, const struct elf_function *f)
{
	p->offsets = calloc(f->offset_count, sizeof(*p->offsets));
	if (!p->offsets)
		return -ENOMEM;
	memcpy(p->offsets, f->offsets, f->offset_count * sizeof(*p->offsets));
	p->offset_count = f->offset_count;
	return 0;
}

static int append_symbol(const struct elf_function *f, void *arg)
{
	struct search *s = arg;
	struct probe p = {
		.type = s->text->type,
		.optional = !s->literal && glob_is_pattern(s->name),
	};

	if (!name_matches(s, f->name))
		return 0;
	p.path = strdup(s->path);
	p.target = strdup(f->name);
	if (asprintf(&p.name, "%s:%s:%s", s->text->type->name, s->path, f->name) < 0)
		p.name = NULL;
	if (!p.path || !p.target || copy_offsets(&p, f)) {
		free(p.name);
		p.name = NULL;
	}
	s->err = probe_list_append(s->list, &p);
	return s->err;
}

static int count_symbol(const struct elf_function *f, void *arg)
{
	struct search *s = arg;

	count_name(s, f->name);
	suggest_offer(&s->near, f->name);
	return 0;
}

static int append_static(struct search *s, const char *provider, const char *name)
{
	struct probe p = {
		.type = s->text->type,
		.optional = glob_is_pattern(s->name),
		.path = strdup(s->path),
		.target = strdup(provider),
		.usdt_name = strdup(name),
	};
	int r = asprintf(&p.name, "usdt:%s:%s:%s", s->path, provider, name);

	if (r < 0 || !p.path || !p.target || !p.usdt_name)
		p.name = NULL;
	return probe_list_append(s->list, &p);
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
		s->err = append_static(s, provider, name);
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
		return fail("%s: %s: %s", s->text->whole, s->path, error_text(r));
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

static int parse_uprobe(struct probe_list *list, const struct probe_text *text)
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

static int parse_usdt(struct probe_list *list, const struct probe_text *text)
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

/* What libbpf attaches to: a process, or all of them. */
static pid_t wanted_pid(const struct attachments *a)
{
	return a->tgid ? a->tgid : -1;
}

/* One of the places of a name. By offset: libbpf would look the name up in its own way. */
static int attach_offset(struct attachments *a, const struct probe *p, uint64_t offset)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = p->number);
	int err = 0;

	for (int i = 0; !err && p->type->programs[i]; i++) {
		opts.retprobe = probe_type_is_exit(p->type, i);
		err = attach_keep_link(
			a, bpf_program__attach_uprobe_opts(attach_program(a, p->type->programs[i]),
							   wanted_pid(a), p->path, offset, &opts));
	}
	return err;
}

static int attach_uprobe(struct attachments *a, const struct probe *p)
{
	int err = 0;

	for (size_t i = 0; !err && i < p->offset_count; i++)
		err = attach_offset(a, p, p->offsets[i]);
	return err;
}

static int attach_usdt(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_usdt_opts, opts, .usdt_cookie = p->number);

	return attach_keep_link(a, bpf_program__attach_usdt(attach_program(a, "hit_usdt"),
							    wanted_pid(a), p->path, p->target,
							    p->usdt_name, &opts));
}

#define UPROBE .user = true, .pairs = true, .parse = parse_uprobe, .attach = attach_uprobe

const struct probe_type probe_type_uprobe = {
	PROBE_SPELLED("uprobe", "u", "uprobe:PATH:SYMBOL"),
	.help = "  uprobe:PATH:SYMBOL  uretprobe:...     user function, how often; how long it "
		"takes\n",
	.kind = KIND_EVENT,
	UPROBE,
	.programs = {"hit_cookie"},
};

const struct probe_type probe_type_uretprobe = {
	PROBE_SPELLED("uretprobe", "ur", "uretprobe:PATH:SYMBOL"),
	.kind = KIND_LATENCY,
	UPROBE,
	.programs = {"leave_cookie", "enter_cookie"},
};

const struct probe_type probe_type_usdt = {
	PROBE_SPELLED("usdt", "U", "usdt:PATH:PROVIDER:NAME"),
	.help = "  usdt:PATH:PROVIDER:NAME               static user probe, how often\n",
	.kind = KIND_EVENT,
	.user = true,
	.parse = parse_usdt,
	.attach = attach_usdt,
	.programs = {"hit_usdt"},
};
