// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* kernel.c - parsers for kernel functions: kprobe, kretprobe, fentry, fexit. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "symbols/kernel.h"
#include "trace/probe/types.h"
#include "cli/suggest.h"

static int append_function(struct probe_list *list, const struct probe_text *text,
			   enum probe_type type, const char *function, bool optional)
{
	struct probe p = {
		.type = type,
		.kind = text->is_return ? KIND_LATENCY : KIND_EVENT,
		.optional = optional,
		.target = strdup(function),
	};

	if (!p.target || asprintf(&p.name, "%s:%s", text->type, function) < 0)
		p.name = NULL;
	return probe_list_append(list, &p);
}

struct pattern {
	struct probe_list *list;
	const struct probe_text *text;
	const char *pattern;
	enum probe_type type;
	size_t matches;
	int err;
};

/* Names with a dot are parts and clones that compilers made; they cannot be probed by name. */
static bool matches(const struct pattern *p, const char *function)
{
	if (strchr(function, '.') || fnmatch(p->pattern, function, 0))
		return false;
	return p->type != PROBE_FENTRY ||
	       libbpf_find_vmlinux_btf_id(function, BPF_TRACE_FENTRY) > 0;
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
		p->err = append_function(p->list, p->text, p->type, function, true);
	return p->err;
}

static int expand(struct probe_list *list, const struct probe_text *text, enum probe_type type,
		  struct ksyms *ksyms)
{
	struct pattern p = {.list = list, .text = text, .pattern = text->field[1], .type = type};
	size_t before = list->count;

	if (!ksyms)
		return fail("%s: cannot match patterns: /proc/kallsyms is not readable (%s); name "
			    "one function",
			    text->whole, strerror(errno));
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

static int parse_function(struct probe_list *list, const struct probe_text *text,
			  enum probe_type type)
{
	struct ksyms *ksyms;

	if (!probe_has_fields(text, 1, 1))
		return probe_bad_form(text);
	ksyms = probe_list_ksyms(list);
	if (glob_is_pattern(text->field[1]))
		return expand(list, text, type, ksyms);
	if (ksyms && !ksyms__has_function(ksyms, text->field[1]))
		return unknown_function(text, ksyms);
	return append_function(list, text, type, text->field[1], false);
}

int parse_kprobe(struct probe_list *list, const struct probe_text *text)
{
	return parse_function(list, text, PROBE_KPROBE);
}

int parse_fentry(struct probe_list *list, const struct probe_text *text)
{
	return parse_function(list, text, PROBE_FENTRY);
}
