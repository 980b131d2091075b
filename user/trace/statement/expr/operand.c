// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* operand.c - see trace/statement/expr/operand.h */
#include <stdarg.h>
#include <string.h>

#include "trace/statement/expr/operand.h"

static bool is_path(const char *c)
{
	return (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
	       *c == '_' || (*c == '.' && c[1] != '.') || (*c == '-' && c[1] == '>') ||
	       (*c == '>' && c[-1] == '-');
}

bool operand_complain(struct compiler *c, const struct node *n, const char *format, ...)
{
	size_t end = n->at + n->length;
	char why[400];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	if (n->kind == NODE_FIELD || n->kind == NODE_NAME)
		while (c->text[end] && is_path(c->text + end))
			end++;
	end = end < n->to ? n->to : end;
	if (end - n->from > 80)
		end = n->from + 80;
	return complain(c->complaint, n->at, n->length, "%.*s: %s", (int)(end - n->from),
			c->text + n->from, why);
}

static int flags_of(const struct operand *o)
{
	return (o->type.is_signed ? EXPR_SIGNED : 0) | (o->type.user ? EXPR_USER : 0);
}

/* The smallest aligned words of 1, 2, 4 or 8 bytes that the bits are in. */
static bool load_bits(struct compiler *c, const struct node *n, struct operand *o)
{
	long long first = o->offset * 8 + o->shift;
	bool is_signed = o->type.is_signed;

	for (unsigned int size = 1; size <= 8; size *= 2) {
		long long start = (first / 8) & ~(long long)(size - 1);
		unsigned int shift = (unsigned int)(first - start * 8);

		if (shift + o->bits > size * 8)
			continue;
		emit_step(&c->emit, EXPR_DEREF, size, o->type.user ? EXPR_USER : 0, start);
		emit_step(&c->emit, EXPR_BITS, o->bits, is_signed ? EXPR_SIGNED : 0, shift);
		/* C promotes them to int if that holds them all. */
		o->type = ctype_int(o->bits > 32 ? 8 : 4, is_signed || o->bits < 32);
		return true;
	}
	return operand_complain(c, n, "a bit field that no 8 bytes hold");
}

static bool load_array(struct compiler *c, struct operand *o)
{
	unsigned int element = 0, count = 0;
	bool user = o->type.user;

	ctype_element(c->scope->btf, o->type.id, &element, &count);
	emit_step(&c->emit, EXPR_ADDR, 0, 0, o->offset);
	o->type = (struct ctype){.kind = CTYPE_POINTER, .id = element, .size = 8, .user = user};
	o->in_memory = false;
	return true;
}

bool operand_load(struct compiler *c, const struct node *n, struct operand *o)
{
	char type[96];

	if (o->in_memory && o->type.kind == CTYPE_ARRAY)
		return load_array(c, o);
	ctype_spell(c->scope->btf, &o->type, type, sizeof(type));
	if (o->type.kind == CTYPE_AGGREGATE)
		return operand_complain(c, n,
					o->type.size ? "is a whole %s; name a field of it"
						     : "is a %s of 0 bytes: nothing is there",
					type);
	if (o->type.kind != CTYPE_INT && o->type.kind != CTYPE_POINTER)
		return operand_complain(c, n, "%s%s", type,
					o->type.kind == CTYPE_VOID
						? " has no value"
						: ": not an integer, which is all that is "
						  "computed with here");
	if (!o->in_memory)
		return true;
	o->in_memory = false;
	if (o->bits)
		return load_bits(c, n, o);
	emit_step(&c->emit, EXPR_DEREF, o->type.size, flags_of(o), o->offset);
	return true;
}

bool operand_address(struct compiler *c, const struct node *n, struct operand *o)
{
	unsigned int id = o->type.id;
	bool user = o->type.user;

	if (!o->in_memory)
		return operand_complain(c, n, "is not in memory: it has no address");
	if (o->bits)
		return operand_complain(c, n, "is a bit field: it has no address");
	if (o->offset)
		emit_step(&c->emit, EXPR_ADDR, 0, 0, o->offset);
	*o = (struct operand){.type = {.kind = CTYPE_POINTER, .id = id, .size = 8, .user = user}};
	return true;
}

/* What a pointer leads to becomes the operand. */
static bool follow(struct compiler *c, const struct node *n, struct operand *o)
{
	bool user;

	if (!operand_load(c, n, o))
		return false;
	user = o->type.user;
	*o = (struct operand){.type = ctype_of(c->scope->btf, o->type.id), .in_memory = true};
	o->type.user = user;
	return true;
}

/* A line for --explain on the field that was found; that of a function is not in the text. */
static void tell(struct compiler *c, const struct node *n, const char *name,
		 const struct operand *o)
{
	bool named = n->kind == NODE_FIELD && strcmp(n->name, name) == 0;
	char type[128];

	if (!c->notes)
		return;
	ctype_spell(c->scope->btf, &o->type, type, sizeof(type));
	fprintf(c->notes, "%.*s%s%s\t%s\toffset %lld", (int)(n->to - n->from), c->text + n->from,
		named ? "" : " ... ", named ? "" : name, type, o->offset);
	if (o->bits)
		fprintf(c->notes, ", bit %u, %u bits", o->shift, o->bits);
	else
		fprintf(c->notes, ", %u bytes", o->type.size);
	fprintf(c->notes, "%s\n", o->type.user ? ", user memory" : "");
}

static bool take_member(struct compiler *c, const struct node *n, const char *name,
			const struct ctype_member *m, struct operand *o)
{
	bool user = o->type.user;

	o->type = ctype_of(c->scope->btf, m->id);
	o->type.user = o->type.user || user;
	o->offset += (long long)(m->bit / 8);
	o->shift = (unsigned int)(m->bit % 8);
	o->bits = m->bits;
	if (o->bits > 64 || (o->bits && o->type.kind != CTYPE_INT))
		return operand_complain(c, n, "a bit field of %u bits", o->bits);
	if (!o->bits && o->shift)
		return operand_complain(c, n, "does not begin at a byte");
	tell(c, n, name, o);
	return true;
}

bool operand_field(struct compiler *c, const struct node *n, const char *name, struct operand *o)
{
	struct ctype_member member;
	struct suggest near;
	char type[96];

	if (o->type.kind == CTYPE_POINTER && !follow(c, n->left ? n->left : n, o))
		return false;
	ctype_spell(c->scope->btf, &o->type, type, sizeof(type));
	if (o->type.kind == CTYPE_OTHER || o->type.kind == CTYPE_VOID)
		return operand_complain(c, n,
					"what is in %s is not known here; cast the pointer: "
					"((struct NAME *)...).%s",
					type, name);
	if (o->type.kind != CTYPE_AGGREGATE || !o->in_memory)
		return operand_complain(c, n, "%s has no fields%s", type,
					o->type.kind == CTYPE_ARRAY ? "; take an element: [0]"
								    : "");
	suggest_init(&near, name);
	if (!ctype_member(c->scope->btf, o->type.id, name, &member, &near))
		return operand_complain(
			c, n, "no such field of %s; %s", type,
			suggest_hint(&near, "latchkit trace -lv %s lists them", type));
	return take_member(c, n, name, &member, o);
}

static bool element_of_array(struct compiler *c, const struct node *n, long long index,
			     struct operand *o)
{
	unsigned int element, count;
	bool user = o->type.user;

	if (!ctype_element(c->scope->btf, o->type.id, &element, &count))
		return operand_complain(c, n, "not an array");
	if (index < 0 || (count && index >= count))
		return operand_complain(c, n,
					"there is no [%lld]: the array has %u elements, 0 to %u",
					index, count, count ? count - 1 : 0);
	o->type = ctype_of(c->scope->btf, element);
	o->type.user = o->type.user || user;
	return true;
}

bool operand_element(struct compiler *c, const struct node *n, long long index, struct operand *o)
{
	bool of_array = o->type.kind == CTYPE_ARRAY && o->in_memory;
	char type[96];

	ctype_spell(c->scope->btf, &o->type, type, sizeof(type));
	if (!of_array && o->type.kind != CTYPE_POINTER)
		return operand_complain(c, n, "%s is neither an array nor a pointer", type);
	if (of_array ? !element_of_array(c, n, index, o) : !follow(c, n, o))
		return false;
	if (!o->type.size)
		return operand_complain(c, n,
					"of %s the size is not known; cast it: "
					"((struct NAME *)...)",
					type);
	if (index < -(1LL << 30) || index > 1LL << 30)
		return operand_complain(c, n, "[%lld]: too far away", index);
	o->offset += index * o->type.size;
	return true;
}
