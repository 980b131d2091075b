// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject.c - the table of subjects, made from variants.def and bench/latch/subjects.def. */
#include <string.h>

#include "bench/latch/subject.h"

#define IS_SOUND true
#define IS_POSTED false
#define IS_COUNTEREXAMPLE false
#define IS_TORN false

/* The loops of each. */
#define LATCH(variant, ...) extern const struct bench_loops bench_loops_##variant;
#define SHAPE LATCH
#define CONTROL LATCH
#define PEER LATCH
#define MAP LATCH
#include "bench/latch/subjects.def"
#include <latchkit/variants.def>
#undef LATCH
#undef SHAPE
#undef CONTROL
#undef PEER
#undef MAP

#define SUBJECT(subject, peer, bpf, is_sound, only_named, text) \
	{ \
		.name = #subject, \
		.promise = text, \
		.is_peer = peer, \
		.in_bpf = bpf, \
		.in_bpf_only = bpf && peer, \
		.is_control = only_named, \
		.sound = is_sound, \
		.loops = &bench_loops_##subject, \
	},
#define LATCH(variant, soundness, writer, reader, refuses, nmi, text) \
	SUBJECT(variant, false, true, IS_##soundness, false, text)
#define SHAPE(subject, variant, flag, text) SUBJECT(subject, false, false, true, false, text)
#define CONTROL(subject, variant, flag, text) SUBJECT(subject, false, false, true, true, text)
#define PEER(subject, soundness, text) SUBJECT(subject, true, false, IS_##soundness, false, text)
#define MAP(subject, soundness, text) SUBJECT(subject, true, true, IS_##soundness, false, text)
static const struct bench_subject subjects[] = {
#include <latchkit/variants.def>
#include "bench/latch/subjects.def"
};

size_t bench_subjects_count(void)
{
	return sizeof(subjects) / sizeof(subjects[0]);
}

const struct bench_subject *bench_subject_get(size_t i)
{
	return &subjects[i];
}

const struct bench_subject *bench_subject_find(const char *name)
{
	for (size_t i = 0; i < bench_subjects_count(); i++)
		if (strcmp(subjects[i].name, name) == 0)
			return &subjects[i];
	return NULL;
}

void bench_thread_init(struct bench_thread *t)
{
	memset(t, 0, sizeof(*t));
	for (lk_u64 r = 0; r < BENCH_RECORDS; r++)
		for (lk_u64 i = 0; i < LATCH_MAX_WORDS; i++)
			t->pool[r][i] = (r + 1) * 1000003 + i;
}
