// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* dwarf.c - see symbols/dwarf/dwarf.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/dwarf/dwarf.h"
#include "symbols/dwarf/ranges.h"
#include "symbols/dwarf/second.h"
#include "symbols/elf/debug_file.h"
#include "symbols/grow.h"

/* So many entries are read, abbreviations kept, segments looked at. */
#define ENTRIES_MAX 100000000
#define ABBREVS_MAX 10000000
#define SEGMENTS_MAX 64
/* Pieces that the code of a function is in. */
#define PIECES_MAX 16

struct segment {
	uint64_t address, offset, size;
};

struct function {
	uint64_t address, place;
};

struct dwarf {
	struct dwarf_part part, second;
	struct dwarf_units units;
	struct segment segment[SEGMENTS_MAX]; /* of the program */
	size_t segments;
	struct function *function; /* by address, once they were asked for */
	size_t functions, room;
	bool indexed;
	size_t entries, abbrevs; /* that may still be read */
};

static bool is_of_this_machine(const struct elf_file *f)
{
#if defined(__x86_64__)
	const int machine = EM_X86_64;
#elif defined(__aarch64__)
	const int machine = EM_AARCH64;
#else
	const int machine = EM_NONE;
#endif
	return f->header.e_machine == machine && f->header.e_ident[EI_CLASS] == ELFCLASS64 &&
	       f->header.e_ident[EI_DATA] == ELFDATA2LSB;
}

static void read_segments(struct dwarf *d, const struct elf_file *f)
{
	GElf_Phdr header;
	size_t count;

	if (elf_getphdrnum(f->elf, &count))
		return;
	for (size_t i = 0; i < count && d->segments < SEGMENTS_MAX; i++)
		if (gelf_getphdr(f->elf, (int)i, &header) && header.p_type == PT_LOAD)
			d->segment[d->segments++] =
				(struct segment){header.p_vaddr, header.p_offset, header.p_filesz};
}

/* The debug information of the file itself, or of its debug file. */
static int open_part(struct dwarf *d, const char *path)
{
	struct elf_file file, debug;
	int err = elf_file_open(&file, path);

	if (err)
		return err;
	if (!is_of_this_machine(&file)) {
		elf_file_close(&file);
		return -ENOEXEC;
	}
	read_segments(d, &file);
	err = dwarf_part_open(&d->part, &file);
	if (err != -ENODATA)
		return err;
	err = elf_file_open(&file, path);
	if (err)
		return err;
	err = debug_file_open(&file, &debug) ? -ENODATA : dwarf_part_open(&d->part, &debug);
	elf_file_close(&file);
	return err;
}

/* What the units' own entries say of all that is in them. */
static void read_units(struct dwarf *d)
{
	for (size_t i = 0; i < d->units.count; i++) {
		struct dwarf_unit *u = &d->units.unit[i];
		struct die die;

		if (!dwarf_die(d, u->first, &die))
			continue;
		u->strings = die_number(&die, DIE_STRINGS, 0);
		u->addresses = die_number(&die, DIE_ADDRESSES, 0);
		u->ranges = die_number(&die, DIE_RANGE_LISTS, 0);
		u->language = (unsigned int)die_number(&die, DIE_LANGUAGE, 0);
		/* Once more, as these may be needed to read it. */
		if (dwarf_die(d, u->first, &die) && die.value[DIE_LOW_PC].kind == DIE_ADDRESS)
			u->low_pc = die.value[DIE_LOW_PC].number;
	}
}

static int open_all(struct dwarf *d, const char *path)
{
	int err = open_part(d, path);

	if (!err)
		err = dwarf_units_add(&d->units, &d->part, 0);
	if (!err && d->part.section[SECTION_ALTLINK].at) {
		err = dwarf_second_open(&d->part, &d->second);
		if (!err)
			d->part.second = &d->second;
		err = err ? err : dwarf_units_add(&d->units, &d->second, SECOND_PART);
	}
	if (!err && d->units.count && d->units.unit[0].split)
		err = -ENOLINK;
	if (!err)
		read_units(d);
	return err;
}

int dwarf_open(const char *path, struct dwarf **dwarf)
{
	struct dwarf *d = calloc(1, sizeof(*d));
	int err = -ENOMEM;

	*dwarf = NULL;
	if (!d)
		return err;
	d->entries = ENTRIES_MAX;
	d->abbrevs = ABBREVS_MAX;
	err = open_all(d, path);
	if (err)
		dwarf_free(d);
	else
		*dwarf = d;
	return err;
}

void dwarf_free(struct dwarf *d)
{
	if (!d)
		return;
	dwarf_units_free(&d->units);
	dwarf_part_close(&d->second);
	dwarf_part_close(&d->part);
	free(d->function);
	free(d);
}

static bool read_die(struct dwarf *d, struct dwarf_unit *u, uint64_t place, struct die *die)
{
	if (!d->entries)
		return false;
	d->entries--;
	return die_read(u, place, &d->abbrevs, die);
}

