// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* die.c - see symbols/dwarf/die.h */
#include "symbols/dwarf/die.h"

static int attribute_of(uint64_t at)
{
	switch (at) {
	case AT_SIBLING:
		return DIE_SIBLING;
	case AT_NAME:
		return DIE_NAME;
	case AT_TYPE:
		return DIE_TYPE;
	case AT_ABSTRACT_ORIGIN:
	case AT_SPECIFICATION:
		return DIE_ORIGIN;
	case AT_IMPORT:
		return DIE_IMPORT;
	case AT_LOW_PC:
		return DIE_LOW_PC;
	case AT_RANGES:
		return DIE_RANGES;
	case AT_BYTE_SIZE:
		return DIE_BYTE_SIZE;
	case AT_BIT_SIZE:
		return DIE_BIT_SIZE;
	case AT_BIT_OFFSET:
		return DIE_BIT_OFFSET;
	case AT_DATA_BIT_OFFSET:
		return DIE_DATA_BIT_OFFSET;
	case AT_MEMBER_LOCATION:
		return DIE_MEMBER_LOCATION;
	case AT_CONST_VALUE:
		return DIE_CONST_VALUE;
	case AT_UPPER_BOUND:
		return DIE_UPPER_BOUND;
	case AT_COUNT:
		return DIE_COUNT;
	case AT_ENCODING:
		return DIE_ENCODING;
	case AT_DECLARATION:
		return DIE_DECLARATION;
	case AT_CALLING_CONVENTION:
		return DIE_CALLING_CONVENTION;
	case AT_LANGUAGE:
		return DIE_LANGUAGE;
	case AT_STR_OFFSETS_BASE:
		return DIE_STRINGS;
	case AT_ADDR_BASE:
	case AT_GNU_ADDR_BASE:
		return DIE_ADDRESSES;
	case AT_RNGLISTS_BASE:
		return DIE_RANGE_LISTS;
	default:
		return -1;
	}
}

static struct die_value number(uint64_t n)
{
	return (struct die_value){.kind = DIE_NUMBER, .number = n};
}

static struct die_value string_at(const struct dwarf_part *part, enum dwarf_section section,
				  uint64_t offset)
{
	struct bytes b = bytes_from(&part->section[section], offset);

	return (struct die_value){.kind = DIE_STRING, .string = bytes_string(&b)};
}

static struct die_value place(uint64_t where)
{
	return (struct die_value){.kind = DIE_PLACE, .number = where};
}

/* String number `index` of the unit. */
static struct die_value string_of(const struct dwarf_unit *u, uint64_t index)
{
	struct bytes b = bytes_from(&u->part->section[SECTION_STR_OFFSETS], u->strings);

	if (index > SECTION_BYTES_MAX)
		b.bad = true;
	bytes_skip(&b, index * u->offset_size);
	return string_at(u->part, SECTION_STR, bytes_number(&b, u->offset_size));
}

static struct die_value elsewhere(void)
{
	return (struct die_value){.kind = DIE_ELSEWHERE};
}

static struct die_value string_of_second(const struct dwarf_unit *u, uint64_t offset)
{
	return u->part->second ? string_at(u->part->second, SECTION_STR, offset) : elsewhere();
}

uint64_t die_address(const struct dwarf_unit *u, uint64_t index)
{
	struct bytes b = bytes_from(&u->part->section[SECTION_ADDR], u->addresses);

	if (!u->addresses || index > SECTION_BYTES_MAX)
		return 0;
	bytes_skip(&b, index * u->address_size);
	return bytes_number(&b, u->address_size);
}

static struct die_value address_of(const struct dwarf_unit *u, uint64_t index)
{
	uint64_t at = die_address(u, index);

	return (struct die_value){.kind = at ? DIE_ADDRESS : DIE_ABSENT, .number = at};
}

/* The place of list number `index` of the unit's ranges, of which the offsets come first. */
static struct die_value ranges_list(const struct dwarf_unit *u, uint64_t index)
{
	struct bytes b = bytes_from(&u->part->section[SECTION_RNGLISTS], u->ranges);

