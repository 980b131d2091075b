// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ctype.c - see trace/statement/expr/ctype.h */
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "trace/statement/expr/ctype.h"
#include "trace/statement/expr/typename.h"

/* More typedefs, qualifiers or anonymous structs than that are not on one another. */
#define MOST_LEVELS 32
/* More members than that are not looked at: malformed BTF could nest without end. */
#define MOST_MEMBERS 200000

static const char *name_of(const struct btf *btf, const struct btf_type *t)
{
	const char *name = btf__name_by_offset(btf, t->name_off);

	return name ? name : "";
}

static bool is_user_tag(const struct btf *btf, const struct btf_type *t)
{
	return btf_kind(t) == BTF_KIND_TYPE_TAG && strcmp(name_of(btf, t), "user") == 0;
}

/* Whatever typedefs and qualifiers stand for; NULL: void, or there is no end to them. */
static const struct btf_type *bare(const struct btf *btf, unsigned int *id, bool *user)
{
	for (int i = 0; *id && i < MOST_LEVELS; i++) {
		const struct btf_type *t = btf__type_by_id(btf, *id);

		if (!t ||
		    (!btf_is_mod(t) && !btf_is_typedef(t) && btf_kind(t) != BTF_KIND_TYPE_TAG))
			return t;
		if (user && is_user_tag(btf, t))
			*user = true;
		*id = t->type;
	}
	return NULL;
}

struct ctype ctype_int(unsigned int size, bool is_signed)
{
	return (struct ctype){.kind = CTYPE_INT, .size = size, .is_signed = is_signed};
}

static struct ctype integer(unsigned int id, unsigned int size, bool is_signed)
{
	struct ctype type = ctype_int(size, is_signed);

	type.id = id;
	if (size != 1 && size != 2 && size != 4 && size != 8)
		type.kind = CTYPE_OTHER;
	return type;
}

static struct ctype pointer(const struct btf *btf, const struct btf_type *t)
{
	struct ctype type = {.kind = CTYPE_POINTER, .id = t->type, .size = 8};
	unsigned int id = t->type;

	bare(btf, &id, &type.user);
	return type;
}

static struct ctype array(const struct btf *btf, unsigned int id)
{
	struct ctype type = {.kind = CTYPE_ARRAY, .id = id};
	long long size = btf__resolve_size(btf, id);

	if (size > 0 && size <= 1 << 30)
		type.size = (unsigned int)size;
	return type;
}

struct ctype ctype_of(const struct btf *btf, unsigned int id)
{
	unsigned int own = id;
	const struct btf_type *t = btf ? bare(btf, &own, NULL) : NULL;

	if (!t)
		return (struct ctype){.kind = own && id ? CTYPE_OTHER : CTYPE_VOID};
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		return integer(id, t->size, btf_int_encoding(t) & BTF_INT_SIGNED);
	case BTF_KIND_ENUM:
		return integer(id, t->size, !btf_kflag(t) ? false : true);
	case BTF_KIND_ENUM64:
		return integer(id, t->size, btf_kflag(t));
	case BTF_KIND_PTR:
		return pointer(btf, t);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return (struct ctype){.kind = CTYPE_AGGREGATE, .id = own, .size = t->size};
	case BTF_KIND_ARRAY:
		return array(btf, own);
	default:
		return (struct ctype){.kind = CTYPE_OTHER, .id = id};
	}
}

/* A walk through the members of a struct, and of anonymous ones in it. */
struct walk {
	const struct btf *btf;
	bool (*fn)(const char *name, const struct ctype_member *m, void *arg); /* true: stop */
	void *arg;
	unsigned int looked_at;
};

static bool walk_members(struct walk *w, const struct btf_type *t, unsigned long long base,
			 int level)
{
	const struct btf_member *m = btf_members(t);

	for (unsigned int i = 0; i < btf_vlen(t); i++) {
		const char *name = btf__name_by_offset(w->btf, m[i].name_off);
		struct ctype_member member = {m[i].type, base + btf_member_bit_offset(t, i),
					      btf_member_bitfield_size(t, i)};
		const struct btf_type *inner;
		unsigned int id = m[i].type;

		if (w->looked_at++ > MOST_MEMBERS)
			return false;
		if (name && *name) {
			if (w->fn(name, &member, w->arg))
				return true;
			continue;
		}
		inner = bare(w->btf, &id, NULL);
		if (inner && btf_is_composite(inner) && level < MOST_LEVELS &&
		    walk_members(w, inner, member.bit, level + 1))
			return true;
	}
	return false;
}

