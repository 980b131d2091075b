// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* probe.c - see trace/probe/probe.h: the list, and the table of probe types. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "symbols/kernel.h"
#include "trace/probe/probe.h"
#include "trace/probe/types.h"
#include "cli/suggest.h"

static const struct probe_syntax {
	const char *name, *shorthand;
	int (*parse)(struct probe_list *list, const struct probe_text *text);
	bool is_return;
	const char *form;
} syntaxes[] = {
	{"kprobe", "k", parse_kprobe, false, "kprobe:FUNCTION"},
	{"kretprobe", "kr", parse_kprobe, true, "kretprobe:FUNCTION"},
	{"fentry", "f", parse_fentry, false, "fentry:FUNCTION"},
	{"fexit", "fr", parse_fentry, true, "fexit:FUNCTION"},
	{"tracepoint", "t", parse_tracepoint, false, "tracepoint:CATEGORY:NAME"},
	{"rawtracepoint", "rt", parse_rawtracepoint, false, "rawtracepoint:NAME"},
	{"uprobe", "u", parse_uprobe, false, "uprobe:PATH:SYMBOL"},
	{"uretprobe", "ur", parse_uprobe, true, "uretprobe:PATH:SYMBOL"},
	{"usdt", "U", parse_usdt, false, "usdt:PATH:PROVIDER:NAME"},
	{"profile", "p", parse_profile, false, "profile:hz:N"},
	{"software", "s", parse_software, false, "software:EVENT[:PERIOD]"},
	{"hardware", "h", parse_hardware, false, "hardware:EVENT[:PERIOD]"},
	{"watchpoint", "w", parse_watchpoint, false, "watchpoint:0xADDR:LENGTH:w"},
};

static const struct probe_syntax *syntax_find(const char *name)
{
	for (size_t i = 0; i < sizeof(syntaxes) / sizeof(syntaxes[0]); i++)
		if (strcmp(syntaxes[i].name, name) == 0 || strcmp(syntaxes[i].shorthand, name) == 0)
			return &syntaxes[i];
	return NULL;
}

static int unknown_type(const char *text, const char *type)
{
	struct suggest near;

	suggest_init(&near, type);
	for (size_t i = 0; i < sizeof(syntaxes) / sizeof(syntaxes[0]); i++)
		suggest_offer(&near, syntaxes[i].name);
	if (suggest_best(&near))
		return fail_usage("%s: no such probe type; did you mean %s?", text,
				  suggest_best(&near));
	return fail_usage("%s: no such probe type; probes look like kprobe:vfs_read, see "
			  "latchkit trace --help",
			  text);
}

/* Cut `text` at its colons into the fields of *cut. A path may not contain colons. */
static void text_split(struct probe_text *cut, char *text)
{
	cut->fields = 0;
	while (cut->fields < PROBE_FIELDS) {
		cut->field[cut->fields++] = text;
		text = strchr(text, ':');
		if (!text)
			return;
		*text++ = '\0';
	}
	cut->fields = PROBE_FIELDS + 1; /* too many */
}

int probe_list_add(struct probe_list *list, const char *text)
{
	const struct probe_syntax *syntax;
	char *copy = strdup(text);
	struct probe_text cut = {.whole = text};
	int r;

	if (!copy)
		return fail("%s: out of memory", text);
	text_split(&cut, copy);
	syntax = syntax_find(cut.field[0]);
	if (syntax) {
		cut.is_return = syntax->is_return;
		cut.type = syntax->name;
		cut.form = syntax->form;
		r = syntax->parse(list, &cut);
	} else {
		r = unknown_type(text, cut.field[0]);
	}
	free(copy);
	return r;
}

static void probe_clear(struct probe *p)
{
	free(p->name);
	free(p->target);
	free(p->path);
	free(p->usdt_name);
	memset(p, 0, sizeof(*p));
}

static bool same_attachment(const struct probe *a, const struct probe *b)
{
	return a->type == b->type &&
	       (a->type == PROBE_KPROBE || a->type == PROBE_FENTRY || a->type == PROBE_UPROBE) &&
	       strcmp(a->target, b->target) == 0 &&
	       (!a->path || (b->path && strcmp(a->path, b->path) == 0));
}

/* An entry probe and its return are one probe: the pair. Returns true if *p was taken in. */
static bool merge(struct probe_list *list, struct probe *p)
{
	for (size_t i = 0; i < list->count; i++) {
		struct probe *have = &list->probe[i], swap = *have;

		if (strcmp(have->name, p->name) == 0) {
			probe_clear(p);
			return true;
		}
		if (!same_attachment(have, p))
			continue;
		if (p->kind == KIND_LATENCY) {
			*have = *p;
			*p = swap;
		}
		probe_clear(p);
		return true;
	}
	return false;
}

int probe_list_append(struct probe_list *list, struct probe *p)
{
	struct probe *grown;

	if (!p->name) {
		probe_clear(p);
		return fail("probe: out of memory");
	}
	if (merge(list, p))
		return EXIT_OK;
	grown = realloc(list->probe, (list->count + 1) * sizeof(*grown));
	if (!grown) {
		probe_clear(p);
		return fail("probe: out of memory");
	}
	list->probe = grown;
	list->probe[list->count++] = *p;
	return EXIT_OK;
}

void probe_list_number(struct probe_list *list)
{
	memset(list->kinds, 0, sizeof(list->kinds));
	for (size_t i = 0; i < list->count; i++)
		list->probe[i].number = list->kinds[list->probe[i].kind]++;
}

void probe_list_free(struct probe_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		probe_clear(&list->probe[i]);
	free(list->probe);
	ksyms__free(list->ksyms);
	memset(list, 0, sizeof(*list));
}

struct ksyms *probe_list_ksyms(struct probe_list *list)
{
	if (!list->ksyms)
		list->ksyms = ksyms__load();
	return list->ksyms;
}
