// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* aggregate.c - see symbols/dwarf/aggregate.h */
#include <bpf/btf.h>
#include <errno.h>
#include <limits.h>

#include "symbols/dwarf/aggregate.h"

/* The most members that BTF has room for. */
#define MEMBERS_MAX 65535
/* Places of members beyond that are not believed: BTF counts bits. */
#define BYTES_MAX (UINT_MAX / 8)

/* How many bytes from the begin of the struct a member is. */
static uint64_t location_of(const struct die *member)
{
	const struct die_value *v = &member->value[DIE_MEMBER_LOCATION];
	struct bytes block;

	if (v->kind != DIE_BLOCK)
		return die_number(member, DIE_MEMBER_LOCATION, 0);
	block = v->block;
	if (bytes_number(&block, 1) != OP_PLUS_UCONST)
		return UINT64_MAX; /* such as of a virtual base */
	return bytes_uleb(&block);
}

/*
 * The first bit of a bit field. Old compilers count from the highest bit of the integer that it is
 * in, of `storage` bytes.
 */
static uint64_t bit_of(const struct die *member, uint64_t bits, uint64_t storage)
{
	uint64_t bytes = location_of(member);

	if (member->value[DIE_DATA_BIT_OFFSET].kind == DIE_NUMBER)
		return member->value[DIE_DATA_BIT_OFFSET].number;
	if (bytes > BYTES_MAX)
		return UINT64_MAX;
	if (member->value[DIE_BIT_OFFSET].kind == DIE_NUMBER)
		return bytes * 8 + storage * 8 - member->value[DIE_BIT_OFFSET].number - bits;
	return bytes * 8;
}

/* The size of the integer that a bit field is part of. */
static uint64_t storage_of(struct dwarf *d, const struct die *member)
{
	struct die at = *member, type;

	for (int i = 0; i < 32 && at.value[DIE_BYTE_SIZE].kind != DIE_NUMBER; i++) {
		if (!dwarf_follow(d, &at, DIE_TYPE, &type))
			return 0;
		at = type;
	}
	return die_number(&at, DIE_BYTE_SIZE, 0);
}

/* Members of the class, not of its objects, are declared there only. */
static bool is_in_object(const struct die *member)
{
	return (member->tag == TAG_MEMBER || member->tag == TAG_INHERITANCE) &&
	       !die_number(member, DIE_DECLARATION, 0) &&
	       member->value[DIE_CONST_VALUE].kind == DIE_ABSENT;
}

static int add_member(struct dwarf *d, struct btf *btf, const struct die *member, unsigned int type)
{
	uint64_t bits = die_number(member, DIE_BIT_SIZE, 0);
	uint64_t at = bit_of(member, bits, bits ? storage_of(d, member) : 0);
	const char *name = member->tag == TAG_MEMBER ? die_name(member) : "";

	if (bits > 64 || at > UINT_MAX)
		return 0;
	return btf__add_field(btf, name, (int)type, (unsigned int)at, (unsigned int)bits);
}

int aggregate_add(struct dwarf *d, struct btf *btf, const struct die *die,
		  unsigned int (*type)(struct die *member, void *arg), void *arg)
{
	bool is_union = die->tag == TAG_UNION_TYPE;
	uint64_t size = die_number(die, DIE_BYTE_SIZE, 0);
	unsigned int count = 0;
	struct die child;
	int id, err = 0;

	if (die_number(die, DIE_DECLARATION, 0))
		return *die_name(die) ? btf__add_fwd(btf, die_name(die),
						     is_union ? BTF_FWD_UNION : BTF_FWD_STRUCT)
				      : -EINVAL;
	if (size > BYTES_MAX)
		return -EINVAL;
	id = is_union ? btf__add_union(btf, die_name(die), (unsigned int)size)
		      : btf__add_struct(btf, die_name(die), (unsigned int)size);
	for (bool more = id >= 0 && dwarf_child(d, die, &child);
	     more && err != -ENOMEM && count < MEMBERS_MAX; more = dwarf_next(d, &child)) {
		if (!is_in_object(&child))
			continue;
		err = add_member(d, btf, &child, type(&child, arg));
		count++;
	}
	return err == -ENOMEM ? err : id;
}

static int add_value(struct btf *btf, const struct die *child, bool is_wide)
{
	uint64_t value = die_number(child, DIE_CONST_VALUE, 0);

	if (!*die_name(child))
		return -EINVAL;
	return is_wide ? btf__add_enum64_value(btf, die_name(child), value)
		       : btf__add_enum_value(btf, die_name(child), (long long)value);
}

/* Has it a value below zero? */
static bool has_negative(struct dwarf *d, const struct die *die)
{
	struct die child;

	for (bool more = dwarf_child(d, die, &child); more; more = dwarf_next(d, &child))
		if (child.value[DIE_CONST_VALUE].is_signed &&
		    (long long)die_number(&child, DIE_CONST_VALUE, 0) < 0)
			return true;
	return false;
}

int enumeration_add(struct dwarf *d, struct btf *btf, const struct die *die)
{
	uint64_t size = die_number(die, DIE_BYTE_SIZE, 4);
	bool is_wide = size == 8;
	unsigned int count = 0;
	struct die child;
	int id, err = 0;

	if (size > 8)
		return -EINVAL;
	id = is_wide ? btf__add_enum64(btf, die_name(die), 8, has_negative(d, die))
		     : btf__add_enum(btf, die_name(die), (unsigned int)size);
	for (bool more = id >= 0 && dwarf_child(d, die, &child);
	     more && err != -ENOMEM && count < MEMBERS_MAX; more = dwarf_next(d, &child)) {
		if (child.tag != TAG_ENUMERATOR)
			continue;
		err = add_value(btf, &child, is_wide);
		count++;
	}
	return err == -ENOMEM ? err : id;
}
