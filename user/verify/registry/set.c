// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* set.c - the registries of registry.h as a set, and the table of their checks. */
#include "verify/registry/ops.h"
#include "verify/registry/set.h"

#define CHECK(name) &verify_registry_##name,
static const struct verify_check *const checks[] = {
#include "verify/registry/checks.def"
};
#undef CHECK

static const struct verify_registry_ops *const registries[] = {
	&verify_registry_posted, &verify_registry_refcount, &verify_registry_rcuref};
#define REGISTRIES (sizeof(registries) / sizeof(registries[0]))

static size_t count(void)
{
	return REGISTRIES;
}

/* A registry's functions are folded into each other: their bounds are those of the program. */
static const struct verify_subject *get(size_t i)
{
	extern const unsigned char __executable_start[], etext[];
	static struct verify_subject subjects[REGISTRIES];
	const struct verify_registry_ops *ops = registries[i];

	subjects[i] = (struct verify_subject){
		ops->name, ops->posted ? "posted" : "sound", !ops->posted, ops, __executable_start,
		etext,
	};
	return &subjects[i];
}

const struct verify_set verify_registry = {
	.name = "registry",
	.noun = "registry",
	.summary = "try to break the registry, and see the posted one fail",
	.doc = "Try to break registries (include/latchkit/registry.h) with threads that look up, "
	       "insert, delete and reclaim at once. The hardened ones, named after their reference "
	       "counts, must hold; the posted one must fail, or the check is broken.",
	.shown_by = "latchkit verify registry --help",
	.count = count,
	.get = get,
	.checks = checks,
	.checks_count = sizeof(checks) / sizeof(checks[0]),
};
