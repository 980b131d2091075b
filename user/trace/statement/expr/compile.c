// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* compile.c - see trace/statement/expr/compile.h */
#include <string.h>

#include "trace/statement/expr/compile.h"
#include "trace/statement/expr/names.h"
#include "trace/statement/expr/typename.h"

/* C's operators: which op for signed, which for unsigned operands. */
static const struct binary {
	int op;
	enum expr_op on_signed, on_unsigned;
	bool swaps; /* the operands, to compare the other way round */
	bool compares; /* the result is an int */
	bool commutes;
} binaries[] = {
	{'+', EXPR_ADD, EXPR_ADD, false, false, true},
	{'-', EXPR_SUB, EXPR_SUB, false, false, false},
	{'*', EXPR_MUL, EXPR_MUL, false, false, true},
	{'/', EXPR_SDIV, EXPR_UDIV, false, false, false},
	{'%', EXPR_SMOD, EXPR_UMOD, false, false, false},
	{'&', EXPR_AND, EXPR_AND, false, false, true},
	{'|', EXPR_OR, EXPR_OR, false, false, true},
	{'^', EXPR_XOR, EXPR_XOR, false, false, true},
	{OP2('<', '<'), EXPR_SHL, EXPR_SHL, false, false, false},
	{OP2('>', '>'), EXPR_SAR, EXPR_SHR, false, false, false},
	{OP2('=', '='), EXPR_EQ, EXPR_EQ, false, true, true},
	{OP2('!', '='), EXPR_NE, EXPR_NE, false, true, true},
	{'<', EXPR_SLT, EXPR_ULT, false, true, false},
	{OP2('<', '='), EXPR_SLE, EXPR_ULE, false, true, false},
	{'>', EXPR_SLT, EXPR_ULT, true, true, false},
	{OP2('>', '='), EXPR_SLE, EXPR_ULE, true, true, false},
};

static const struct binary *binary_find(int op)
{
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
		if (binaries[i].op == op)
			return &binaries[i];
	return NULL;
}

/* An operand of a binary operator: its steps apart, to be put in order when both are known. */
struct side {
	const struct node *node;
	struct operand o;
	struct emit emit;
};

static bool compile_side(struct compiler *c, const struct node *n, struct side *side)
{
	struct emit before = c->emit;
	bool done;

	side->node = n;
	c->emit = (struct emit){0};
	done = compile_value(c, n, &side->o);
	side->emit = c->emit;
	c->emit = before;
	return done;
}

static bool refuse_pointer(struct compiler *c, const struct node *n, const struct ctype *type,
			   int op)
{
	char spelled[96];

	if (type->kind != CTYPE_POINTER)
		return true;
	return operand_complain(c, n, "is a pointer, %s; for %c cast it: (u64)...",
				ctype_spell(c->scope->btf, type, spelled, sizeof(spelled)),
				op > 255 ? op >> 8 : op);
}

/* Of `p + i`: make i so many bytes. */
static bool scale(struct compiler *c, const struct side *p, struct side *i)
{
	struct ctype pointee = ctype_of(c->scope->btf, p->o.type.id);

	if (pointee.kind == CTYPE_VOID)
		return true;
	if (!pointee.size)
		return operand_complain(c, p->node, "the size of what it points to is not known");
	emit_step(&i->emit, EXPR_CONST, 0, 0, pointee.size);
	emit_binary(&i->emit, EXPR_MUL);
	return true;
}

/* p + i, i + p, p - i. */
static bool pointer_sum(struct compiler *c, const struct node *n, struct side *left,
			struct side *right, struct operand *o)
{
	struct side *p = left->o.type.kind == CTYPE_POINTER ? left : right;
	struct side *i = p == left ? right : left;

	if (i->o.type.kind == CTYPE_POINTER)
		return operand_complain(c, n, "of two pointers; cast them: (u64)...");
	if (p == right && n->op == '-')
		return operand_complain(c, n, "a pointer cannot be subtracted from a number");
	if (!scale(c, p, i))
		return false;
	emit_append(&c->emit, &p->emit);
	emit_append(&c->emit, &i->emit);
	emit_binary(&c->emit, n->op == '+' ? EXPR_ADD : EXPR_SUB);
	*o = p->o;
	return true;
}

static bool is_shift(int op)
{
	return op == OP2('<', '<') || op == OP2('>', '>');
}

/* The deeper side first, where the order does not matter. */
static void append_both(struct compiler *c, const struct binary *b, const struct side *left,
			const struct side *right)
{
	bool swap = b->swaps || (b->commutes && right->emit.most > left->emit.most);

	emit_append(&c->emit, swap ? &right->emit : &left->emit);
	emit_append(&c->emit, swap ? &left->emit : &right->emit);
}

