// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* function.c - see symbols/dwarf/function.h */
#include <stdio.h>
#include <string.h>

#include "symbols/dwarf/function.h"

/* So many entries are said to tell more of one, or to stand for one type. */
#define LEVELS_MAX 32

/* Registers that integers are passed in. */
#if defined(__aarch64__)
#define INTEGER_REGISTERS 8
#else
#define INTEGER_REGISTERS 6
#endif

/*
 * Copies and definitions leave out what their origin says: add that. What a copy says itself goes
 * before.
 */
static void add_origin(struct dwarf *d, struct die *die)
{
	struct die origin = *die, next;

	for (int i = 0; i < LEVELS_MAX && dwarf_follow(d, &origin, DIE_ORIGIN, &next); i++) {
		origin = next;
		for (int which = DIE_NAME; which <= DIE_TYPE; which++)
			if (die->value[which].kind == DIE_ABSENT)
				die->value[which] = origin.value[which];
		if (die->value[DIE_CALLING_CONVENTION].kind == DIE_ABSENT)
			die->value[DIE_CALLING_CONVENTION] = origin.value[DIE_CALLING_CONVENTION];
	}
}

static uint64_t type_place(const struct die *die)
{
	return die->value[DIE_TYPE].kind == DIE_PLACE ? die->value[DIE_TYPE].number : 0;
}

static bool stands_for_another(unsigned int tag)
{
	return tag == TAG_TYPEDEF || tag == TAG_CONST_TYPE || tag == TAG_VOLATILE_TYPE ||
	       tag == TAG_RESTRICT_TYPE || tag == TAG_ATOMIC_TYPE;
}

/* The type itself. Returns false when it is not known. */
static bool bare_type(struct dwarf *d, uint64_t place, struct die *type)
{
	if (!dwarf_die(d, place, type))
		return false;
	for (int i = 0; i < LEVELS_MAX && stands_for_another(type->tag); i++) {
		struct die from = *type;

		if (!dwarf_follow(d, &from, DIE_TYPE, type))
			return false;
	}
	return !stands_for_another(type->tag);
}

static enum dwarf_where where_number(const struct die *type)
{
	switch (die_number(type, DIE_ENCODING, 0)) {
	case ENCODING_FLOAT:
	case ENCODING_COMPLEX_FLOAT:
	case ENCODING_IMAGINARY_FLOAT:
	case ENCODING_DECIMAL_FLOAT:
		return WHERE_FLOAT;
	default:
		return die_number(type, DIE_BYTE_SIZE, 0) <= 8 ? WHERE_REGISTER : WHERE_VALUE;
	}
}

/* What kind of place one of that type takes. */
static enum dwarf_where where_of(struct dwarf *d, uint64_t place)
{
	struct die type;

	if (!bare_type(d, place, &type))
		return WHERE_VALUE;
	switch (type.tag) {
	case TAG_BASE_TYPE:
		return where_number(&type);
	case TAG_ENUMERATION_TYPE:
	case TAG_POINTER_TYPE:
	case TAG_REFERENCE_TYPE:
	case TAG_RVALUE_REFERENCE_TYPE:
		return WHERE_REGISTER;
	default:
		return WHERE_VALUE;
	}
}

/* Count registers as C's calling convention does. */
struct places {
	unsigned int used;
	bool unknown; /* from here on */
};

static void place(struct dwarf *d, struct places *p, struct dwarf_parameter *parameter)
{
	parameter->where = p->unknown ? WHERE_BEHIND_VALUE : where_of(d, parameter->type);
	if (parameter->where == WHERE_VALUE)
		p->unknown = true;
	if (parameter->where != WHERE_REGISTER)
		return;
	parameter->number = p->used++;
	if (parameter->number >= INTEGER_REGISTERS)
		parameter->where = WHERE_STACK;
}

static bool is_c(const struct dwarf_unit *u)
{
	return u->language == LANGUAGE_C89 || u->language == LANGUAGE_C ||
	       u->language == LANGUAGE_C99 || u->language == LANGUAGE_C11 ||
	       u->language == LANGUAGE_C17;
}

/*
 * A struct that does not fit into registers is returned where the caller says: on x86-64 in the
 * first argument. In C++ others are, too.
 */
static void place_result(struct dwarf *d, const struct die *function, struct dwarf_function *f,
			 struct places *p)
{
	struct die type;

	f->returns = function->value[DIE_TYPE].kind != DIE_ABSENT;
	f->type = type_place(function);
	if (!f->returns || !bare_type(d, f->type, &type) || type.tag == TAG_BASE_TYPE)
		return;
	if (type.tag != TAG_STRUCTURE_TYPE && type.tag != TAG_CLASS_TYPE &&
	    type.tag != TAG_UNION_TYPE)
		return;
	if (!is_c(function->unit))
		p->unknown = true;
#if !defined(__aarch64__)
	if (die_number(&type, DIE_BYTE_SIZE, 0) > 16)
		p->used++;
#endif
}

static void read_parameters(struct dwarf *d, const struct die *function, struct dwarf_function *f,
			    struct places *p)
{
	struct die child;

	for (bool more = dwarf_child(d, function, &child); more && f->count < DWARF_PARAMETERS;
	     more = dwarf_next(d, &child)) {
		struct dwarf_parameter *parameter = &f->parameter[f->count];
		struct die whole = child;

		if (child.tag != TAG_FORMAL_PARAMETER)
			continue;
		add_origin(d, &whole);
		snprintf(parameter->name, sizeof(parameter->name), "%s", die_name(&whole));
		parameter->type = type_place(&whole);
		place(d, p, parameter);
		f->count++;
	}
}

void dwarf_function_read(struct dwarf *d, const struct die *function, struct dwarf_function *f)
{
	struct die whole = *function;
	struct places places = {0, false};

	memset(f, 0, sizeof(*f));
	add_origin(d, &whole);
	f->unit = function->unit->first;
	f->is_go = function->unit->language == LANGUAGE_GO;
	f->is_changed = die_number(&whole, DIE_CALLING_CONVENTION, 0) == CALL_NOT_STANDARD;
	place_result(d, &whole, f, &places);
	read_parameters(d, &whole, f, &places);
}