static bool walk(const struct btf *btf, unsigned int id,
		 bool (*fn)(const char *name, const struct ctype_member *m, void *arg), void *arg)
{
	struct walk w = {.btf = btf, .fn = fn, .arg = arg};
	const struct btf_type *t = bare(btf, &id, NULL);

	return t && btf_is_composite(t) && walk_members(&w, t, 0, 0);
}

struct member_search {
	const char *name;
	struct ctype_member *found;
	struct suggest *near;
};

static bool is_wanted(const char *name, const struct ctype_member *m, void *arg)
{
	struct member_search *s = arg;

	if (s->near)
		suggest_offer(s->near, name);
	if (strcmp(name, s->name))
		return false;
	*s->found = *m;
	return true;
}

bool ctype_member(const struct btf *btf, unsigned int id, const char *name,
		  struct ctype_member *member, struct suggest *near)
{
	struct member_search s = {.name = name, .found = member, .near = near};

	return walk(btf, id, is_wanted, &s);
}

struct member_call {
	void (*fn)(const char *name, const struct ctype_member *member, void *arg);
	void *arg;
};

static bool call(const char *name, const struct ctype_member *m, void *arg)
{
	const struct member_call *c = arg;

	c->fn(name, m, c->arg);
	return false;
}

void ctype_members(const struct btf *btf, unsigned int id,
		   void (*fn)(const char *name, const struct ctype_member *member, void *arg),
		   void *arg)
{
	struct member_call c = {fn, arg};

	walk(btf, id, call, &c);
}

bool ctype_element(const struct btf *btf, unsigned int id, unsigned int *element,
		   unsigned int *count)
{
	const struct btf_type *t = bare(btf, &id, NULL);

	if (!t || !btf_is_array(t))
		return false;
	*element = btf_array(t)->type;
	*count = btf_array(t)->nelems;
	return true;
}

/* The enumerators of one enum. */
static bool search_enum(const struct btf *btf, const struct btf_type *t, const char *name,
			long long *value, struct suggest *near)
{
	bool wide = btf_is_enum64(t);

	for (unsigned int i = 0; i < btf_vlen(t); i++) {
		const char *own = btf__name_by_offset(btf, wide ? btf_enum64(t)[i].name_off
								: btf_enum(t)[i].name_off);

		if (own && near)
			suggest_offer(near, own);
		if (!own || strcmp(own, name))
			continue;
		if (wide)
			*value = (long long)btf_enum64_value(&btf_enum64(t)[i]);
		else
			*value = btf_kflag(t) ? btf_enum(t)[i].val
					      : (long long)(unsigned int)btf_enum(t)[i].val;
		return true;
	}
	return false;
}

/*
 * Number i, from 1 on, of the order in which types are searched: those of a program or a module
 * come before the kernel's, which they are appended to.
 */
static unsigned int in_order(const struct btf *btf, unsigned int i, unsigned int count)
{
	const struct btf *base = btf__base_btf(btf);
	unsigned int id = i + (base ? btf__type_cnt(base) : 1) - 1;

	return id < count ? id : id - count + 1;
}

bool ctype_enumerator(const struct btf *btf, const char *name, long long *value, struct ctype *type,
		      struct suggest *near)
{
	unsigned int count = btf ? btf__type_cnt(btf) : 0;

	for (unsigned int i = 1; i < count; i++) {
		const struct btf_type *t = btf__type_by_id(btf, in_order(btf, i, count));

		if (!t || !btf_is_any_enum(t) || !search_enum(btf, t, name, value, near))
			continue;
		/* C's constant is an int if that holds it, whatever the enum is. */
		*type = ctype_int(*value == (int)*value || *value == (unsigned int)*value ? 4 : 8,
				  *value != (unsigned int)*value || *value == (int)*value);
		return true;
	}
	return false;
}

static bool is_of(const struct btf_type *t, enum type_tag tag)
{
	switch (tag) {
	case TAG_STRUCT:
		return btf_is_struct(t);
	case TAG_UNION:
		return btf_is_union(t);
	case TAG_ENUM:
		return btf_is_any_enum(t);
	default:
		return btf_is_typedef(t) || btf_is_int(t);
	}
}

