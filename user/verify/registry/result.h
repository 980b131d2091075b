/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - what a check did with a registry, and whether the registry's accounts are even. */
#ifndef LATCHKIT_USER_VERIFY_REGISTRY_RESULT_H
#define LATCHKIT_USER_VERIFY_REGISTRY_RESULT_H

#include "verify/core/verdict.h"
#include "verify/registry/ops.h"

/* How long a check repeats itself, without --seconds. */
#define REGISTRY_SECONDS 2

struct registry_result {
	struct verify_verdict *verdict;
	const struct verify_registry_ops *ops; /* of the verdict's subject */
	void *r; /* the registry */
	lk_u64 operations, hits; /* all; lookups that found something */
	lk_u64 leaked, early; /* objects never freed; seen or written to after they were freed */
	struct verify_registry_account account;
};

/* Create a registry, and enter it. Returns false, and notes a failure, when there is no memory. */
bool registry_begin(struct registry_result *result, struct verify_verdict *v);
/* Empty and destroy the registry, judge its accounts, and write all counts to the verdict. */
void registry_end(struct registry_result *result);
/* Only write the counts to the verdict. */
void registry_tell(const struct registry_result *result);
/* The failures that the published registry has to show, one of them at least; the others: none. */
struct verify_expected_failures registry_expects(const struct verify_subject *subject);

#endif /* LATCHKIT_USER_VERIFY_REGISTRY_RESULT_H */