static void integers(struct compiler *c, int op, struct side *left, struct side *right,
		     struct operand *o)
{
	const struct binary *b = binary_find(op);
	struct ctype l = convert_promote(&left->o.type), r = convert_promote(&right->o.type);
	struct ctype common = is_shift(op) ? l : convert_common(&l, &r);

	convert_emit(&left->emit, &l, &common);
	if (!is_shift(op))
		convert_emit(&right->emit, &r, &common);
	append_both(c, b, left, right);
	emit_binary(&c->emit, common.is_signed ? b->on_signed : b->on_unsigned);
	if (b->compares)
		common = ctype_int(4, true);
	else if (op == '+' || op == '-' || op == '*' || op == OP2('<', '<'))
		convert_wrap(&c->emit, &common);
	*o = (struct operand){.type = common};
}

static bool compile_arithmetic(struct compiler *c, const struct node *n, struct operand *o)
{
	struct side left, right;

	if (!compile_side(c, n->left, &left) || !compile_side(c, n->right, &right))
		return false;
	if ((n->op == '+' || n->op == '-') &&
	    (left.o.type.kind == CTYPE_POINTER || right.o.type.kind == CTYPE_POINTER))
		return pointer_sum(c, n, &left, &right, o);
	if (!binary_find(n->op)->compares && (!refuse_pointer(c, n->left, &left.o.type, n->op) ||
					      !refuse_pointer(c, n->right, &right.o.type, n->op)))
		return false;
	integers(c, n->op, &left, &right, o);
	return true;
}

/* Is the value 0 or 1 in any case? */
static bool is_truth(const struct node *n)
{
	const struct binary *b = n->kind == NODE_BINARY ? binary_find(n->op) : NULL;

	if (n->kind == NODE_UNARY)
		return n->op == '!';
	return n->kind == NODE_BINARY && (!b || b->compares);
}

static bool compile_logic(struct compiler *c, const struct node *n, struct operand *o)
{
	unsigned int jump;

	if (!compile_value(c, n->left, o))
		return false;
	jump = emit_jump(&c->emit, n->op == OP2('&', '&') ? EXPR_ANDJ : EXPR_ORJ);
	if (!compile_value(c, n->right, o))
		return false;
	if (!is_truth(n->right))
		emit_step(&c->emit, EXPR_NORM, 0, 0, 0);
	emit_land(&c->emit, jump);
	o->type = ctype_int(4, true);
	return true;
}

static bool compile_sign(struct compiler *c, const struct node *n, struct operand *o)
{
	if (!compile_value(c, n->left, o) || !refuse_pointer(c, n->left, &o->type, n->op))
		return false;
	o->type = convert_promote(&o->type);
	if (n->op != '+') {
		emit_unary(&c->emit, n->op == '-' ? EXPR_NEG : EXPR_NOT, 0, 0);
		convert_wrap(&c->emit, &o->type);
	}
	return true;
}

static bool compile_unary(struct compiler *c, const struct node *n, struct operand *o)
{
	switch (n->op) {
	case '*':
		return compile_operand(c, n->left, o) && operand_element(c, n, 0, o);
	case '&':
		return compile_operand(c, n->left, o) && operand_address(c, n, o);
	case '!':
		if (!compile_value(c, n->left, o))
			return false;
		emit_step(&c->emit, EXPR_LNOT, 0, 0, 0);
		o->type = ctype_int(4, true);
		return true;
	default:
		return compile_sign(c, n, o);
	}
}

static bool find_type(struct compiler *c, const struct node *n, struct ctype *type)
{
	static const char *const tags[] = {"", "struct ", "union ", "enum "};
	struct suggest near;

	if (!n->tag && !n->stars && strcmp(n->name, "void") == 0)
		return operand_complain(c, n, "void has no value");
	if (!n->tag && strcmp(n->name, "void") == 0) {
		*type = (struct ctype){0};
		return true;
	}
	suggest_init(&near, n->name);
	if (ctype_find(c->scope->btf, n->tag, n->name, type, &near) && (type->id || !n->stars))
		return true;
	return complain(c->complaint, n->at, n->length, "%s%s: no such type%s; %s", tags[n->tag],
			n->name, c->scope->btf ? "" : ": this kernel has no type information",
			suggest_hint(&near, "casts look like (struct sock *) or (u32)"));
}

/* (struct NAME)E: what the pointer E leads to, or the struct E, taken for another one. */
static bool cast_to_struct(struct compiler *c, const struct node *n, const struct ctype *type,
			   struct operand *o)
{
	bool user;

