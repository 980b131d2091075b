// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * statement.c - any bytes as a statement, up to a NUL, and any behind it as type information (BTF);
 * without those there is some that is sound. What comes out are steps that a program may run
 * without a check, or a complaint about a place within the text.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "fuzz.h"
#include "trace/statement/expr/fields.h"
#include "trace/statement/expr/format_file.h"
#include "trace/statement/expr/scope.h"
#include "trace/statement/statement.h"

/* A struct with an int, a bit field, a pointer to itself, an array, and an anonymous union. */
static int add_sample(struct btf *btf, int number)
{
	int sample = btf__add_struct(btf, "sample", 40), in, array;

	btf__add_field(btf, "x", number, 0, 0);
	btf__add_field(btf, "bits", number, 32, 3);
	btf__add_field(btf, "self", sample + 3, 64, 0);
	btf__add_field(btf, "", sample + 1, 128, 0);
	btf__add_field(btf, "four", sample + 2, 192, 0);
	in = btf__add_union(btf, "", 8);
	btf__add_field(btf, "a", number, 0, 0);
	array = btf__add_array(btf, number, number, 4);
	FUZZ_PROMISE(in == sample + 1 && array == sample + 2);
	btf__add_ptr(btf, sample);
	btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", 1);
	return sample;
}

static void add_function(struct btf *btf, const char *name, int number, int pointer)
{
	int proto = btf__add_func_proto(btf, number);

	btf__add_func_param(btf, "data", pointer);
	btf__add_func_param(btf, "p", pointer);
	btf__add_func_param(btf, "n", number);
	btf__add_func(btf, name, BTF_FUNC_STATIC, proto);
}

static struct btf *sound_types(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int sample = add_sample(btf, number);

	add_function(btf, "__traceiter_sample", number, sample + 3);
	add_function(btf, "does", number, sample + 3);
	return btf;
}

/* Whatever way led to a step, the stack has been as deep, and is never empty or too deep. */
static void check_steps(const struct expr *e)
{
	int depth[EXPR_STEPS + 1];
	int now = 0;

	for (int i = 0; i <= EXPR_STEPS; i++)
		depth[i] = -1;
	FUZZ_PROMISE(e->count <= EXPR_STEPS && e->stack <= EXPR_STACK);
	for (unsigned int i = 0; i < e->count; i++) {
		const struct expr_step *s = &e->step[i];

		FUZZ_PROMISE(depth[i] == -1 || depth[i] == now);
		FUZZ_PROMISE(s->op > EXPR_END && s->op < EXPR_OPS);
		if (s->op <= EXPR_CONST) {
			FUZZ_PROMISE(++now <= EXPR_STACK);
		} else if (s->op < EXPR_ADD) {
			FUZZ_PROMISE(now >= 1);
		} else if (s->op < EXPR_ANDJ) {
			FUZZ_PROMISE(--now >= 1);
		} else {
			FUZZ_PROMISE(now >= 1 && s->imm >= 0 && i + 1 + s->imm <= e->count);
			FUZZ_PROMISE(depth[i + 1 + s->imm] == -1 || depth[i + 1 + s->imm] == now);
			depth[i + 1 + s->imm] = now--;
		}
		if (s->op == EXPR_DEREF)
			FUZZ_PROMISE(s->size == 1 || s->size == 2 || s->size == 4 || s->size == 8);
		if (s->op == EXPR_CAST)
			FUZZ_PROMISE(s->size == 1 || s->size == 2 || s->size == 4);
		if (s->op == EXPR_BITS)
			FUZZ_PROMISE(s->size >= 1 && s->imm >= 0 && s->size + s->imm <= 64);
	}
	FUZZ_PROMISE(!e->count || now == 1);
	FUZZ_PROMISE(depth[e->count] == -1 || depth[e->count] == now);
}

static void check_resolved(const struct statement *st)
{
	check_steps(&st->predicate);
	check_steps(&st->value);
	FUZZ_PROMISE(st->key_count <= STATEMENT_KEYS);
	for (size_t i = 0; i < st->key_count; i++) {
		check_steps(&st->key[i].expr);
		FUZZ_PROMISE(st->key[i].expr.text);
	}
	if (st->what == WHAT_LHIST)
		FUZZ_PROMISE(st->step > 0 && st->max > st->min);
}

static void check_complaint(const struct statement *st, const char *text)
{
	const struct complaint *c = &st->complaint;
	char shown[16384];

	FUZZ_PROMISE(c->what[0] && c->at <= strlen(text) && c->at + c->length <= strlen(text));
	complaint_show(c, text, shown, sizeof(shown));
	FUZZ_PROMISE(fuzz_is_fit(shown, strlen(shown)) && strchr(shown, '^'));
}

static void check_statement(const char *text, const struct btf *btf, FILE *to)
{
	struct statement st;
	struct scope scope;
	bool done = statement_parse(&st, text);

	if (done && strncmp(st.probe, "tracepoint:syscalls:", 20)) {
		scope_of_name(&scope, btf, st.probe);
		fields_print_scope(&scope, to);
		done = statement_resolve_in(&st, &scope, to);
		if (done)
			check_resolved(&st);
	}
	if (!done)
		check_complaint(&st, text);
	statement_free(&st);
	if (!statement_parse_keys(&st, text))
		check_complaint(&st, text);
	statement_free(&st);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct btf *sound;
	char *text = strndup((const char *)data, size), *printed;
	size_t used = strlen(text) + 1, length;
	struct btf *btf = NULL;
	FILE *to = open_memstream(&printed, &length);

	if (!sound) {
		libbpf_set_print(NULL);
		sound = sound_types();
	}
	if (used < size)
		btf = btf__new(data + used, (unsigned int)(size - used));
	check_statement(text, btf ? btf : sound, to);
	check_statement(text, NULL, to);
	format_file_line(text, &(struct format_field){0});
	fields_print_type(btf ? btf : sound, "struct sample", to);
	fclose(to);
	btf__free(btf);
	free(printed);
	free(text);
	return 0;
}
