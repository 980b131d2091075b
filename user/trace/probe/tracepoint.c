// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tracepoint.c - tracepoint and rawtracepoint. Tracepoints are attached to by name, as raw
 * tracepoints, which needs no tracefs and runs even where perf's would be skipped. The syscalls
 * category has no tracepoints of its own: it stands for sys_enter and sys_exit.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "cli/suggest.h"
#include "host/syscalls.h"
#include "symbols/tracepoints.h"
#include "symbols/types.h"
#include "trace/probe/attachments.h"
#include "trace/probe/text.h"
#include "trace/probe/tracepoint.h"

struct search {
	struct probe_list *list;
	const struct probe_text *text;
	const char *category; /* NULL: any */
	const char *name; /* a pattern */
	struct suggest near;
	size_t matches;
	bool uncertain; /* those that match are perhaps of other categories */
	int err;
};

/* Without its category, only a tracepoint that is named in full is known to be the one meant. */
static bool category_is_known(const struct search *s, const char *category)
{
	return category || !s->category || strcmp(s->category, "*") == 0 ||
	       !glob_is_pattern(s->name);
}

static bool search_matches(struct search *s, const char *category, const char *name)
{
	if (s->category && category && fnmatch(s->category, category, 0))
		return false;
	if (category && strcmp(category, "syscalls") == 0)
		return false;
	return fnmatch(s->name, name, 0) == 0;
}

static int count_one(const char *category, const char *name, void *arg)
{
	struct search *s = arg;

	if (search_matches(s, category, name)) {
		s->matches++;
		s->uncertain = s->uncertain || !category_is_known(s, category);
	}
	if (s->category && category && fnmatch(s->category, category, 0))
		return 0;
	suggest_offer(&s->near, name);
	return 0;
}

static int append_one(const char *category, const char *name, void *arg)
{
	struct search *s = arg;
	struct probe p = {
		.type = s->text->type,
		.optional = glob_is_pattern(s->name),
		.target = strdup(name),
	};

	if (!search_matches(s, category, name)) {
		free(p.target);
		return 0;
	}
	if (!category)
		category = s->category;
	if ((category && asprintf(&p.name, "%s:%s:%s", s->text->type->name, category, name) < 0) ||
	    (!category && asprintf(&p.name, "%s:%s", s->text->type->name, name) < 0))
		p.name = NULL;
	s->err = probe_list_append(s->list, &p);
	return s->err;
}

static int search_failed(struct search *s)
{
	return fail("%s: no such tracepoint; %s", s->text->whole,
		    suggest_hint(&s->near, "latchkit trace -l 'tracepoint:*' lists them"));
}

static int no_source(const struct search *s, int err)
{
	return fail("%s: cannot find out which tracepoints exist, from tracefs or " KERNEL_TYPES
		    ": %s; mount tracefs, see latchkit doctor",
		    s->text->whole, error_text(err));
}

static int search_run(struct search *s)
{
	int r;

	suggest_init(&s->near, s->name);
	r = tracepoints_for_each(count_one, s);
	if (r < 0)
		return no_source(s, r);
	if (!s->matches)
		return search_failed(s);
	if (s->uncertain)
		return fail("%s: which tracepoints are in %s is known to tracefs alone, which is "
			    "not to be read here: run as root, mount it, name one tracepoint, or "
			    "write rawtracepoint:%s, which asks for no category",
			    s->text->whole, s->category, s->name);
	if (s->list->count + s->matches > s->list->limit)
		return probe_too_many(s->list, s->text, s->matches);
	r = tracepoints_for_each(append_one, s);
	return r < 0 ? no_source(s, r) : s->err;
}

static bool never_returns(const char *name)
{
	return strcmp(name, "exit") == 0 || strcmp(name, "exit_group") == 0;
}

bool syscall_returns_in_place(const struct probe *p)
{
	static const char *const others[] = {"fork",   "vfork",	   "clone",	  "clone3",
					     "execve", "execveat", "rt_sigreturn"};

	if (p->type != &probe_type_syscall)
		return false;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(syscall_name(p->syscall), others[i]) == 0)
			return false;
	return true;
}

static int append_syscall(struct probe_list *list, int number, bool optional)
{
	struct probe p = {
		.type = never_returns(syscall_name(number)) ? &probe_type_syscall_entry
							    : &probe_type_syscall,
		.syscall = number,
		.optional = optional,
	};

	if (asprintf(&p.name, "tracepoint:syscalls:sys_enter_%s", syscall_name(number)) < 0)
		p.name = NULL;
	return probe_list_append(list, &p);
}

static int unknown_syscall(const struct probe_text *text, const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	for (int i = 0; i < syscall_count(); i++)
		if (syscall_name(i))
			suggest_offer(&near, syscall_name(i));
	if (suggest_best(&near))
		return fail("%s: no such system call; did you mean sys_enter_%s?", text->whole,
			    suggest_best(&near));
	return fail("%s: no such system call on this machine", text->whole);
}

/* sys_enter_X and sys_exit_X are the same pair. */
static int parse_syscall(struct probe_list *list, const struct probe_text *text)
{
	const char *name = text->field[2];
	bool pattern = glob_is_pattern(name);
	size_t matched = 0, room = list->limit > list->count ? list->limit - list->count : 0;
	int r = 0;

	if (strncmp(name, "sys_enter_", 10) == 0)
		name += 10;
	else if (strncmp(name, "sys_exit_", 9) == 0)
		name += 9;
	else if (!pattern)
		return fail("%s: not a system call; write sys_enter_NAME", text->whole);
	for (int i = 0; i < syscall_count(); i++)
		matched += syscall_name(i) && fnmatch(name, syscall_name(i), 0) == 0;
	if (matched > room)
		return probe_too_many(list, text, matched);
	if (!pattern && syscall_number(name) >= 0)
		return append_syscall(list, syscall_number(name), false);
	for (int i = 0; !r && i < syscall_count(); i++)
		if (syscall_name(i) && fnmatch(name, syscall_name(i), 0) == 0)
			r = append_syscall(list, i, true);
	return matched ? r : unknown_syscall(text, name);
}

