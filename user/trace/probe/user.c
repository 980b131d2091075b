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
#include "symbols/elf.h"
#include "trace/probe/attachments.h"
#include "trace/probe/text.h"

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
		.type = s->text->type,
		.optional = glob_is_pattern(s->name),
		.path = strdup(s->path),
		.target = strdup(provider ? provider : name),
		.usdt_name = provider ? strdup(name) : NULL,
	};
	int r = provider ? asprintf(&p.name, "usdt:%s:%s:%s", s->path, provider, name)
			 : asprintf(&p.name, "%s:%s:%s", s->text->type->name, s->path, name);

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

static int attach_uprobe(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_uprobe_opts, opts, .bpf_cookie = p->number, .func_name = p->target);
	int err = 0;

	for (int i = 0; !err && p->type->programs[i]; i++) {
		opts.retprobe = probe_type_is_exit(p->type, i);
		err = attach_keep_link(
			a, bpf_program__attach_uprobe_opts(attach_program(a, p->type->programs[i]),
							   wanted_pid(a), p->path, 0, &opts));
	}
	return err;
}

static int attach_usdt(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_usdt_opts, opts, .usdt_cookie = p->number);

	return attach_keep_link(a, bpf_program__attach_usdt(attach_program(a, "hit_usdt"),
							    wanted_pid(a), p->path, p->target,
							    p->usdt_name, &opts));
}

#define UPROBE .pairs = true, .parse = parse_uprobe, .attach = attach_uprobe

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
	.parse = parse_usdt,
	.attach = attach_usdt,
	.programs = {"hit_usdt"},
};
