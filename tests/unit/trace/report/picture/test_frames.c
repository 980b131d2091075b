// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_frames.c - frames of folded stacks: one for each beginning that stacks share. */
#include "tests/test.h"
#include "trace/report/picture/frames.h"

static void expect(const struct frames *f, size_t i, const char *name, unsigned int depth,
		   unsigned long long from, unsigned long long count)
{
	const struct frame *frame = &f->frame[i];

	assert_true(i < f->count);
	assert_int_equal(frame->length, strlen(name));
	assert_memory_equal(frame->name, name, frame->length);
	assert_int_equal(frame->depth, depth);
	assert_int_equal(frame->from, from);
	assert_int_equal(frame->count, count);
}

/* Names that go on where others end, with bytes before and behind the semicolon. */
TEST(test_names_that_begin_alike)
{
	struct stack_text rows[] = {{(char *)"a b;c", 1},    {(char *)"a;b;c", 2},
				    {(char *)"a(int);b", 4}, {(char *)"a", 8},
				    {(char *)"a;b", 16},     {(char *)"az;b", 32},
				    {(char *)"a;b 1", 64}};
	struct frames f;

	assert_int_equal(frames_make(&f, rows, 7), 0);
	assert_int_equal(f.count, 11);
	expect(&f, 0, "all", 0, 0, 127);
	expect(&f, 1, "a", 1, 0, 90);
	expect(&f, 2, "b", 2, 8, 18);
	expect(&f, 3, "c", 3, 24, 2);
	expect(&f, 4, "b 1", 2, 26, 64);
	expect(&f, 5, "a b", 1, 90, 1);
	expect(&f, 6, "c", 2, 90, 1);
	expect(&f, 7, "a(int)", 1, 91, 4);
	expect(&f, 8, "b", 2, 91, 4);
	expect(&f, 9, "az", 1, 95, 32);
	expect(&f, 10, "b", 2, 95, 32);
	free(f.frame);
}

/* The same function in different depths, and called by itself. */
TEST(test_recursion)
{
	struct stack_text rows[] = {{(char *)"f;f;f", 1}, {(char *)"f;f", 2}, {(char *)"g;f", 4}};
	struct frames f;

	assert_int_equal(frames_make(&f, rows, 3), 0);
	assert_int_equal(f.count, 6);
	expect(&f, 1, "f", 1, 0, 3);
	expect(&f, 2, "f", 2, 0, 3);
	expect(&f, 3, "f", 3, 2, 1);
	expect(&f, 4, "g", 1, 3, 4);
	expect(&f, 5, "f", 2, 3, 4);
	free(f.frame);
}

TEST(test_nothing)
{
	struct stack_text rows[] = {{(char *)"weighs;nothing", 0}};
	struct frames f;

	assert_int_equal(frames_make(&f, rows, 1), 0);
	assert_int_equal(f.count, 1);
	expect(&f, 0, "all", 0, 0, 0);
	free(f.frame);
	assert_int_equal(frames_make(&f, NULL, 0), 0);
	assert_int_equal(f.count, 1);
	free(f.frame);
}