bool ctype_find(const struct btf *btf, enum type_tag tag, const char *name, struct ctype *type,
		struct suggest *near)
{
	const struct typename_integer *known = tag ? NULL : typename_integer(name);
	unsigned int count = btf ? btf__type_cnt(btf) : 0;

	if (known)
		*type = ctype_int(known->size, known->is_signed);
	for (unsigned int i = 1; i < count; i++) {
		unsigned int id = in_order(btf, i, count);
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *own;

		if (!t || !is_of(t, tag))
			continue;
		own = name_of(btf, t);
		if (near)
			suggest_offer(near, own);
		if (strcmp(own, name) &&
		    !(known && btf_is_int(t) && t->size == known->size &&
		      !!(btf_int_encoding(t) & BTF_INT_SIGNED) == known->is_signed))
			continue;
		*type = ctype_of(btf, id);
		if (!type->id)
			type->id = id;
		return true;
	}
	return known;
}

/* The name of a type and the stars behind it. */
static void spell(const struct btf *btf, unsigned int id, const char *stars, int level, char *out,
		  size_t size)
{
	static const char *const tags[] = {[BTF_KIND_STRUCT] = "struct ",
					   [BTF_KIND_UNION] = "union ",
					   [BTF_KIND_ENUM] = "enum ",
					   [BTF_KIND_ENUM64] = "enum ",
					   [BTF_KIND_FWD] = "struct "};
	const struct btf_type *t = btf && id ? btf__type_by_id(btf, id) : NULL;
	unsigned int kind = t ? btf_kind(t) : 0;
	const char *name = t ? name_of(btf, t) : "void", *tag = NULL;
	char more[MOST_LEVELS + 2];

	if (t && level < MOST_LEVELS && (btf_is_mod(t) || kind == BTF_KIND_TYPE_TAG)) {
		spell(btf, t->type, stars, level + 1, out, size);
		return;
	}
	if (t && level < MOST_LEVELS && (kind == BTF_KIND_PTR || kind == BTF_KIND_ARRAY)) {
		snprintf(more, sizeof(more), "*%s", stars);
		spell(btf, kind == BTF_KIND_PTR ? t->type : btf_array(t)->type, more, level + 1,
		      out, size);
		return;
	}
	if (kind < sizeof(tags) / sizeof(tags[0]))
		tag = tags[kind];
	if (kind == BTF_KIND_FUNC_PROTO)
		name = "function";
	else if (!*name)
		name = "(anonymous)";
	snprintf(out, size, "%s%s%s%s", tag ? tag : "", name, *stars ? " " : "", stars);
}

/* "int[2][3]" */
static void spell_array(const struct btf *btf, unsigned int id, char *out, size_t size)
{
	char sizes[64] = "";
	unsigned int count;

	for (int i = 0; i < MOST_LEVELS && ctype_element(btf, id, &id, &count); i++)
		snprintf(sizes + strlen(sizes), sizeof(sizes) - strlen(sizes), "[%u]", count);
	spell(btf, id, "", 0, out, size);
	snprintf(out + strlen(out), size - strlen(out), "%s", sizes);
}

const char *ctype_spell(const struct btf *btf, const struct ctype *type, char *out, size_t size)
{
	static const char *const names[2][9] = {
		{[1] = "u8", [2] = "u16", [4] = "u32", [8] = "u64"},
		{[1] = "s8", [2] = "s16", [4] = "s32", [8] = "s64"},
	};
	if (type->kind == CTYPE_ARRAY) {
		spell_array(btf, type->id, out, size);
	} else if (type->kind == CTYPE_INT && !type->id) {
		snprintf(out, size, "%s", names[type->is_signed][type->size]);
	} else {
		spell(btf, type->id, type->kind == CTYPE_POINTER ? "*" : "", 0, out, size);
	}
	return out;
}

bool ctype_is(const struct btf *btf, const struct ctype *type, const char *name)
{
	unsigned int id = type->id;
	const struct btf_type *t = btf ? bare(btf, &id, NULL) : NULL;

	return t && btf_is_composite(t) && strcmp(name_of(btf, t), name) == 0;
}