bool dwarf_die(struct dwarf *d, uint64_t place, struct die *die)
{
	struct dwarf_unit *u = dwarf_unit_of(&d->units, place);

	return u && read_die(d, u, place, die) && die->tag;
}

bool dwarf_child(struct dwarf *d, const struct die *parent, struct die *child)
{
	return parent->children && read_die(d, parent->unit, parent->next, child) && child->tag;
}

/* Where the entry says that its next sibling is; 0: nowhere, or not behind it. */
static uint64_t sibling_of(const struct die *die)
{
	const struct die_value *v = &die->value[DIE_SIBLING];

	return v->kind == DIE_PLACE && v->number >= die->next && v->number < die->unit->end
		       ? v->number
		       : 0;
}

/* Find where the children of an entry end; 0: nowhere. */
static uint64_t behind_children(struct dwarf *d, const struct die *die)
{
	uint64_t at = die->next, sibling;
	size_t depth = 1;
	struct die inner;

	while (depth) {
		if (!read_die(d, die->unit, at, &inner))
			return 0;
		sibling = sibling_of(&inner);
		at = inner.children && sibling ? sibling : inner.next;
		if (!inner.tag)
			depth--;
		else if (inner.children && !sibling)
			depth++;
	}
	return at;
}

bool dwarf_next(struct dwarf *d, struct die *die)
{
	uint64_t at = die->next;

	if (die->children) {
		at = sibling_of(die);
		at = at ? at : behind_children(d, die);
	}
	return at && read_die(d, die->unit, at, die) && die->tag;
}

bool dwarf_follow(struct dwarf *d, const struct die *die, enum die_attribute which, struct die *to)
{
	return die->value[which].kind == DIE_PLACE && dwarf_die(d, die->value[which].number, to);
}

static int note_address(struct dwarf *d, uint64_t address, uint64_t place)
{
	struct function *grown = grow(d->function, &d->room, d->functions + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	d->function = grown;
	d->function[d->functions++] = (struct function){address, place};
	return 0;
}

/* A function, by the addresses where its code begins, and where its other pieces do. */
static int note_function(struct dwarf *d, const struct die *die)
{
	struct ranges ranges;
	uint64_t begin;
	int err = 0;

	if (die->tag != TAG_SUBPROGRAM)
		return 0;
	if (die->value[DIE_LOW_PC].kind == DIE_ADDRESS)
		return note_address(d, die->value[DIE_LOW_PC].number, die->place);
	ranges = ranges_of(die);
	for (int i = 0; !err && i < PIECES_MAX && ranges_next(&ranges, &begin); i++)
		err = note_address(d, begin, die->place);
	return err;
}

/* May functions be among the children, other than nested ones of C? */
static bool holds_functions(unsigned int tag)
{
	return tag == TAG_COMPILE_UNIT || tag == TAG_NAMESPACE || tag == TAG_STRUCTURE_TYPE ||
	       tag == TAG_CLASS_TYPE || tag == TAG_UNION_TYPE || tag == TAG_ENUMERATION_TYPE;
}

static int index_unit(struct dwarf *d, struct dwarf_unit *u)
{
	uint64_t at = u->first, sibling;
	size_t depth = 0;
	struct die die;
	int err = 0;

	do {
		if (!read_die(d, u, at, &die))
			break;
		err = note_function(d, &die);
		sibling = holds_functions(die.tag) ? 0 : sibling_of(&die);
		at = die.children && sibling ? sibling : die.next;
		if (!die.tag && depth)
			depth--;
		else if (die.children && !sibling)
			depth++;
	} while (!err && depth);
	return err;
}

static int compare_functions(const void *a, const void *b)
{
	const struct function *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static int index_functions(struct dwarf *d)
{
	int err = 0;

	for (size_t i = 0; !err && i < d->units.count; i++)
		if (!d->units.unit[i].base)
			err = index_unit(d, &d->units.unit[i]);
	if (d->functions)
		qsort(d->function, d->functions, sizeof(*d->function), compare_functions);
	d->indexed = !err;
	return err;
}

static bool address_at(const struct dwarf *d, uint64_t offset, uint64_t *address)
{
	for (size_t i = 0; i < d->segments; i++) {
		const struct segment *s = &d->segment[i];

		if (offset < s->offset || offset - s->offset >= s->size)
			continue;
		*address = offset - s->offset + s->address;
		return true;
	}
	return false;
}

/* The first function at an address or behind it. */
static size_t search(const struct dwarf *d, uint64_t address)
{
	size_t low = 0, high = d->functions;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->function[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int dwarf_function_at(struct dwarf *d, uint64_t offset, struct die *function)
{
	uint64_t address;
	int err = d->indexed ? 0 : index_functions(d);
	size_t i;

	if (err)
		return err;
	if (!address_at(d, offset, &address))
		return -ENOENT;
	i = search(d, address);
	if (i == d->functions || d->function[i].address != address)
		return -ENOENT;
	return dwarf_die(d, d->function[i].place, function) ? 0 : -ENOENT;
}