	if (index > SECTION_BYTES_MAX)
		b.bad = true;
	bytes_skip(&b, index * u->offset_size);
	return number(u->ranges + bytes_number(&b, u->offset_size));
}

static struct die_value block_of(struct bytes *b, uint64_t size)
{
	const uint8_t *from = bytes_skip(b, size);

	return (struct die_value){.kind = DIE_BLOCK, .block = {from, from ? b->at : NULL, false}};
}

/* A place within the unit: from its header on. */
static struct die_value within(const struct dwarf_unit *u, uint64_t offset)
{
	return place(offset < u->end - u->start ? u->start + offset : ~0ULL);
}

static struct die_value reference(struct bytes *b, const struct dwarf_unit *u, uint64_t form)
{
	switch (form) {
	case FORM_REF_ADDR:
		return place(u->base +
			     bytes_number(b, u->version == 2 ? u->address_size : u->offset_size));
	case FORM_REF1:
		return within(u, bytes_number(b, 1));
	case FORM_REF2:
		return within(u, bytes_number(b, 2));
	case FORM_REF4:
		return within(u, bytes_number(b, 4));
	case FORM_REF8:
		return within(u, bytes_number(b, 8));
	case FORM_REF_UDATA:
		return within(u, bytes_uleb(b));
	case FORM_GNU_REF_ALT:
		return place(SECOND_PART + bytes_number(b, u->offset_size));
	case FORM_REF_SUP4:
		return place(SECOND_PART + bytes_number(b, 4));
	case FORM_REF_SUP8:
		return place(SECOND_PART + bytes_number(b, 8));
	default: /* FORM_REF_SIG8 */
		bytes_skip(b, 8);
		return elsewhere();
	}
}

static struct die_value string(struct bytes *b, const struct dwarf_unit *u, uint64_t form)
{
	switch (form) {
	case FORM_STRING:
		return (struct die_value){.kind = DIE_STRING, .string = bytes_string(b)};
	case FORM_STRP:
		return string_at(u->part, SECTION_STR, bytes_number(b, u->offset_size));
	case FORM_LINE_STRP:
		return string_at(u->part, SECTION_LINE_STR, bytes_number(b, u->offset_size));
	case FORM_STRX:
	case FORM_GNU_STR_INDEX:
		return string_of(u, bytes_uleb(b));
	case FORM_STRX1:
	case FORM_STRX2:
	case FORM_STRX3:
	case FORM_STRX4:
		return string_of(u, bytes_number(b, form - FORM_STRX1 + 1));
	default: /* FORM_STRP_SUP, FORM_GNU_STRP_ALT */
		return string_of_second(u, bytes_number(b, u->offset_size));
	}
}

static struct die_value address(struct bytes *b, const struct dwarf_unit *u, uint64_t form)
{
	switch (form) {
	case FORM_ADDR:
		return (struct die_value){.kind = DIE_ADDRESS,
					  .number = bytes_number(b, u->address_size)};
	case FORM_ADDRX:
	case FORM_GNU_ADDR_INDEX:
		return address_of(u, bytes_uleb(b));
	default:
		return address_of(u, bytes_number(b, form - FORM_ADDRX1 + 1));
	}
}

static struct die_value scalar(struct bytes *b, const struct dwarf_unit *u, uint64_t form)
{
	struct die_value v;

	switch (form) {
	case FORM_DATA1:
	case FORM_FLAG:
		return number(bytes_number(b, 1));
	case FORM_DATA2:
		return number(bytes_number(b, 2));
	case FORM_DATA4:
		return number(bytes_number(b, 4));
	case FORM_DATA8:
		return number(bytes_number(b, 8));
	case FORM_UDATA:
	case FORM_LOCLISTX:
		return number(bytes_uleb(b));
	case FORM_RNGLISTX:
		return ranges_list(u, bytes_uleb(b));
	case FORM_SEC_OFFSET:
		return number(bytes_number(b, u->offset_size));
	case FORM_FLAG_PRESENT:
		return number(1);
	default: /* FORM_SDATA */
		v = number((uint64_t)bytes_sleb(b));
		v.is_signed = true;
		return v;
	}
}

