// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject.c - the table of subjects. */
#include <string.h>

#include "bench/registry/subject.h"

const char *const bench_registry_kind_names[] = {"pinned", "section", "locked", "copied"};

#define REGISTRY(subject, ...) extern const struct bench_registry_ops bench_registry_ops_##subject;
#include "bench/registry/subjects.def"
#undef REGISTRY

#define REGISTRY(subject, what, text) \
	{ \
		.name = #subject, \
		.promise = text, \
		.kind = REGISTRY_KIND_##what, \
		.ops = &bench_registry_ops_##subject, \
	},
static const struct bench_registry_subject subjects[] = {
#include "bench/registry/subjects.def"
};

size_t bench_registry_subjects_count(void)
{
	return sizeof(subjects) / sizeof(subjects[0]);
}

const struct bench_registry_subject *bench_registry_subject_get(size_t i)
{
	return &subjects[i];
}

const struct bench_registry_subject *bench_registry_subject_find(const char *name)
{
	for (size_t i = 0; i < bench_registry_subjects_count(); i++)
		if (strcmp(subjects[i].name, name) == 0)
			return &subjects[i];
	return NULL;
}
