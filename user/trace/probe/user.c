// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* user.c - probes in user space: uprobe, uretprobe, usdt. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "symbols/elf/elf.h"
#include "trace/probe/attachments.h"
#include "trace/probe/text.h"
#include "trace/probe/user_search.h"

/* Are there `fields` names, the last of which may have colons of its own? */
static bool has_names(const char *rest, int fields)
{
	const char *colon = strchr(rest, ':');

	return fields == 1 ? *rest : colon && colon > rest && colon[1] && !strchr(colon + 1, ':');
}

/*
 * Cut "TYPE:PATH:NAME..." in `copy` behind the path, the longest that leads to a file: paths may
 * have colons, and names in C++ do. Opens it and sets *names to what is behind it. Returns 0,
 * EXIT_USAGE or EXIT_FAILED, diagnosed.
 */
static int open_binary(struct probe_list *list, const struct probe_text *text, char *copy,
		       int fields, struct probe_file **file, char **names)
{
	char *path = strchr(copy, ':');
	int err = -ENOENT;

	if (!path || path[1] == ':' || text->fields < fields + 2)
		return probe_bad_form(text);
	path++;
	for (char *end = path + strlen(path) - 1; err == -ENOENT && end > path; end--) {
		if (*end != ':' || !has_names(end + 1, fields))
			continue;
		*end = '\0';
		err = probe_file_open(&list->files, path, list->pid, file);
		*names = end + 1;
		if (err == -ENOENT)
			*end = ':';
	}
	if (err == -ENOENT)
		return fail("%s: %s: no such program or library%s; give its path", text->whole,
			    text->field[1], list->pid ? " where the process is" : "");
	return err ? fail("%s: %s: %s", text->whole, path, error_text(err)) : 0;
}

/* Refuse what would crash the target, say what may. */
static int check_returns(const struct probe_list *list, const struct probe_text *text,
			 const struct probe_file *file)
{
	unsigned int traits = elf_traits(file->by_fd);

	if (traits & ELF_IS_GO && !list->force)
		return fail("%s: %s is a Go program: its runtime moves stacks, and a probe on a "
			    "return makes it crash; count entries with uprobe:, or insist with "
			    "--force",
			    text->whole, file->path);
	if (traits & ELF_THROWS)
		note("%s: %s throws exceptions: one that passes a function with a probe on its "
		     "return ends the program",
		     text->whole, file->path);
	return 0;
}

static int parse_named(struct probe_list *list, const struct probe_text *text, char *copy)
{
	struct probe_file *file;
	char *names;
	int r = open_binary(list, text, copy, 1, &file, &names);

	if (!r && text->type->kind == KIND_LATENCY)
		r = check_returns(list, text, file);
	return r ? r : user_search(list, text, file, NULL, names);
}

static int parse_uprobe(struct probe_list *list, const struct probe_text *text)
{
	char *copy = strdup(text->whole);
	int r = copy ? parse_named(list, text, copy) : fail("%s: out of memory", text->whole);

	free(copy);
	return r;
}

static int parse_static(struct probe_list *list, const struct probe_text *text, char *copy)
{
	struct probe_file *file;
	char *names, *name;
	int r = open_binary(list, text, copy, 2, &file, &names);

	if (r)
		return r;
	name = strchr(names, ':');
	*name++ = '\0';
	return user_search(list, text, file, names, name);
}

static int parse_usdt(struct probe_list *list, const struct probe_text *text)
{
	char *copy = strdup(text->whole);
	int r = copy ? parse_static(list, text, copy) : fail("%s: out of memory", text->whole);

	free(copy);
	return r;
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
		err = attach_keep_link(a, bpf_program__attach_uprobe_opts(
						  attach_program(a, p->type->programs[i]),
						  wanted_pid(a), p->file->by_fd, offset, &opts));
	}
	return err;
}

static int attach_uprobe(struct attachments *a, const struct probe *p)
{
	int err = probe_file_is_unchanged(p->file) ? 0 : -ESTALE;

	for (size_t i = 0; !err && i < p->offset_count; i++)
		err = attach_offset(a, p, p->offsets[i]);
	return err;
}

static int attach_usdt(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_usdt_opts, opts, .usdt_cookie = p->number);

	if (!probe_file_is_unchanged(p->file))
		return -ESTALE;
	return attach_keep_link(a, bpf_program__attach_usdt(attach_program(a, p->type->programs[0]),
							    wanted_pid(a), p->file->by_fd,
							    p->target, p->usdt_name, &opts));
}

static int explain_user(const struct probe *p, int err)
{
	if (err == -ESTALE)
		return fail("%s: %s is being written to; try again", p->name, p->file->path);
	return fail("%s: cannot attach: %s; see latchkit doctor", p->name, error_text(err));
}

#define UPROBE \
	.user = true, .pairs = true, .parse = parse_uprobe, .attach = attach_uprobe, \
	.explain = explain_user

#define UPROBE_IN_SPAN .user = true, .spans = true, .attach = attach_uprobe, .explain = explain_user

static const struct probe_type uprobe_in_span = {
	PROBE_SPELLED("uprobe", "u", "uprobe:PATH:SYMBOL"),
	.kind = KIND_EVENT,
	UPROBE_IN_SPAN,
	.has_ip = true,
	.programs = {"span_cookie"},
};

static const struct probe_type uretprobe_in_span = {
	PROBE_SPELLED("uretprobe", "ur", "uretprobe:PATH:SYMBOL"),
	.kind = KIND_EVENT,
	.at_return = true,
	UPROBE_IN_SPAN,
	.programs = {"span_return"},
};

static const struct probe_type usdt_in_span = {
	PROBE_SPELLED("usdt", "U", "usdt:PATH:PROVIDER:NAME"),
	.kind = KIND_EVENT,
	.user = true,
	.spans = true,
	.attach = attach_usdt,
	.explain = explain_user,
	.has_ip = true,
	.programs = {"span_usdt"},
};

const struct probe_type probe_type_uprobe = {
	PROBE_SPELLED("uprobe", "u", "uprobe:PATH:SYMBOL"),
	.help = "  uprobe:PATH:SYMBOL  uretprobe:...     user function, how often; how long it "
		"takes\n",
	.kind = KIND_EVENT,
	UPROBE,
	.has_ip = true,
	.programs = {"hit_cookie"},
	.in_span = &uprobe_in_span,
};

static const struct probe_type uprobe_return = {
	PROBE_SPELLED("uretprobe", "ur", "uretprobe:PATH:SYMBOL"),
	.kind = KIND_EVENT,
	UPROBE,
	.at_return = true,
	.programs = {"hit_cookie"},
};

const struct probe_type probe_type_uretprobe = {
	PROBE_SPELLED("uretprobe", "ur", "uretprobe:PATH:SYMBOL"),
	.kind = KIND_LATENCY,
	UPROBE,
	.returns = &uprobe_return,
	.programs = {"leave_user", "enter_user"},
	.in_span = &uretprobe_in_span,
};

const struct probe_type probe_type_usdt = {
	PROBE_SPELLED("usdt", "U", "usdt:PATH:PROVIDER:NAME"),
	.help = "  usdt:PATH:PROVIDER:NAME               static user probe, how often\n",
	.kind = KIND_EVENT,
	.user = true,
	.parse = parse_usdt,
	.attach = attach_usdt,
	.explain = explain_user,
	.has_ip = true,
	.programs = {"hit_usdt"},
	.in_span = &usdt_in_span,
};
