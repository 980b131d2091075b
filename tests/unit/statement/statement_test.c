// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* statement_test.c - see statement_test.h. */
#include <bpf/btf.h>

#include "tests/test.h"
#include "tests/unit/statement/statement_test.h"
#include "trace/statement/expr/scope.h"

const struct btf *test_types(void)
{
	static struct btf *types;

	if (!types)
		types = btf__parse(STATEMENT_TYPES, NULL);
	assert_non_null(types);
	return types;
}

bool test_resolve(struct statement *st, const char *text)
{
	struct scope scope;

	if (!statement_parse(st, text))
		return false;
	scope_of_name(&scope, test_types(), st->probe);
	return statement_resolve_in(st, &scope, NULL);
}

void test_compile(struct expr *e, const char *text)
{
	struct statement st;
	char whole[512];

	snprintf(whole, sizeof(whole), "tracepoint:test:sample /%s/", text);
	if (!test_resolve(&st, whole))
		fail_msg("%s: %s", text, st.complaint.what);
	*e = st.predicate;
	e->text = NULL;
	statement_free(&st);
}
