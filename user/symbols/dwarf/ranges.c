// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ranges.c - see symbols/dwarf/ranges.h */
#include "symbols/dwarf/ranges.h"

struct ranges ranges_of(const struct die *die)
{
	const struct dwarf_unit *u = die->unit;
	struct ranges r = {.unit = u, .at = {.bad = true}, .base = u->low_pc};

	if (die->value[DIE_RANGES].kind == DIE_NUMBER)
		r.at = bytes_from(
			&u->part->section[u->version < 5 ? SECTION_RANGES : SECTION_RNGLISTS],
			die->value[DIE_RANGES].number);
	return r;
}

/* DWARF 2 to 4: pairs of addresses, two zeros at the end; the highest one sets the base. */
static bool next_pair(struct ranges *r, uint64_t *begin)
{
	size_t size = r->unit->address_size;
	uint64_t highest = size == 8 ? UINT64_MAX : UINT32_MAX, from, to;

	while (bytes_left(&r->at)) {
		from = bytes_number(&r->at, size);
		to = bytes_number(&r->at, size);
		if (r->at.bad || (!from && !to))
			return false;
		*begin = r->base + from;
		if (from != highest)
			return true;
		r->base = to;
	}
	return false;
}

static uint64_t next_address(struct ranges *r)
{
	return bytes_number(&r->at, r->unit->address_size);
}

static bool next_entry(struct ranges *r, uint64_t *begin)
{
	while (bytes_left(&r->at)) {
		switch (bytes_number(&r->at, 1)) {
		case RANGE_BASE_INDEX:
			r->base = die_address(r->unit, bytes_uleb(&r->at));
			continue;
		case RANGE_BASE:
			r->base = next_address(r);
			continue;
		case RANGE_INDEX_INDEX:
		case RANGE_INDEX_LENGTH:
			*begin = die_address(r->unit, bytes_uleb(&r->at));
			bytes_uleb(&r->at);
			break;
		case RANGE_OFFSETS:
			*begin = r->base + bytes_uleb(&r->at);
			bytes_uleb(&r->at);
			break;
		case RANGE_BEGIN_END:
			*begin = next_address(r);
			next_address(r);
			break;
		case RANGE_BEGIN_LENGTH:
			*begin = next_address(r);
			bytes_uleb(&r->at);
			break;
		default: /* the end of the list, or nothing that is known */
			return false;
		}
		return !r->at.bad;
	}
	return false;
}

bool ranges_next(struct ranges *r, uint64_t *begin)
{
	return r->unit->version < 5 ? next_pair(r, begin) : next_entry(r, begin);
}
