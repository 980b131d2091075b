// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* kernel.c - probes on kernel functions: kprobe, kretprobe, fentry, fexit. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/suggest.h"
#include "host/errors.h"
#include "symbols/kernel.h"
#include "trace/probe/attachments.h"
#include "trace/probe/text.h"

static int append_function(struct probe_list *list, const struct probe_text *text,
			   const char *function, bool optional)
{
	struct probe p = {
		.type = text->type,
		.optional = optional,
		.target = strdup(function),
	};

	if (!p.target || asprintf(&p.name, "%s:%s", text->type->name, function) < 0)
		p.name = NULL;
	return probe_list_append(list, &p);
}

struct pattern {
	struct probe_list *list;
	const struct probe_text *text;
	const char *pattern;
	bool traced; /* it must be one that trampolines can be attached to */
	size_t matches;
	int err;
};

/* Names with a dot are parts and clones that compilers made; they cannot be probed by name. */
static bool matches(const struct pattern *p, const char *function)
{
	if (strchr(function, '.') || fnmatch(p->pattern, function, 0))
		return false;
	return !p->traced || libbpf_find_vmlinux_btf_id(function, BPF_TRACE_FENTRY) > 0;
}

static int count_match(const char *function, void *arg)
{
	struct pattern *p = arg;

	if (!strchr(function, '.') && fnmatch(p->pattern, function, 0) == 0)
		p->matches++;
	return 0;
}

static int append_match(const char *function, void *arg)
{
	struct pattern *p = arg;

	if (matches(p, function))
		p->err = append_function(p->list, p->text, function, true);
	return p->err;
}

static int expand(struct probe_list *list, const struct probe_text *text, bool traced,
		  struct ksyms *ksyms)
{
	struct pattern p = {
		.list = list, .text = text, .pattern = text->field[1], .traced = traced};
	size_t before = list->count;

	if (!ksyms)
		return fail("%s: cannot match patterns: /proc/kallsyms is not readable (%s); name "
			    "one function",
			    text->whole, error_text(errno));
	ksyms__for_each_function(ksyms, count_match, &p);
	if (!p.matches)
		return fail("%s: no kernel function matches", text->whole);
	if (list->count + p.matches > list->limit)
		return probe_too_many(list, text, p.matches);
	ksyms__for_each_function(ksyms, append_match, &p);
	if (!p.err && list->count == before)
		return fail("%s: no function that matches can be probed", text->whole);
	return p.err;
}

static int offer(const char *function, void *near)
{
	suggest_offer(near, function);
	return 0;
}

static int unknown_function(const struct probe_text *text, struct ksyms *ksyms)
{
	struct suggest near;

	suggest_init(&near, text->field[1]);
	ksyms__for_each_function(ksyms, offer, &near);
	return fail("%s: no such kernel function; %s", text->whole,
		    suggest_hint(&near, "see /proc/kallsyms for their names"));
}

static int parse_function(struct probe_list *list, const struct probe_text *text, bool traced)
{
	struct ksyms *ksyms;

	if (!probe_has_fields(text, 1, 1))
		return probe_bad_form(text);
	ksyms = probe_list_ksyms(list);
	if (glob_is_pattern(text->field[1]))
		return expand(list, text, traced, ksyms);
	if (ksyms && !ksyms__has_function(ksyms, text->field[1]))
		return unknown_function(text, ksyms);
	return append_function(list, text, text->field[1], false);
}

static int parse_kprobe(struct probe_list *list, const struct probe_text *text)
{
	return parse_function(list, text, false);
}

static int attach_kprobe(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .bpf_cookie = p->number);
	int err = 0;

	for (int i = 0; !err && p->type->programs[i]; i++) {
		opts.retprobe = probe_type_is_exit(p->type, i);
		err = attach_keep_link(
			a, bpf_program__attach_kprobe_opts(attach_program(a, p->type->programs[i]),
							   p->target, &opts));
	}
	return err;
}

static int explain_kprobe(const struct probe *p, int err)
{
	if (access("/sys/bus/event_source/devices/kprobe", F_OK))
		return fail("%s: this kernel has no kprobes; use a tracepoint, or fentry: where "
			    "latchkit doctor says yes",
			    p->name);
	return fail("%s: cannot attach: %s; some functions cannot be probed, their callers can",
		    p->name, error_text(err));
}

static int parse_fentry(struct probe_list *list, const struct probe_text *text)
{
	return parse_function(list, text, true);
}

static int attach_trampoline(struct attachments *a, const struct probe *p, const char *program,
			     enum bpf_attach_type type)
{
	int btf_id = libbpf_find_vmlinux_btf_id(p->target, type), fd;

	if (btf_id < 0)
		return btf_id;
	fd = attach_copy(a, p, program, BPF_PROG_TYPE_TRACING, type, btf_id);
	if (fd < 0)
		return fd;
	fd = bpf_link_create(fd, 0, type, NULL);
	return fd < 0 ? fd : attach_keep_fd(a, fd);
}

static int attach_fentry(struct attachments *a, const struct probe *p)
{
	int err = 0;

	for (int i = 0; !err && p->type->programs[i]; i++)
		err = attach_trampoline(a, p, p->type->programs[i],
					probe_type_is_exit(p->type, i) ? BPF_TRACE_FEXIT
								       : BPF_TRACE_FENTRY);
	return err;
}

static int explain_fentry(const struct probe *p, int err)
{
	return fail("%s: cannot attach: %s; latchkit doctor says whether this kernel has fentry, "
		    "kprobe: may do",
		    p->name, error_text(err));
}

#define KPROBE \
	.pairs = true, .parse = parse_kprobe, .attach = attach_kprobe, .explain = explain_kprobe

const struct probe_type probe_type_kprobe = {
	PROBE_SPELLED("kprobe", "k", "kprobe:FUNCTION"),
	.help = "  kprobe:FUNCTION  kretprobe:FUNCTION   kernel function, how often; how long it "
		"takes\n",
	.kind = KIND_EVENT,
	KPROBE,
	.programs = {"hit_cookie"},
};

const struct probe_type probe_type_kretprobe = {
	PROBE_SPELLED("kretprobe", "kr", "kretprobe:FUNCTION"),
	.kind = KIND_LATENCY,
	KPROBE,
	.programs = {"leave_cookie", "enter_cookie"},
};

#define FENTRY \
	.pairs = true, .parse = parse_fentry, .attach = attach_fentry, .explain = explain_fentry

const struct probe_type probe_type_fentry = {
	PROBE_SPELLED("fentry", "f", "fentry:FUNCTION"),
	.help = "  fentry:FUNCTION  fexit:FUNCTION       the same, cheaper\n",
	.kind = KIND_EVENT,
	FENTRY,
	.programs = {"hit"},
};

const struct probe_type probe_type_fexit = {
	PROBE_SPELLED("fexit", "fr", "fexit:FUNCTION"),
	.kind = KIND_LATENCY,
	FENTRY,
	.programs = {"leave", "enter"},
};
