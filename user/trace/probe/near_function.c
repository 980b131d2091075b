// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* near_function.c - see trace/probe/near_function.h */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "symbols/demangle.h"
#include "symbols/elf/elf.h"
#include "trace/probe/near_function.h"

struct near_name {
	struct suggest near; /* among the names that people write */
	char symbol[1024], name[256]; /* the function that has the nearest; "": none */
};

/* What is behind the last scope: "price" of "shop::price", "add<a::b>" of "shop::add<a::b>". */
static const char *without_scopes(const char *name)
{
	const char *last = name;
	int depth = 0;

	for (const char *at = name; *at; at++) {
		depth += (*at == '<') - (*at == '>');
		if (depth == 0 && at[0] == ':' && at[1] == ':')
			last = at + 2;
	}
	return last;
}

/* The names as people write it, with and without its scopes. */
static int offer(const struct elf_function *f, void *arg)
{
	struct near_name *n = arg;
	unsigned int before = n->near.distance;
	char name[sizeof(n->name)];

	if (strlen(f->name) >= sizeof(n->symbol) || !demangle(f->name, name, sizeof(name)))
		return 0;
	suggest_offer(&n->near, name);
	suggest_offer(&n->near, without_scopes(name));
	if (n->near.distance < before) {
		strcpy(n->symbol, f->name);
		strcpy(n->name, name);
	}
	return 0;
}

void near_function_hint(const char *path, const char *wanted, struct suggest *near, char *out,
			size_t size)
{
	struct near_name n = {.symbol = ""};

	suggest_init(&n.near, wanted);
	elf_syms_for_each(path, offer, &n);
	if (n.symbol[0] && (!n.near.distance || !suggest_best(near)))
		snprintf(out, size, "did you mean %s (%s)?", n.symbol, n.name);
	else
		snprintf(out, size, "%s",
			 suggest_hint(near, "latchkit trace -l lists them: 'uprobe:PATH:*'"));
}
