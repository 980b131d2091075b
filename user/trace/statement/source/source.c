// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* source.c - see trace/statement/source/source.h */
#include <string.h>

#include "trace/probe/file.h"
#include "trace/probe/type.h"
#include "trace/statement/expr/typename.h"
#include "trace/statement/source/module.h"
#include "trace/statement/source/program.h"
#include "trace/statement/source/record.h"
#include "trace/statement/source/source.h"

static bool is_numbered(const char *name)
{
	return strncmp(name, "arg", 3) == 0 && name[3] >= '0' && name[3] <= '9';
}

/* Words that mean the same whatever types there are. */
static bool is_word(const char *name)
{
	static const char *const words[] = {"curtask", "ns", "pid", "tid", "uid", "cpu", "begin"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	return is_numbered(name);
}

/* Is it a cast to a type that only type information knows, or may it be an enumerator? */
static bool names_type(const struct node *n)
{
	if (n->kind == NODE_CAST)
		return n->tag || !typename_integer(n->name);
	return n->kind == NODE_NAME && !is_word(n->name) && strcmp(n->name, "args") &&
	       strcmp(n->name, "retval");
}

struct source_needs source_needs(const struct tree *tree)
{
	struct source_needs needs = {.tree = tree};

	for (size_t i = 0; i < tree->count; i++) {
		const struct node *n = &tree->node[i];

		if (n->kind == NODE_NAME && strncmp(n->name, "arg", 3) == 0)
			needs.arguments = true;
		if (names_type(n))
			needs.casts = true;
		if (n->kind == NODE_NAME && !is_word(n->name))
			needs.types = true;
	}
	needs.types = needs.types || needs.casts;
	return needs;
}

static void add_program(struct scope *s, const struct probe *p, const struct source_needs *needs)
{
	const struct program_function f = {
		.by_fd = p->file->by_fd,
		.path = p->file->path,
		.offsets = p->offsets,
		.count = p->offset_count,
		.is_clone = p->is_clone,
		.at_return = p->type->kind == KIND_LATENCY,
		.all_types = needs->casts,
	};

	program_scope(s, p->file->debug, &f);
}

void source_scope(struct scope *s, const struct btf *btf, struct module_types *modules,
		  const struct probe *p, struct source_needs needs)
{
	const struct btf *types = btf;

	if (needs.arguments || needs.types)
		types = module_types_for(modules, btf, p->type->name, p->target);
	scope_of_probe(s, types, p, needs.arguments);
	s->kernel = btf;
	if (needs.types && p->file && p->offset_count)
		add_program(s, p, &needs);
	else if (needs.arguments && strcmp(p->type->name, "tracepoint") == 0)
		record_scope(s, p->name, needs.record ? NULL : needs.tree);
}
