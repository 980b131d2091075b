// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject.c - the table of subjects. */
#include "bench/registry/subject.h"

#define PINNED "pinned"
#define SECTION "section"
#define LOCKED "locked"
#define COPIED "copied"

#define REGISTRY(subject, ...) extern const struct bench_registry_ops bench_registry_ops_##subject;
#include "bench/registry/subjects.def"
#undef REGISTRY

#define REGISTRY(subject, kind, text) \
	{.name = #subject, .label = kind, .promise = text, .ops = &bench_registry_ops_##subject},
static const struct bench_subject subjects[] = {
#include "bench/registry/subjects.def"
};

const struct bench_subject *bench_registry_subject(size_t i)
{
	return i < sizeof(subjects) / sizeof(subjects[0]) ? &subjects[i] : NULL;
}
