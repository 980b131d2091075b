// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* types.c - see symbols/dwarf/types.h */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/dwarf/aggregate.h"
#include "symbols/dwarf/types.h"

/* Twice as many slots as types, so that finds are short. */
#define SLOTS (2 * DWARF_TYPES_MAX)
/* dwz nests them little. */
#define IMPORTS_MAX 8
/* More dimensions than that no array has. */
#define DIMENSIONS_MAX 8

/* A type that is turned, or will be: number i is the type first + i of the BTF. */
struct wanted {
	uint64_t place;
	unsigned int dimension; /* of an array; its first is 0 */
};

struct dwarf_types {
	struct dwarf *dwarf;
	struct btf *btf;
	unsigned int first; /* id of the first type of its own */
	struct wanted wanted[DWARF_TYPES_MAX];
	unsigned int count, done;
	unsigned int slot[SLOTS]; /* number of a type plus one, by its place; 0: free */
};

struct dwarf_types *dwarf_types_new(struct dwarf *d, const struct btf *base)
{
	struct dwarf_types *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->dwarf = d;
	/* It does not change: libbpf makes an index of its strings. */
	t->btf = base ? btf__new_empty_split((struct btf *)base) : btf__new_empty();
	if (!t->btf) {
		free(t);
		return NULL;
	}
	t->first = btf__type_cnt(t->btf);
	return t;
}

void dwarf_types_free(struct dwarf_types *t)
{
	if (!t)
		return;
	btf__free(t->btf);
	free(t);
}

const struct btf *dwarf_types_btf(const struct dwarf_types *t)
{
	return t->btf;
}

/* The slot of a type, or the free one that it would have. */
static unsigned int *slot_of(struct dwarf_types *t, uint64_t place, unsigned int dimension)
{
	uint64_t hash = (place * DIMENSIONS_MAX + dimension) * 0x9e3779b97f4a7c15ULL >> 40;

	for (uint64_t i = hash;; i++) {
		unsigned int *slot = &t->slot[i % SLOTS];
		const struct wanted *w = *slot ? &t->wanted[*slot - 1] : NULL;

		if (!w || (w->place == place && w->dimension == dimension))
			return slot;
	}
}

static unsigned int want(struct dwarf_types *t, uint64_t place, unsigned int dimension)
{
	unsigned int *slot = slot_of(t, place, dimension);

	if (!*slot) {
		if (t->count == DWARF_TYPES_MAX)
			return 0;
		t->wanted[t->count] = (struct wanted){place, dimension};
		*slot = ++t->count;
	}
	return t->first + *slot - 1;
}

unsigned int dwarf_types_id(struct dwarf_types *t, uint64_t place)
{
	struct die die;

	return place && dwarf_die(t->dwarf, place, &die) ? want(t, place, 0) : 0;
}

/* What DW_AT_type leads to. */
static unsigned int inner(struct dwarf_types *t, const struct die *die)
{
	return die->value[DIE_TYPE].kind == DIE_PLACE
		       ? dwarf_types_id(t, die->value[DIE_TYPE].number)
		       : 0;
}

static bool has_name(const struct die *die)
{
	return *die_name(die);
}

static int add_number(struct dwarf_types *t, const struct die *die)
{
	uint64_t size = die_number(die, DIE_BYTE_SIZE, 0), encoding;
	const char *name = has_name(die) ? die_name(die) : "number";

	encoding = die_number(die, DIE_ENCODING, 0);
	if (size > 16)
		return -EINVAL;
	switch (encoding) {
	case ENCODING_FLOAT:
	case ENCODING_COMPLEX_FLOAT:
	case ENCODING_IMAGINARY_FLOAT:
	case ENCODING_DECIMAL_FLOAT:
		return btf__add_float(t->btf, name, size);
	case ENCODING_BOOLEAN:
		return btf__add_int(t->btf, name, size, BTF_INT_BOOL);
	case ENCODING_SIGNED:
	case ENCODING_SIGNED_CHAR:
		return btf__add_int(t->btf, name, size, BTF_INT_SIGNED);
	default:
		return btf__add_int(t->btf, name, size, 0);
	}
}

/* How many elements the dimension of a subrange has; 0: that is not told. */
static uint64_t length_of(const struct die *range)
{
	uint64_t last = die_number(range, DIE_UPPER_BOUND, ~0ULL);
	uint64_t count = die_number(range, DIE_COUNT, last + 1);

	return count <= 1 << 30 ? count : 0;
}