	if (!compile_operand(c, n->left, o))
		return false;
	if (!(o->in_memory && o->type.kind == CTYPE_AGGREGATE)) {
		if (!operand_load(c, n->left, o))
			return false;
		if (o->type.size != 8)
			return operand_complain(c, n->left, "is no pointer: it has %u bytes",
						o->type.size);
		o->offset = 0;
	}
	user = o->type.user;
	o->in_memory = true;
	o->bits = o->shift = 0;
	o->type = *type;
	o->type.user = user;
	return true;
}

static bool cast_to_pointer(struct compiler *c, const struct node *n, const struct ctype *type,
			    struct operand *o)
{
	bool user;

	if (!compile_value(c, n->left, o))
		return false;
	user = o->type.user;
	*o = (struct operand){.type = {.kind = CTYPE_POINTER, .size = 8, .user = user}};
	if (n->stars == 1)
		o->type.id = type->id;
	return true;
}

static bool compile_cast(struct compiler *c, const struct node *n, struct operand *o)
{
	struct ctype type;
	bool user;

	if (!find_type(c, n, &type))
		return false;
	if (n->stars)
		return cast_to_pointer(c, n, &type, o);
	if (type.kind == CTYPE_AGGREGATE)
		return cast_to_struct(c, n, &type, o);
	if (type.kind != CTYPE_INT && type.kind != CTYPE_POINTER)
		return operand_complain(c, n, "is not cast to that: no integer, no struct");
	if (!compile_value(c, n->left, o))
		return false;
	if (strcmp(n->name, "bool") == 0 || strcmp(n->name, "_Bool") == 0)
		emit_step(&c->emit, EXPR_NORM, 0, 0, 0);
	else
		convert_emit(&c->emit, &o->type, &type);
	user = o->type.user;
	o->type = type;
	o->type.user = o->type.user || user;
	return true;
}

static bool compile_number(struct compiler *c, const struct node *n, struct operand *o)
{
	*o = (struct operand){.type = ctype_int(n->is_long ? 8 : 4, !n->is_unsigned)};
	emit_step(&c->emit, EXPR_CONST, 0, 0, (long long)n->value);
	return true;
}

static bool compile_index(struct compiler *c, const struct node *n, struct operand *o)
{
	long long index;

	return compile_constant(c, n->right, &index) && compile_operand(c, n->left, o) &&
	       operand_element(c, n, index, o);
}

static bool compile_field(struct compiler *c, const struct node *n, struct operand *o)
{
	*o = (struct operand){0};
	if (names_is_args(n->left))
		return names_argument(c, n, o);
	return compile_operand(c, n->left, o) && operand_field(c, n, n->name, o);
}

static bool compile_begin(struct compiler *c, const struct node *n, struct operand *o)
{
	if (c->scope->begin)
		return c->scope->begin->compile(c->scope->begin, c, n, o);
	return operand_complain(c, n,
				"only the end of a span knows what was at its start: write "
				"PROBE .. PROBE, and begin. behind it");
}

bool compile_operand(struct compiler *c, const struct node *n, struct operand *o)
{
	*o = (struct operand){0};
	switch (n->kind) {
	case NODE_BEGIN:
		return compile_begin(c, n, o);
	case NODE_NUMBER:
		return compile_number(c, n, o);
	case NODE_NAME:
		return names_resolve(c, n, o);
	case NODE_FIELD:
		return compile_field(c, n, o);
	case NODE_INDEX:
		return compile_index(c, n, o);
	case NODE_UNARY:
		return compile_unary(c, n, o);
	case NODE_CAST:
		return compile_cast(c, n, o);
	default:
		return n->op == OP2('&', '&') || n->op == OP2('|', '|')
			       ? compile_logic(c, n, o)
			       : compile_arithmetic(c, n, o);
	}
}

bool compile_value(struct compiler *c, const struct node *n, struct operand *o)
{
	return compile_operand(c, n, o) && operand_load(c, n, o);
}

bool compile_constant(struct compiler *c, const struct node *n, long long *value)
{
	struct compiler trial = *c;
	struct operand o;

	trial.emit = (struct emit){0};
	trial.notes = NULL;
	if (!compile_value(&trial, n, &o))
		return false;
	return emit_is_constant(&trial.emit, 0, value) ||
	       complain(c->complaint, n->from, n->to - n->from,
			"%.*s: a constant is needed here, such as 3 or 10ms",
			(int)(n->to - n->from < 80 ? n->to - n->from : 80), c->text + n->from);
}

bool compile_check(struct compiler *c, const struct node *n)
{
	if (c->emit.too_deep)
		return complain(c->complaint, n->from, n->to - n->from,
				"needs more than %d values at once, which is the most that a "
				"program holds; take parentheses out",
				EXPR_STACK);
	if (c->emit.too_long)
		return complain(c->complaint, n->from, n->to - n->from,
				"takes more than %d steps, which is the most that a program has "
				"room for; make it shorter",
				EXPR_STEPS);
	return true;
}
