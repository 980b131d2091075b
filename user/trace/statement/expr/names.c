// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* names.c - see trace/statement/expr/names.h */
#include <stdlib.h>
#include <string.h>

#include "trace/statement/expr/names.h"

static const char *const words[] = {"args", "retval", "curtask", "ns", "pid", "tid", "uid", "cpu"};

bool names_is_args(const struct node *n)
{
	return n->kind == NODE_NAME && strcmp(n->name, "args") == 0;
}

/* A register holds 64 bits; of a narrower type the upper ones may be anything. */
static void narrow(struct compiler *c, struct operand *o)
{
	if (o->type.size < 8)
		emit_step(&c->emit, EXPR_CAST, o->type.size, o->type.is_signed ? EXPR_SIGNED : 0,
			  0);
}

static void tell(struct compiler *c, const struct node *n, const struct operand *o,
		 const char *spelled, const char *what, unsigned int number)
{
	char type[128];

	if (!c->notes)
		return;
	if (!*spelled)
		spelled = ctype_spell(c->scope->btf, &o->type, type, sizeof(type));
	fprintf(c->notes, "%.*s\t%s\t%s", (int)(n->to - n->from), c->text + n->from, spelled, what);
	if (number != -1U)
		fprintf(c->notes, " %u", number);
	fprintf(c->notes, "%s\n",
		o->type.user && o->type.kind == CTYPE_POINTER ? ", into user memory" : "");
}

/* Argument `number`; `arg` if it is known by more than that, else NULL. */
static bool push_argument(struct compiler *c, const struct node *n, unsigned int number,
			  const struct scope_arg *arg, struct operand *o)
{
	const struct scope *s = c->scope;
	const char *spelled = "";

	o->type = ctype_int(8, false);
	if (arg) {
		o->type = arg->type;
		spelled = arg->spelled;
	}
	o->type.user = o->type.user || s->user;
	if (o->type.kind == CTYPE_VOID || o->type.kind == CTYPE_OTHER)
		o->type = ctype_int(8, false);
	if (o->type.kind == CTYPE_AGGREGATE || o->type.kind == CTYPE_ARRAY)
		return operand_complain(c, n, "is passed by value, in more than one register");
	emit_step(&c->emit, EXPR_ARG, 0, 0, number);
	narrow(c, o);
	tell(c, n, o, spelled, "argument", number);
	return true;
}

/* " ARG_FIELD " of the format file is often args.ARG.FIELD. */
static bool other_spelling(struct compiler *c, const char *name, char *out, size_t size)
{
	const struct scope *s = c->scope;

	for (unsigned int i = 0; i < s->args; i++) {
		size_t length = strlen(s->arg[i].name);
		struct ctype_member member;
		struct ctype pointee;

		if (!length || s->arg[i].type.kind != CTYPE_POINTER)
			continue;
		if (strncmp(name, s->arg[i].name, length) == 0 && name[length] == '_')
			length++;
		else
			length = 0;
		pointee = ctype_of(s->btf, s->arg[i].type.id);
		if (pointee.kind != CTYPE_AGGREGATE ||
		    !ctype_member(s->btf, pointee.id, name + length, &member, NULL))
			continue;
		snprintf(out, size, "args.%s.%s", s->arg[i].name, name + length);
		return true;
	}
	return false;
}

static void list_arguments(const struct scope *s, char *out, size_t size)
{
	size_t length = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < s->args && length < size; i++)
		length += (size_t)snprintf(out + length, size - length, "%s%s", i ? ", " : "",
					   s->arg[i].name);
}

static bool no_argument(struct compiler *c, const struct node *n)
{
	const struct scope *s = c->scope;
	struct suggest near;
	char list[256], other[NAME_ROOM * 2 + 16];

	list_arguments(s, list, sizeof(list));
	suggest_init(&near, n->name);
	for (unsigned int i = 0; n->name[1] && i < s->args;
	     i++) /* one letter is near to any other */
		suggest_offer(&near, s->arg[i].name);
	if (other_spelling(c, n->name, other, sizeof(other)))
		return operand_complain(c, n, "%s of %s; write %s",
					scope_is_classic(s, n->name)
						? "a field of the format file, not an argument"
						: "no such argument",
					s->owner, other);
	if (scope_is_classic(s, n->name))
		return operand_complain(c, n,
					"a field of the format file, which a raw tracepoint does "
					"not have; the arguments of %s are %s",
					s->owner, list);
	return operand_complain(c, n, "no such argument of %s; %s", s->owner,
				suggest_hint(&near, *list ? "it has %s" : "it has none%s", list));
}

/* A field of the record, whose address is all the "arguments" that such a program has. */
static bool push_field(struct compiler *c, const struct node *n, const struct scope_arg *arg,
		       struct operand *o)
{
	emit_step(&c->emit, EXPR_ARG, 0, 0, 0);
	o->type = arg->type;
	tell(c, n, o, arg->spelled, "field of the format file, at", arg->offset);
	if (arg->place == PLACE_FIELD) {
		o->in_memory = true;
		o->offset = arg->offset;
		return true;
	}
	/* The low 16 bits say where, the high ones how long it is. */
	emit_step(&c->emit, EXPR_DEREF, 2, 0, arg->offset);
	emit_step(&c->emit, EXPR_ARG, 0, 0, 0);
	if (arg->place == PLACE_RELATIVE)
		emit_step(&c->emit, EXPR_ADDR, 0, 0, arg->offset + 4);
	emit_binary(&c->emit, EXPR_ADD);
	return true;
}

