// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test_expressions.c - the steps that are made of expressions.def, and of every operator between
 * integers of all types, give what the compiler's code gives.
 */
#include "tests/test.h"
#include "tests/unit/statement/statement_test.h"
#include "tests/unit/statement/types.h"

/* They are C as people write it. */
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wtype-limits"
#pragma GCC diagnostic ignored "-Woverflow"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wunused-value"
#ifdef __clang__
#pragma clang diagnostic ignored "-Weverything"
#else
#pragma GCC diagnostic ignored "-Wbool-compare"
#pragma GCC diagnostic ignored "-Wint-in-bool-context"
#pragma GCC diagnostic ignored "-Waddress"
#pragma GCC diagnostic ignored "-Wbool-operation"
#endif

static struct {
	struct sample *p;
	int n;
	unsigned short narrow;
	_Bool yes;
} args;

typedef long long native_fn(void);

/* Each row's function has the number of its row. */
#define CONCAT(a, b) a##b
#define NAME(number) CONCAT(native_, number)

#define EXPR(...) \
	static long long NAME(__LINE__)(void) \
	{ \
		return (long long)(__VA_ARGS__); \
	}
#include "tests/unit/statement/expressions.def"
#undef EXPR

static const struct row {
	const char *text;
	native_fn *native;
} rows[] = {
#define EXPR(...) {#__VA_ARGS__, NAME(__LINE__)},
#include "tests/unit/statement/expressions.def"
#undef EXPR
};

/* DO() for each operator between each two types. A divisor is not zero, a shift small. */
/* clang-format off */
#define OPERATORS(DO, a, b) \
	DO(plus, +, a, b, args.p->b) DO(minus, -, a, b, args.p->b) DO(times, *, a, b, args.p->b) \
	DO(over, /, a, b, (args.p->b | 1)) DO(rest, %, a, b, (args.p->b | 1)) \
	DO(both, &, a, b, args.p->b) DO(any, |, a, b, args.p->b) DO(xor, ^, a, b, args.p->b) \
	DO(left, <<, a, b, (args.p->b & 7)) DO(right, >>, a, b, (args.p->b & 7)) \
	DO(less, <, a, b, args.p->b) DO(more, >, a, b, args.p->b) \
	DO(least, >=, a, b, args.p->b) DO(most, <=, a, b, args.p->b) \
	DO(same, ==, a, b, args.p->b) DO(other, !=, a, b, args.p->b) \
	DO(land, &&, a, b, args.p->b) DO(lor, ||, a, b, args.p->b)
#define WITH(DO, a) \
	OPERATORS(DO, a, s8) OPERATORS(DO, a, u8) OPERATORS(DO, a, s16) OPERATORS(DO, a, u16) \
	OPERATORS(DO, a, s32) OPERATORS(DO, a, u32) OPERATORS(DO, a, s64) OPERATORS(DO, a, u64) \
	OPERATORS(DO, a, b3) OPERATORS(DO, a, ub5)
#define PAIRS(DO) \
	WITH(DO, s8) WITH(DO, u8) WITH(DO, s16) WITH(DO, u16) WITH(DO, s32) WITH(DO, u32) \
	WITH(DO, s64) WITH(DO, u64) WITH(DO, b3) WITH(DO, ub5)
#define DEFINE(name, op, a, b, right) \
	static long long pair_##name##_##a##_##b(void) { return (long long)(args.p->a op right); }
#define ROW(name, op, a, b, right) {"args.p->" #a " " #op " " #right, pair_##name##_##a##_##b},
/* clang-format on */

PAIRS(DEFINE)
static const struct row pairs[] = {PAIRS(ROW)};

/* Numbers that end differently in each width, but do not let an int overflow, which C forbids. */
static unsigned long long any(void)
{
	static unsigned long long state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> (state & 31);
}

static void fill(struct sample *s, struct inner *to)
{
	unsigned char *bytes = (unsigned char *)s;

	for (size_t i = 0; i < sizeof(*s); i++)
		bytes[i] = (unsigned char)any();
	s->s32 = (short)any();
	s->u16 = any() & 0x7fff;
	s->s64 = (int)any() >> 2;
	for (int i = 0; i < 6; i++)
		s->grid[i / 3][i % 3] = (short)any();
	for (int i = 0; i < 3; i++)
		s->three[i].x = (short)any();
	s->in.x = s->either = (short)any();
	s->color = any() & 1 ? BLUE : GREEN;
	s->flag = any() & 1;
	s->to = to;
	s->text = (const char *)to;
	s->any = any() & 1 ? to : NULL;
	to[0] = s->three[0];
	to[1] = s->three[1];
	to[0].back = to[1].back = s;
}

