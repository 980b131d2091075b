// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* unit.c - see symbols/dwarf/unit.h */
#include <errno.h>
#include <stdlib.h>

#include "symbols/dwarf/constants.h"
#include "symbols/dwarf/unit.h"
#include "symbols/grow.h"

/* More than that are left out: a file that is no damage could say less with them. */
#define UNITS_MAX 1000000

/* The header, behind the length. */
static void read_header(struct bytes *b, struct dwarf_unit *u)
{
	unsigned int type = 0;

	u->version = (unsigned int)bytes_number(b, 2);
	if (u->version >= 5) {
		type = (unsigned int)bytes_number(b, 1);
		u->address_size = (unsigned int)bytes_number(b, 1);
		u->abbrevs = bytes_number(b, u->offset_size);
	} else {
		u->abbrevs = bytes_number(b, u->offset_size);
		u->address_size = (unsigned int)bytes_number(b, 1);
	}
	if (type == UNIT_SKELETON || type == UNIT_SPLIT_COMPILE)
		bytes_skip(b, 8);
	if (type == UNIT_TYPE || type == UNIT_SPLIT_TYPE)
		bytes_skip(b, 8 + (uint64_t)u->offset_size);
	u->split = type == UNIT_SKELETON;
}

/* Read the header of the unit at `b`, and go on behind the unit. Returns false: there is none. */
static bool read_unit(struct bytes *b, const uint8_t *start, struct dwarf_unit *u)
{
	struct bytes body;
	uint64_t length;

	u->start = u->base + (uint64_t)(b->at - start);
	u->offset_size = 4;
	length = bytes_number(b, 4);
	if (length == 0xffffffff) {
		u->offset_size = 8;
		length = bytes_number(b, 8);
	}
	body = *b;
	if (!length || !bytes_skip(b, length))
		return false;
	body.end = b->at;
	u->end = u->base + (uint64_t)(b->at - start);
	read_header(&body, u);
	u->first = u->base + (uint64_t)(body.at - start);
	return !body.bad && u->version >= 2 && u->version <= 5 &&
	       (u->address_size == 4 || u->address_size == 8);
}

int dwarf_units_add(struct dwarf_units *units, const struct dwarf_part *part, uint64_t base)
{
	struct bytes b = part->section[SECTION_INFO];
	const uint8_t *start = b.at;

	while (bytes_left(&b) && units->count < UNITS_MAX) {
		struct dwarf_unit u = {.part = part, .base = base}, *grown;

		if (!read_unit(&b, start, &u)) {
			if (b.bad || u.end <= u.start)
				return 0;
			continue; /* of another version */
		}
		grown = grow(units->unit, &units->room, units->count + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		units->unit = grown;
		units->unit[units->count++] = u;
	}
	return 0;
}

void dwarf_units_free(struct dwarf_units *units)
{
	for (size_t i = 0; i < units->count; i++)
		free(units->unit[i].abbrev);
	free(units->unit);
	*units = (struct dwarf_units){0};
}

struct dwarf_unit *dwarf_unit_of(const struct dwarf_units *units, uint64_t place)
{
	size_t low = 0, high = units->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (units->unit[middle].end <= place)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == units->count || place < units->unit[low].first)
		return NULL;
	return &units->unit[low];
}

/* One of the table. Returns false at its end. */
static bool read_abbrev(struct bytes *b, struct dwarf_abbrev *a)
{
	uint64_t at, form;

	*a = (struct dwarf_abbrev){.code = bytes_uleb(b)};
	if (!a->code || b->bad)
		return false;
	a->tag = (unsigned int)bytes_uleb(b);
	a->children = bytes_number(b, 1);
	a->specs = *b;
	do {
		a->specs.end = b->at;
		at = bytes_uleb(b);
		form = bytes_uleb(b);
		if (form == FORM_IMPLICIT_CONST)
			bytes_sleb(b);
	} while ((at || form) && !b->bad);
	return !b->bad;
}

static int compare_abbrevs(const void *a, const void *b)
{
	const struct dwarf_abbrev *x = a, *y = b;

	return (x->code > y->code) - (x->code < y->code);
}

static void read_abbrevs(struct dwarf_unit *u, size_t *budget)
{
	struct bytes b = bytes_from(&u->part->section[SECTION_ABBREV], u->abbrevs);
	bool in_order = true;
	struct dwarf_abbrev a;
	size_t room = 0;

	u->abbrevs_read = true;
	while (*budget && read_abbrev(&b, &a)) {
		struct dwarf_abbrev *grown =
			grow(u->abbrev, &room, u->abbrev_count + 1, sizeof(*grown));

		if (!grown)
			break;
		u->abbrev = grown;
		in_order =
			in_order && (!u->abbrev_count || grown[u->abbrev_count - 1].code < a.code);
		u->abbrev[u->abbrev_count++] = a;
		--*budget;
	}
	if (!in_order)
		qsort(u->abbrev, u->abbrev_count, sizeof(*u->abbrev), compare_abbrevs);
}

const struct dwarf_abbrev *dwarf_abbrev_find(struct dwarf_unit *u, uint64_t code, size_t *budget)
{
	const struct dwarf_abbrev wanted = {.code = code};

	if (!u->abbrevs_read)
		read_abbrevs(u, budget);
	/* Compilers number them from 1 on. */
	if (code && code <= u->abbrev_count && u->abbrev[code - 1].code == code)
		return &u->abbrev[code - 1];
	return u->abbrev_count ? bsearch(&wanted, u->abbrev, u->abbrev_count, sizeof(*u->abbrev),
					 compare_abbrevs)
			       : NULL;
}