static bool push_named(struct compiler *c, const struct node *n, const struct scope_arg *arg,
		       struct operand *o)
{
	if (arg->refused)
		return operand_complain(c, n, "%s", arg->refused);
	if (arg->place != PLACE_ARGUMENT)
		return push_field(c, n, arg, o);
	if (arg->number >= c->scope->most_args)
		return operand_complain(c, n,
					"comes behind the five that are read; fentry: has all");
	return push_argument(c, n, arg->number, arg, o);
}

bool names_argument(struct compiler *c, const struct node *n, struct operand *o)
{
	const struct scope *s = c->scope;

	if (s->no_args)
		return operand_complain(c, n, "%s", s->no_args);
	if (s->no_names)
		return operand_complain(c, n, "%s", s->no_names);
	for (unsigned int i = 0; i < s->args; i++)
		if (strcmp(s->arg[i].name, n->name) == 0)
			return push_named(c, n, &s->arg[i], o);
	return no_argument(c, n);
}

/* arg0, arg1 ... Returns -1 for other names. */
static int number_of(const char *name)
{
	if (strncmp(name, "arg", 3) || !name[3] || strlen(name) > 5 ||
	    strspn(name + 3, "0123456789") != strlen(name + 3))
		return -1;
	return atoi(name + 3);
}

static bool numbered(struct compiler *c, const struct node *n, int number, struct operand *o)
{
	const struct scope *s = c->scope;

	if (s->no_args)
		return operand_complain(c, n, "%s", s->no_args);
	if (s->no_numbers)
		return operand_complain(c, n, "%s", s->no_numbers);
	if (!s->most_args)
		return operand_complain(c, n, "%s has no arguments", s->owner);
	if ((unsigned int)number >= s->most_args)
		return operand_complain(c, n, "no such argument; %s has arg0 to arg%u", s->owner,
					s->most_args - 1);
	return push_argument(
		c, n, (unsigned int)number,
		(unsigned int)number < s->args && !s->by_register ? &s->arg[number] : NULL, o);
}

static bool returned(struct compiler *c, const struct node *n, struct operand *o)
{
	if (c->scope->no_retval)
		return operand_complain(c, n, "%s", c->scope->no_retval);
	o->type = c->scope->retval;
	o->type.user = o->type.user || c->scope->user;
	emit_step(&c->emit, EXPR_RETVAL, 0, 0, 0);
	narrow(c, o);
	tell(c, n, o, "", "what it returns", -1U);
	return true;
}

static bool current_task(struct compiler *c, const struct node *n, struct operand *o)
{
	struct ctype task;

	if (!c->scope->kernel)
		return operand_complain(c, n, "this kernel has no type information (BTF)");
	if (!ctype_find(c->scope->kernel, TAG_STRUCT, "task_struct", &task, NULL))
		return operand_complain(c, n, "the type information has no struct task_struct");
	o->type = (struct ctype){.kind = CTYPE_POINTER, .id = task.id, .size = 8};
	emit_step(&c->emit, EXPR_TASK, 0, 0, 0);
	return true;
}

/* Of the current task, by the fields in `path`. */
static bool of_task(struct compiler *c, const struct node *n, const char *const *path,
		    struct operand *o)
{
	if (!current_task(c, n, o))
		return false;
	for (; *path; path++)
		if (!operand_field(c, n, *path, o))
			return false;
	return true;
}

static bool duration(struct compiler *c, const struct node *n, struct operand *o)
{
	if (c->scope->no_ns)
		return operand_complain(c, n, "%s", c->scope->no_ns);
	o->type = ctype_int(8, false);
	emit_step(&c->emit, EXPR_NS, 0, 0, 0);
	return true;
}

static bool enumerator(struct compiler *c, const struct node *n, struct operand *o)
{
	struct suggest near;
	long long value;

	suggest_init(&near, n->name);
	suggest_offer_rows(&near, words, sizeof(words) / sizeof(words[0]), sizeof(words[0]));
	if (ctype_enumerator(c->scope->btf, n->name, &value, &o->type, &near)) {
		emit_step(&c->emit, EXPR_CONST, 0, 0, value);
		if (c->notes)
			fprintf(c->notes, "%s\tenum\t%lld\n", n->name, value);
		return true;
	}
	for (unsigned int i = 0; i < c->scope->args; i++)
		if (c->scope->arg[i].name[0] && strcmp(c->scope->arg[i].name, n->name) == 0)
			return operand_complain(c, n, "no such name; did you mean args.%s?",
						n->name);
	return operand_complain(c, n, "no such name; %s",
				suggest_hint(&near,
					     "there are argN, args.NAME, retval, curtask, ns, "
					     "pid, tid, uid, cpu and the kernel's enums"));
}

bool names_resolve(struct compiler *c, const struct node *n, struct operand *o)
{
	static const char *const pid[] = {"tgid", NULL}, *const tid[] = {"pid", NULL};
	static const char *const uid[] = {"cred", "uid", "val", NULL};
	static const char *const cpu[] = {"thread_info", "cpu", NULL};
	int number = number_of(n->name);

	*o = (struct operand){0};
	if (number >= 0)
		return numbered(c, n, number, o);
	if (names_is_args(n))
		return operand_complain(c, n, "of which argument? Write args.NAME or arg0");
	if (strcmp(n->name, "retval") == 0)
		return returned(c, n, o);
	if (strcmp(n->name, "curtask") == 0)
		return current_task(c, n, o);
	if (strcmp(n->name, "ns") == 0)
		return duration(c, n, o);
	if (strcmp(n->name, "pid") == 0)
		return of_task(c, n, pid, o);
	if (strcmp(n->name, "tid") == 0)
		return of_task(c, n, tid, o);
	if (strcmp(n->name, "uid") == 0)
		return of_task(c, n, uid, o);
	if (strcmp(n->name, "cpu") == 0)
		return of_task(c, n, cpu, o);
	return enumerator(c, n, o);
}
