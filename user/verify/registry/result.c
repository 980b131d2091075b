// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* result.c - see verify/registry/result.h. */
#include "verify/core/watch.h"
#include "verify/registry/result.h"

bool registry_begin(struct registry_result *result, struct verify_verdict *v)
{
	*result = (struct registry_result){.verdict = v, .ops = v->subject->self};
	verify_threads();
	result->ops->enter();
	result->r = result->ops->create();
	verify_watch();
	if (!result->r)
		verify_fail(v, VERIFY_IDLE, NULL, "no memory for a registry");
	return result->r;
}

/* Empty it, and judge the accounts: nothing held, nothing lost, nothing freed too early. */
static void settle_accounts(struct registry_result *result)
{
	struct verify_registry_account *a = &result->account;
	struct verify_verdict *v = result->verdict;

	while (result->ops->shrink(result->r, 0, 1000))
		;
	result->ops->settle(result->r);
	result->ops->account(result->r, a);
	result->leaked = a->made - a->freed;
	result->early += a->overwritten;
	if (a->warnings)
		verify_fail(v, VERIFY_TWICE, NULL,
			    "references were put %llu times more often than got", a->warnings);
	if (result->early)
		verify_fail(v, VERIFY_FREED, NULL, "%llu objects were used after they were freed",
			    result->early);
	if (result->leaked || a->in_use)
		verify_fail(v, VERIFY_LOST, NULL, "%lld objects were never freed",
			    (long long)result->leaked);
	if (!v->kinds && a->inserted != a->deleted + a->shed)
		verify_fail(v, VERIFY_LOST, NULL, "%llu inserted, %llu deleted and %llu shed",
			    a->inserted, a->deleted, a->shed);
}

void registry_end(struct registry_result *result)
{
	settle_accounts(result);
	/* What is broken is left alone: it may crash or never end. */
	if (!result->verdict->kinds && result->ops->destroy(result->r))
		verify_fail(result->verdict, VERIFY_LOST, NULL,
			    "objects were held at the end, by nobody");
	result->ops->leave();
	registry_tell(result);
}

void registry_tell(const struct registry_result *result)
{
	struct verify_verdict *v = result->verdict;

	verify_count(v, "operations", result->operations);
	verify_count(v, "hits", result->hits);
	verify_count(v, "made", result->account.made);
	verify_count(v, "freed", result->account.freed);
	verify_count(v, "leaked", result->leaked);
	verify_count(v, "early", result->early);
	verify_count(v, "miscounted", result->account.warnings);
}

struct verify_expected_failures registry_expects(const struct verify_subject *subject)
{
	(void)subject;
	return (struct verify_expected_failures){
		VERIFY_BIT(VERIFY_FREED) | VERIFY_BIT(VERIFY_TWICE) | VERIFY_BIT(VERIFY_LOST) |
			VERIFY_BIT(VERIFY_WRONG) | VERIFY_BIT(VERIFY_CRASH) |
			VERIFY_BIT(VERIFY_HANG),
		0};
}
