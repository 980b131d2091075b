// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* convert.c - see trace/statement/expr/convert.h */
#include "trace/statement/expr/convert.h"

struct ctype convert_promote(const struct ctype *type)
{
	struct ctype promoted = *type;

	if (type->kind == CTYPE_POINTER)
		promoted = ctype_int(8, false);
	else if (type->size < 4)
		promoted = ctype_int(4, true);
	promoted.user = type->user;
	return promoted;
}

struct ctype convert_common(const struct ctype *a, const struct ctype *b)
{
	const struct ctype *wider = a->size < b->size ? b : a;
	struct ctype common = *wider;

	common.is_signed = a->size == b->size ? a->is_signed && b->is_signed : wider->is_signed;
	common.user = a->user || b->user;
	if (a->size == b->size && a->is_signed != b->is_signed)
		common.id = a->is_signed ? b->id : a->id;
	return common;
}

/* Has every value of `from` a place in `to`? */
static bool fits(const struct ctype *from, const struct ctype *to)
{
	if (to->size == 8)
		return true;
	if (from->size == to->size)
		return from->is_signed == to->is_signed && from->kind == CTYPE_INT;
	return from->size < to->size && (!from->is_signed || to->is_signed);
}

void convert_emit(struct emit *e, const struct ctype *from, const struct ctype *to)
{
	if (!fits(from, to))
		emit_unary(e, EXPR_CAST, to->size, to->is_signed ? EXPR_SIGNED : 0);
}

void convert_wrap(struct emit *e, const struct ctype *type)
{
	if (!type->is_signed && type->size < 8)
		emit_unary(e, EXPR_CAST, type->size, 0);
}
