// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject.c - the table of subjects, and the handlers that all of them call. */
#include "bench/dispatch/subject.h"

#define FIXED "fixed"
#define LOST "lost"
#define KEPT "kept"

#define DISPATCH(subject, ...) extern const struct dispatch_ops dispatch_ops_##subject;
#include "bench/dispatch/subjects.def"
#undef DISPATCH

#define DISPATCH(subject, kind, text) \
	{.name = #subject, .label = kind, .promise = text, .ops = &dispatch_ops_##subject},
static const struct bench_subject subjects[] = {
#include "bench/dispatch/subjects.def"
};

const struct bench_subject *dispatch_subject(size_t i)
{
	return i < sizeof(subjects) / sizeof(subjects[0]) ? &subjects[i] : NULL;
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