/* The value of an attribute. Sets b->bad for forms that are not known: no size, no way on. */
static struct die_value value_of(struct bytes *b, const struct dwarf_unit *u, uint64_t form)
{
	switch (form) {
	case FORM_ADDR:
	case FORM_ADDRX:
	case FORM_ADDRX1 ... FORM_ADDRX4:
	case FORM_GNU_ADDR_INDEX:
		return address(b, u, form);
	case FORM_BLOCK1:
		return block_of(b, bytes_number(b, 1));
	case FORM_BLOCK2:
		return block_of(b, bytes_number(b, 2));
	case FORM_BLOCK4:
		return block_of(b, bytes_number(b, 4));
	case FORM_BLOCK:
	case FORM_EXPRLOC:
		return block_of(b, bytes_uleb(b));
	case FORM_DATA16:
		return block_of(b, 16);
	case FORM_STRING:
	case FORM_STRP:
	case FORM_LINE_STRP:
	case FORM_STRX:
	case FORM_STRX1 ... FORM_STRX4:
	case FORM_STRP_SUP:
	case FORM_GNU_STR_INDEX:
	case FORM_GNU_STRP_ALT:
		return string(b, u, form);
	case FORM_REF_ADDR:
	case FORM_REF1 ... FORM_REF_UDATA:
	case FORM_REF_SUP4:
	case FORM_REF_SUP8:
	case FORM_REF_SIG8:
	case FORM_GNU_REF_ALT:
		return reference(b, u, form);
	case FORM_DATA1:
	case FORM_DATA2:
	case FORM_DATA4:
	case FORM_DATA8:
	case FORM_FLAG:
	case FORM_SDATA:
	case FORM_UDATA:
	case FORM_SEC_OFFSET:
	case FORM_FLAG_PRESENT:
	case FORM_LOCLISTX:
	case FORM_RNGLISTX:
		return scalar(b, u, form);
	default:
		b->bad = true;
		return number(0);
	}
}

static void read_values(struct die *die, struct bytes *b, struct bytes specs)
{
	while (bytes_left(&specs) && !b->bad) {
		int which = attribute_of(bytes_uleb(&specs));
		uint64_t form = bytes_uleb(&specs);
		struct die_value v;

		if (form == FORM_INDIRECT)
			form = bytes_uleb(b);
		if (form == FORM_IMPLICIT_CONST) {
			v = number((uint64_t)bytes_sleb(&specs));
			v.is_signed = (int64_t)v.number < 0;
		} else {
			v = value_of(b, die->unit, form);
		}
		if (which >= 0)
			die->value[which] = v;
	}
}

bool die_read(struct dwarf_unit *unit, uint64_t at, size_t *budget, struct die *die)
{
	struct bytes b = unit->part->section[SECTION_INFO];
	const struct dwarf_abbrev *abbrev;
	const uint8_t *start = b.at;
	uint64_t code;

	if (at < unit->first || at >= unit->end)
		return false;
	b.end = start + (unit->end - unit->base);
	bytes_skip(&b, at - unit->base);
	*die = (struct die){.unit = unit, .place = at};
	code = bytes_uleb(&b);
	abbrev = code ? dwarf_abbrev_find(unit, code, budget) : NULL;
	if (b.bad || (code && !abbrev))
		return false;
	if (abbrev) {
		die->tag = abbrev->tag;
		die->children = abbrev->children;
		read_values(die, &b, abbrev->specs);
	}
	die->next = unit->base + (uint64_t)(b.at - start);
	return !b.bad && (!abbrev || die->tag);
}

uint64_t die_number(const struct die *die, enum die_attribute which, uint64_t otherwise)
{
	return die->value[which].kind == DIE_NUMBER ? die->value[which].number : otherwise;
}

const char *die_name(const struct die *die)
{
	return die->value[DIE_NAME].kind == DIE_STRING ? die->value[DIE_NAME].string : "";
}
