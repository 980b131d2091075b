// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* syntax.c - see trace/probe/syntax.h: the table of probe types. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/suggest.h"
#include "trace/probe/syntax.h"
#include "trace/probe/text.h"

#define PROBE_TYPE(name) extern const struct probe_type probe_type_##name;
#include "trace/probe/types.def"
#undef PROBE_TYPE

#define PROBE_TYPE(name) &probe_type_##name,
static const struct probe_type *const types[] = {
#include "trace/probe/types.def"
};
#undef PROBE_TYPE

#define TYPES (sizeof(types) / sizeof(types[0]))

static const struct probe_type *type_find(const char *name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (strcmp(types[i]->name, name) == 0 || strcmp(types[i]->shorthand, name) == 0)
			return types[i];
	return NULL;
}

static int unknown_type(const char *text, const char *type)
{
	struct suggest near;

	suggest_init(&near, type);
	for (size_t i = 0; i < TYPES; i++)
		suggest_offer(&near, types[i]->name);
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
	struct probe_text cut = {.whole = text};
	char *copy = strdup(text);
	int r;

	if (!copy)
		return fail("%s: out of memory", text);
	if (!*text) {
		free(copy);
		return fail_usage("a probe that is empty; probes look like kprobe:vfs_read, see "
				  "latchkit trace --help");
	}
	text_split(&cut, copy);
	cut.type = type_find(cut.field[0]);
	r = cut.type ? cut.type->parse(list, &cut) : unknown_type(text, cut.field[0]);
	free(copy);
	return r;
}

char *probe_types_help(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; f && i < TYPES; i++)
		if (types[i]->help)
			fputs(types[i]->help, f);
	if (f)
		fclose(f);
	return text;
}