static void compare(const struct row *row, const struct expr *e)
{
	struct sample *s = args.p;
	struct machine m = {
		.arg = {(unsigned long long)s, (unsigned int)args.n | any() << 32,
			args.narrow | any() << 16, args.yes | any() << 8},
		.memory = {{s, sizeof(*s)}, {s->to, 2 * sizeof(*s->to)}},
	};
	enum machine_end end = machine_run(&m, e->step);
	long long want = row->native();

	if (end != MACHINE_DONE || m.value != want)
		fail_msg("%s: %lld instead of %lld (%d)", row->text, m.value, want, end);
	assert_int_equal(m.by_zero, 0);
}

static void run_rows(const struct row *row, size_t count, int times)
{
	struct sample s;
	struct inner to[2];
	struct expr e;

	args.p = &s;
	for (size_t i = 0; i < count; i++) {
		test_compile(&e, row[i].text);
		for (int k = 0; k < times; k++) {
			fill(&s, to);
			args.n = (short)any();
			args.narrow = (unsigned short)any();
			args.yes = any() & 1;
			compare(&row[i], &e);
		}
	}
}

TEST(expressions_are_what_the_compiler_makes_of_them)
{
	run_rows(rows, sizeof(rows) / sizeof(rows[0]), 500);
}

TEST(operators_between_all_types_are_the_compilers)
{
	run_rows(pairs, sizeof(pairs) / sizeof(pairs[0]), 50);
}

TEST(constants_are_worked_out_beforehand)
{
	static const char *const texts[] = {"2 * 3 + 1", "-7",	    "~0",	"10ms",
					    "4KiB",	 "1 << 20", "0x10 | 1", "(char)300",
					    "7 / 2 % 2", "BLUE"};
	static const long long values[] = {7, -7, -1, 10000000, 4096, 1 << 20, 17, 44, 1, 9};
	struct expr e;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_compile(&e, texts[i]);
		assert_int_equal(e.count, 1);
		assert_int_equal(e.step[0].op, EXPR_CONST);
		assert_int_equal(e.step[0].imm, values[i]);
	}
}

TEST(units_are_ns_and_bytes)
{
	static const struct {
		const char *text;
		long long value;
	} rows_of_units[] = {{"1ns", 1}, {"2us", 2000},	    {"3ms", 3000000},  {"4s", 4000000000LL},
			     {"5B", 5},	 {"6KiB", 6 << 10}, {"7MiB", 7 << 20}, {"8GiB", 8LL << 30}};
	struct expr e;

	for (size_t i = 0; i < sizeof(rows_of_units) / sizeof(rows_of_units[0]); i++) {
		test_compile(&e, rows_of_units[i].text);
		assert_int_equal(e.step[0].imm, rows_of_units[i].value);
		assert_int_equal(e.size, 8);
	}
}

TEST(short_cuts_do_not_read)
{
	struct sample s = {.any = NULL, .s8 = 0, .u8 = 1};
	struct machine m = {.arg = {(unsigned long long)&s}, .memory = {{&s, sizeof(s)}}};
	struct expr e;

	test_compile(&e, "args.p->any && ((struct inner *)args.p->any)->x");
	assert_int_equal(machine_run(&m, e.step), MACHINE_DONE);
	assert_int_equal(m.value, 0);
	test_compile(&e, "args.p->u8 || ((struct inner *)args.p->any)->x");
	assert_int_equal(machine_run(&m, e.step), MACHINE_DONE);
	assert_int_equal(m.value, 1);
	test_compile(&e, "args.p->u8 && ((struct inner *)args.p->any)->x");
	assert_int_equal(machine_run(&m, e.step), MACHINE_UNREAD);
	assert_int_equal(m.unread, 1);
}

TEST(division_by_zero_is_0_and_counted)
{
	static const char *const texts[] = {"args.p->s32 / args.p->s8",
					    "args.p->s32 % args.p->s8",
					    "args.p->u64 / args.p->u8",
					    "args.p->u64 % args.p->u8",
					    "7 / 0",
					    "1 % 0"};
	struct sample s = {.s32 = 5, .u64 = 5};
	struct machine m = {.arg = {(unsigned long long)&s}, .memory = {{&s, sizeof(s)}}};
	struct expr e;

	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_compile(&e, texts[i]);
		assert_int_equal(machine_run(&m, e.step), MACHINE_DONE);
		assert_int_equal(m.value, 0);
		assert_int_equal(m.by_zero, i + 1);
	}
}
