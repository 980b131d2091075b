/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* statement_test.h - what the tests of statements share: type information, and one statement. */
#ifndef LATCHKIT_TESTS_UNIT_STATEMENT_STATEMENT_TEST_H
#define LATCHKIT_TESTS_UNIT_STATEMENT_STATEMENT_TEST_H

#include <stdbool.h>

#include "tests/unit/statement/machine.h"
#include "trace/statement/statement.h"

/* The type information of types.c. */
const struct btf *test_types(void);
/* Parse and resolve a statement at "TYPE:NAME", its own probe. Returns false: it is wrong. */
bool test_resolve(struct statement *st, const char *text);
/* The expression as {sum(EXPR)} at tracepoint:sample; ends the test if it is refused. */
void test_compile(struct expr *e, const char *text);

#endif /* LATCHKIT_TESTS_UNIT_STATEMENT_STATEMENT_TEST_H */
