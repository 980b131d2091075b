// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* record.c - see trace/statement/source/record.h */
#include <stdio.h>
#include <string.h>

#include "trace/statement/expr/format_file.h"
#include "trace/statement/expr/names.h"
#include "trace/statement/source/record.h"

static bool is_argument(const struct scope *s, const char *name)
{
	for (unsigned int i = 0; !s->no_names && i < s->args; i++)
		if (strcmp(s->arg[i].name, name) == 0)
			return true;
	return false;
}

/* Is something named that only the record has? */
static bool is_needed(const struct scope *s, const struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		const struct node *n = &tree->node[i];

		if (n->kind == NODE_FIELD && names_is_args(n->left) && !is_argument(s, n->name) &&
		    scope_is_classic(s, n->name))
			return true;
	}
	return false;
}

static bool take_field(const struct format_field *field, void *arg)
{
	struct scope *s = arg;
	struct scope_arg *own = &s->arg[s->args];

	if (s->args == SCOPE_ARGS)
		return false;
	*own = (struct scope_arg){.place = format_field_place(field), .offset = field->offset};
	snprintf(own->name, sizeof(own->name), "%s", field->name);
	snprintf(own->spelled, sizeof(own->spelled), "%.79s%s", field->type, field->index);
	own->type = format_field_type(s->btf, field);
	s->args++;
	return true;
}

/* Read the format file of "tracepoint:CATEGORY:NAME". Returns false when that cannot be. */
static bool read_record(const char *probe, bool (*fn)(const struct format_field *field, void *arg),
			void *arg)
{
	const char *category = strchr(probe, ':') + 1, *name = strchr(category, ':');
	char copy[128];

	if (!name)
		return false;
	snprintf(copy, sizeof(copy), "%.*s", (int)(name - category), category);
	return !format_file_read(copy, name + 1, fn, arg);
}

void record_scope(struct scope *s, const char *probe, const struct tree *tree)
{
	if (tree && !is_needed(s, tree))
		return;
	s->args = 0;
	if (!read_record(probe, take_field, s))
		s->args = 0;
	s->is_record = true;
	s->no_names = NULL;
	s->most_args = 0;
	s->no_numbers = "the statement reads fields of the format file, of a classic tracepoint, "
			"which does not have the arguments";
}

struct printing {
	const struct scope *scope;
	FILE *to;
};

static bool print_field(const struct format_field *field, void *arg)
{
	const struct printing *p = arg;

	if (!is_argument(p->scope, field->name))
		fprintf(p->to, "    %s%s args.%s (of the format file)\n", field->type, field->index,
			field->name);
	return true;
}

void record_print(const struct scope *s, const char *probe, FILE *to)
{
	struct printing p = {s, to};

	read_record(probe, print_field, &p);
}
