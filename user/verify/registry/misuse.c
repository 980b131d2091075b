// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * misuse.c - the check misuse: ids that are extreme, unknown or taken; deletes and puts too
 * many.
 */
#include <errno.h>

#include "verify/registry/result.h"
#include "verify/registry/set.h"

/* Calls of the registry for each id. */
#define CALLS 11

static void run_misuse(const struct verify_options *options, struct verify_verdict *v)
{
	const lk_u64 ids[] = {0, 1, 1ULL << 63, ~0ULL};
	struct registry_result result;
	const struct verify_registry_ops *ops;
	void *r, *o;

	(void)options;
	if (!registry_begin(&result, v))
		return;
	ops = result.ops;
	r = result.r;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (ops->erase(r, ids[i]) != -ENOENT || ops->lookup(r, ids[i]))
			verify_fail(v, VERIFY_WRONG, NULL,
				    "id %llu is found before it was inserted", ids[i]);
		if (ops->insert(r, ids[i]))
			verify_fail(v, VERIFY_WRONG, NULL, "id %llu is refused", ids[i]);
		/* A put without a get: the registry's own reference. */
		o = ops->lookup(r, ids[i]);
		ops->put(r, o);
		ops->put(r, o);
		ops->settle(r);
		o = ops->lookup(r, ids[i]);
		if (!o || !ops->whole(o, ids[i])) {
			verify_fail(v, VERIFY_FREED, NULL,
				    "a put without a get frees an object that is linked");
			return;
		}
		ops->put(r, o);
		if (ops->insert(r, ids[i]) != -EEXIST)
			verify_fail(v, VERIFY_WRONG, NULL, "id %llu is inserted twice", ids[i]);
		if (ops->erase(r, ids[i]) || ops->erase(r, ids[i]) != -ENOENT)
			verify_fail(v, VERIFY_WRONG, NULL, "id %llu is not deleted exactly once",
				    ids[i]);
		result.operations += CALLS;
	}
	ops->account(r, &result.account);
	if (result.account.bad_puts != sizeof(ids) / sizeof(ids[0]))
		verify_fail(v, VERIFY_WRONG, NULL, "%llu puts without a get were counted",
			    result.account.bad_puts);
	registry_end(&result);
}

const struct verify_check verify_registry_misuse = {
	"misuse",     "duplicate, unknown and extreme ids, deletes and puts too many",
	"operations", registry_expects,
	run_misuse,   {NULL}};