/* The elements of the array's dimension, or -1: it has no such dimension. */
static long long dimension_of(struct dwarf_types *t, const struct die *array, unsigned int number)
{
	struct die child;

	for (bool more = dwarf_child(t->dwarf, array, &child); more;
	     more = dwarf_next(t->dwarf, &child))
		if (child.tag == TAG_SUBRANGE_TYPE && !number--)
			return (long long)length_of(&child);
	return -1;
}

static int add_array(struct dwarf_types *t, const struct die *die, unsigned int dimension)
{
	long long length = dimension_of(t, die, dimension);
	bool more = dimension + 1 < DIMENSIONS_MAX && dimension_of(t, die, dimension + 1) >= 0;
	unsigned int element = more ? want(t, die->place, dimension + 1) : inner(t, die);

	return btf__add_array(t->btf, (int)element, (int)element,
			      length > 0 ? (unsigned int)length : 0);
}

static unsigned int of_member(struct die *member, void *arg)
{
	return inner(arg, member);
}

static int add_type(struct dwarf_types *t, const struct die *die, unsigned int dimension)
{
	const char *name = die_name(die);

	switch (die->tag) {
	case TAG_BASE_TYPE:
		return add_number(t, die);
	case TAG_POINTER_TYPE:
	case TAG_REFERENCE_TYPE:
	case TAG_RVALUE_REFERENCE_TYPE:
		return btf__add_ptr(t->btf, (int)inner(t, die));
	case TAG_CONST_TYPE:
	case TAG_ATOMIC_TYPE:
		return btf__add_const(t->btf, (int)inner(t, die));
	case TAG_VOLATILE_TYPE:
		return btf__add_volatile(t->btf, (int)inner(t, die));
	case TAG_RESTRICT_TYPE:
		return btf__add_restrict(t->btf, (int)inner(t, die));
	case TAG_TYPEDEF:
		return btf__add_typedef(t->btf, name, (int)inner(t, die));
	case TAG_STRUCTURE_TYPE:
	case TAG_CLASS_TYPE:
	case TAG_UNION_TYPE:
		return aggregate_add(t->dwarf, t->btf, die, of_member, t);
	case TAG_ENUMERATION_TYPE:
		return enumeration_add(t->dwarf, t->btf, die);
	case TAG_ARRAY_TYPE:
		return add_array(t, die, dimension);
	case TAG_SUBROUTINE_TYPE:
		return btf__add_func_proto(t->btf, 0);
	default:
		return -EINVAL;
	}
}

/* Turn one, which takes one type of the BTF. Of what cannot be said in BTF only the name is. */
static int turn(struct dwarf_types *t, const struct wanted *w)
{
	unsigned int id = btf__type_cnt(t->btf);
	struct die die;
	int got = -EINVAL;

	if (dwarf_die(t->dwarf, w->place, &die))
		got = add_type(t, &die, w->dimension);
	else
		memset(&die, 0, sizeof(die));
	if (got < 0 && got != -ENOMEM && btf__type_cnt(t->btf) == id)
		got = btf__add_fwd(t->btf, has_name(&die) ? die_name(&die) : "unknown",
				   BTF_FWD_STRUCT);
	return got < 0 || btf__type_cnt(t->btf) != id + 1 ? -ENOMEM : 0;
}

int dwarf_types_complete(struct dwarf_types *t)
{
	int err = 0;

	while (!err && t->done < t->count)
		err = turn(t, &t->wanted[t->done++]);
	return err;
}

static bool is_type(unsigned int tag)
{
	return tag == TAG_STRUCTURE_TYPE || tag == TAG_CLASS_TYPE || tag == TAG_UNION_TYPE ||
	       tag == TAG_ENUMERATION_TYPE || tag == TAG_TYPEDEF || tag == TAG_BASE_TYPE;
}

/* Also of the units that it imports, up to some levels of these. */
static void types_of_unit(struct dwarf_types *t, uint64_t place, int levels)
{
	struct die unit, child;

	if (!dwarf_die(t->dwarf, place, &unit) || unit.unit->turned)
		return;
	unit.unit->turned = true;
	for (bool more = dwarf_child(t->dwarf, &unit, &child); more;
	     more = dwarf_next(t->dwarf, &child))
		if (is_type(child.tag))
			want(t, child.place, 0);
		else if (levels && child.tag == TAG_IMPORTED_UNIT &&
			 child.value[DIE_IMPORT].kind == DIE_PLACE)
			types_of_unit(t, child.value[DIE_IMPORT].number, levels - 1);
}

void dwarf_types_of_unit(struct dwarf_types *t, uint64_t place)
{
	types_of_unit(t, place, IMPORTS_MAX);
}