static int parse_tracepoint(struct probe_list *list, const struct probe_text *text)
{
	struct search s = {.list = list, .text = text};

	if (!probe_has_fields(text, 2, 2))
		return probe_bad_form(text);
	if (strcmp(text->field[1], "syscalls") == 0)
		return parse_syscall(list, text);
	s.category = text->field[1];
	s.name = text->field[2];
	return search_run(&s);
}

static int parse_rawtracepoint(struct probe_list *list, const struct probe_text *text)
{
	struct search s = {.list = list, .text = text};
	struct probe p = {.type = text->type};

	if (!probe_has_fields(text, 1, 1))
		return probe_bad_form(text);
	/* These two have no directory of their own in tracefs. */
	if (strcmp(text->field[1], "sys_enter") == 0 || strcmp(text->field[1], "sys_exit") == 0) {
		p.target = strdup(text->field[1]);
		p.name = strdup(text->whole);
		return probe_list_append(list, &p);
	}
	s.name = text->field[1];
	return search_run(&s);
}

static int attach_tracepoint(struct attachments *a, const struct probe *p)
{
	int fd = attach_copy(a, p, p->type->programs[0], BPF_PROG_TYPE_RAW_TRACEPOINT, 0, 0);

	if (fd < 0)
		return fd;
	fd = bpf_raw_tracepoint_open(p->target, fd);
	return fd < 0 ? fd : attach_keep_fd(a, fd);
}

/* A system call that begins or ends spans: of its own, as others may be timed at the same time. */
static int attach_syscall_event(struct attachments *a, const struct probe *p)
{
	const char *where = p->type->at_return ? "sys_exit" : "sys_enter";
	int btf_id = libbpf_find_vmlinux_btf_id(where, BPF_TRACE_RAW_TP), fd;

	if (btf_id < 0)
		return btf_id;
	fd = attach_copy(a, p, p->type->programs[0], BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP,
			 btf_id);
	if (fd < 0)
		return fd;
	fd = bpf_raw_tracepoint_open(NULL, fd);
	return fd < 0 ? fd : attach_keep_fd(a, fd);
}

static const struct probe_type tracepoint_in_span = {
	PROBE_SPELLED("tracepoint", "t", "tracepoint:CATEGORY:NAME"),
	.kind = KIND_EVENT,
	.spans = true,
	.attach = attach_tracepoint,
	.programs = {"span"},
};

static const struct probe_type rawtracepoint_in_span = {
	PROBE_SPELLED("rawtracepoint", "rt", "rawtracepoint:NAME"),
	.kind = KIND_EVENT,
	.spans = true,
	.attach = attach_tracepoint,
	.programs = {"span"},
};

static const struct probe_type syscall_in_span = {
	.name = "tracepoint:syscalls",
	.shorthand = "t:syscalls",
	.kind = KIND_EVENT,
	.spans = true,
	.attach = attach_syscall_event,
	.programs = {"span_sys_enter"},
};

const struct probe_type probe_type_syscall_left = {
	.name = "tracepoint:syscalls",
	.shorthand = "t:syscalls",
	.kind = KIND_EVENT,
	.at_return = true,
	.spans = true,
	.attach = attach_syscall_event,
	.programs = {"span_sys_exit"},
};

const struct probe_type probe_type_tracepoint = {
	PROBE_SPELLED("tracepoint", "t", "tracepoint:CATEGORY:NAME"),
	.help = "  tracepoint:CATEGORY:NAME              tracepoint, how often\n"
		"  tracepoint:syscalls:sys_enter_NAME    system call, how long it takes\n",
	.kind = KIND_EVENT,
	.parse = parse_tracepoint,
	.attach = attach_tracepoint,
	.programs = {"hit"},
	.in_span = &tracepoint_in_span,
};

const struct probe_type probe_type_rawtracepoint = {
	PROBE_SPELLED("rawtracepoint", "rt", "rawtracepoint:NAME"),
	.help = "  rawtracepoint:NAME                    tracepoint without its category\n",
	.kind = KIND_EVENT,
	.parse = parse_rawtracepoint,
	.attach = attach_tracepoint,
	.programs = {"hit"},
	.in_span = &rawtracepoint_in_span,
};

const struct probe_type probe_type_syscall = {
	.name = "tracepoint:syscalls",
	.shorthand = "t:syscalls",
	.kind = KIND_LATENCY,
	.programs = {"leave_syscall", "enter_syscall"},
	.returns = &probe_type_syscall_return,
	.in_span = &syscall_in_span,
};

/* The same programs serve the others: attached once, see user/trace/engine/attach.c. */
const struct probe_type probe_type_syscall_entry = {
	.name = "tracepoint:syscalls",
	.shorthand = "t:syscalls",
	.kind = KIND_EVENT,
	.programs = {"leave_syscall", "enter_syscall"},
	.in_span = &syscall_in_span,
};

const struct probe_type probe_type_syscall_return = {
	.name = "tracepoint:syscalls",
	.shorthand = "t:syscalls",
	.kind = KIND_EVENT,
	.at_return = true,
	.programs = {"leave_syscall"},
};
