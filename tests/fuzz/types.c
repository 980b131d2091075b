// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * types.c - any bytes as the kernel's type information (BTF): every function that it has is a
 * probe, and expressions go down into what its arguments lead to, by the names that are there.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "fuzz.h"
#include "trace/statement/expr/fields.h"
#include "trace/statement/expr/scope.h"
#include "trace/statement/statement.h"

/* So many statements an input is worth, and so deep. */
#define STATEMENTS 30
#define DEPTH 4

struct walk {
	const struct btf *btf;
	const struct scope *scope;
	FILE *to;
	char path[256]; /* "args.p.next" */
	unsigned int left; /* statements */
	int depth;
};

/* Resolve a statement on what the path leads to: steps, or a complaint about a place in it. */
static void resolve(struct walk *w, const char *format)
{
	char expr[320], text[1024];
	struct statement st;

	if (!w->left)
		return;
	w->left--;
	snprintf(expr, sizeof(expr), format, w->path);
	snprintf(text, sizeof(text), "kprobe:f /%s/ {count() by str(%s), ntop(%s)}", expr, w->path,
		 w->path);
	if (!statement_parse(&st, text) || !statement_resolve_in(&st, w->scope, w->to))
		FUZZ_PROMISE(st.complaint.what[0] &&
			     st.complaint.at + st.complaint.length <= strlen(text));
	else
		FUZZ_PROMISE(st.predicate.count && st.predicate.count <= EXPR_STEPS);
	statement_free(&st);
}

static void go_down(struct walk *w, struct ctype type);

static void see_member(const char *name, const struct ctype_member *member, void *arg)
{
	struct walk *w = arg;
	size_t length = strlen(w->path);

	if (!w->left || length + strlen(name) + 2 > sizeof(w->path))
		return;
	snprintf(w->path + length, sizeof(w->path) - length, ".%s", name);
	resolve(w, "%s");
	if (w->depth < DEPTH) {
		w->depth++;
		go_down(w, ctype_of(w->btf, member->id));
		w->depth--;
	}
	w->path[length] = '\0';
}

static void go_down(struct walk *w, struct ctype type)
{
	resolve(w, "*%s");
	resolve(w, "&%s");
	resolve(w, "%s[1]");
	resolve(w, "%s + 1");
	if (type.kind == CTYPE_POINTER)
		type = ctype_of(w->btf, type.id);
	if (type.kind == CTYPE_AGGREGATE)
		ctype_members(w->btf, type.id, see_member, w);
}

static void see_function(const struct btf *btf, const char *name, unsigned int *left, FILE *to)
{
	struct scope scope;
	struct walk w = {.btf = btf, .scope = &scope, .to = to, .left = *left};

	scope_of(&scope, btf, "fexit", name);
	fields_print_scope(&scope, to);
	for (unsigned int i = 0; i < scope.args && w.left; i++) {
		if (strlen(scope.arg[i].name) > 60)
			continue;
		snprintf(w.path, sizeof(w.path), "args.%s", scope.arg[i].name);
		resolve(&w, "%s");
		go_down(&w, scope.arg[i].type);
	}
	snprintf(w.path, sizeof(w.path), "retval");
	go_down(&w, scope.retval);
	*left = w.left;
}

static void see_types(const struct btf *btf, FILE *to)
{
	unsigned int left = STATEMENTS;

	for (unsigned int id = 1; id < btf__type_cnt(btf) && left; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = t ? btf__name_by_offset(btf, t->name_off) : NULL;
		struct ctype type = ctype_of(btf, id);
		char text[128];

		ctype_spell(btf, &type, text, sizeof(text));
		FUZZ_PROMISE(strlen(text) < sizeof(text));
		if (t && name && btf_is_func(t))
			see_function(btf, name, &left, to);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct btf *btf;
	char *printed;
	size_t length;
	FILE *to = open_memstream(&printed, &length);

	libbpf_set_print(NULL);
	btf = btf__new(data, (unsigned int)size);
	if (btf)
		see_types(btf, to);
	btf__free(btf);
	fclose(to);
	free(printed);
	return 0;
}
