/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ctype.h - types of C, from the kernel's type information (BTF). Of BTF that is malformed nothing
 * is promised but that every search ends, without reading beyond it.
 */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_EXPR_CTYPE_H
#define LATCHKIT_USER_TRACE_STATEMENT_EXPR_CTYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/suggest.h"
#include "trace/statement/expr/tree.h"

struct btf;

enum ctype_kind {
	CTYPE_VOID,
	CTYPE_INT, /* 1, 2, 4 or 8 bytes; also bool and enums */
	CTYPE_POINTER, /* 8 bytes */
	CTYPE_AGGREGATE, /* struct or union */
	CTYPE_ARRAY,
	CTYPE_OTHER, /* floating point, functions, 128 bits, what is declared only */
};

struct ctype {
	enum ctype_kind kind;
	unsigned int id; /* in BTF; of a pointer: what it points to, 0: void; of others 0: no BTF */
	unsigned int size;
	bool is_signed;
	bool user; /* a pointer into user memory; an aggregate or array in it */
};

/* Where a member is, from the begin of its struct. */
struct ctype_member {
	unsigned int id;
	unsigned long long bit;
	unsigned int bits; /* width of a bit field; 0: it is none */
};

/* An integer of that size. */
struct ctype ctype_int(unsigned int size, bool is_signed);
/* The type of a BTF id, without typedefs and qualifiers; 0 is void. */
struct ctype ctype_of(const struct btf *btf, unsigned int id);
/*
 * Find a member of an aggregate, also in anonymous structs and unions of it. All names are offered
 * to `near`, which may be NULL.
 */
bool ctype_member(const struct btf *btf, unsigned int id, const char *name,
		  struct ctype_member *member, struct suggest *near);
/* Call fn() for each member that has a name, also of anonymous structs and unions. */
void ctype_members(const struct btf *btf, unsigned int id,
		   void (*fn)(const char *name, const struct ctype_member *member, void *arg),
		   void *arg);
/* The element of an array, and how many there are; 0: not known. Returns false when it is none. */
bool ctype_element(const struct btf *btf, unsigned int id, unsigned int *element,
		   unsigned int *count);
/* The value of an enumerator, and its enum. All names are offered to `near`, unless it is NULL. */
bool ctype_enumerator(const struct btf *btf, const char *name, long long *value, struct ctype *type,
		      struct suggest *near);
/* Find a type by its name, as a cast has it. All of that kind are offered to `near`. */
bool ctype_find(const struct btf *btf, enum type_tag tag, const char *name, struct ctype *type,
		struct suggest *near);
/* As C spells the type: "struct task_struct *". Returns `out`. */
const char *ctype_spell(const struct btf *btf, const struct ctype *type, char *out, size_t size);
/* Is it a struct or union of that name? */
bool ctype_is(const struct btf *btf, const struct ctype *type, const char *name);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_EXPR_CTYPE_H */
