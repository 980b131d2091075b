// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject.c - the table of subjects, and the handlers that all of them call. */
#include <string.h>

#include "bench/dispatch/subject.h"

const char *const dispatch_kind_names[] = {"fixed", "lost", "kept"};

#define DISPATCH(subject, ...) extern const struct dispatch_ops dispatch_ops_##subject;
#include "bench/dispatch/subjects.def"
#undef DISPATCH

#define DISPATCH(subject, what, text) \
	{ \
		.name = #subject, \
		.promise = text, \
		.kind = DISPATCH_##what, \
		.ops = &dispatch_ops_##subject, \
	},
static const struct dispatch_subject subjects[] = {
#include "bench/dispatch/subjects.def"
};

size_t dispatch_subjects_count(void)
{
	return sizeof(subjects) / sizeof(subjects[0]);
}

const struct dispatch_subject *dispatch_subject_get(size_t i)
{
	return &subjects[i];
}

const struct dispatch_subject *dispatch_subject_find(const char *name)
{
	for (size_t i = 0; i < dispatch_subjects_count(); i++)
		if (strcmp(subjects[i].name, name) == 0)
			return &subjects[i];
	return NULL;
}

__attribute__((noinline, cold)) void dispatch_judge(struct dispatch_event *e, lk_u64 says)
{
	if (says == DISPATCH_RETIRED)
		e->late++;
	else
		e->mixed++;
}

/* In a file of their own: no caller can have them inlined. */
__attribute__((noinline)) void dispatch_handler_0(void *context, void *event)
{
	dispatch_handler_body(context, event, 0);
}

__attribute__((noinline)) void dispatch_handler_1(void *context, void *event)
{
	dispatch_handler_body(context, event, 1);
}

dispatch_fn *const dispatch_handlers[2] = {dispatch_handler_0, dispatch_handler_1};
