// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* fields.c - see trace/statement/expr/fields.h */
#include <string.h>

#include "cli/diag.h"
#include "trace/statement/expr/fields.h"

static const char *spelled_type(const struct scope *s, const struct scope_arg *arg, char *out,
				size_t size)
{
	return *arg->spelled ? arg->spelled : ctype_spell(s->btf, &arg->type, out, size);
}

void fields_print_scope(const struct scope *s, FILE *to)
{
	char type[128];

	for (unsigned int i = 0; !s->no_args && i < s->args; i++) {
		const struct scope_arg *arg = &s->arg[i];

		fprintf(to, "    %s %s%s", spelled_type(s, arg, type, sizeof(type)),
			*arg->name ? "args." : "arg", *arg->name ? arg->name : "");
		if (arg->refused)
			fprintf(to, " (%s)", arg->refused);
		fputc('\n', to);
	}
	if (!s->no_args && (!s->args || s->by_register) && s->most_args)
		fprintf(to, "    u64 arg0 ... arg%u\n", s->most_args - 1);
	if (!s->no_retval)
		fprintf(to, "    %s retval\n", ctype_spell(s->btf, &s->retval, type, sizeof(type)));
}

struct printing {
	const struct btf *btf;
	FILE *to;
};

static void print_member(const char *name, const struct ctype_member *m, void *arg)
{
	const struct printing *p = arg;
	struct ctype type = ctype_of(p->btf, m->id);
	char spelled[128];

	fprintf(p->to, "    %s %s", ctype_spell(p->btf, &type, spelled, sizeof(spelled)), name);
	if (m->bits)
		fprintf(p->to, ":%u (bit %llu)\n", m->bits, m->bit);
	else
		fprintf(p->to, " (offset %llu)\n", m->bit / 8);
}

int fields_print_type(const struct btf *btf, const char *name, FILE *to)
{
	enum type_tag tag = strncmp(name, "union ", 6) == 0 ? TAG_UNION : TAG_STRUCT;
	const char *own = strchr(name, ' ') + 1;
	struct printing p = {btf, to};
	struct suggest near;
	struct ctype type;

	suggest_init(&near, own);
	if (!ctype_find(btf, tag, own, &type, &near))
		return fail("%s: no such type; %s", name,
			    suggest_hint(&near, "the kernel's type information does not have it"));
	fprintf(to, "%s\n", name);
	ctype_members(btf, type.id, print_member, &p);
	return 0;
}
