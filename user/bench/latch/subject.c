// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject.c - the table of subjects, made from variants.def and bench/latch/subjects.def. */
#include <string.h>

#include "bench/latch/subject.h"

#define IS_SOUND true
#define IS_POSTED false
#define IS_COUNTEREXAMPLE false
#define IS_TORN false
#define SAYS_SOUND "sound"
#define SAYS_POSTED "not sound"
#define SAYS_COUNTEREXAMPLE "not sound"
#define SAYS_TORN "not sound"

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

#define SUBJECT(id, peer, bpf, soundness, named, text) \
	{ \
		.subject = {.name = #id, \
			    .label = (peer) ? "peer   " SAYS_##soundness \
					    : "latch  " SAYS_##soundness, \
			    .promise = text, \
			    .only_named = named}, \
		.is_peer = peer, \
		.in_bpf = bpf, \
		.in_bpf_only = bpf && peer, \
		.sound = IS_##soundness, \
		.loops = &bench_loops_##id, \
	},
#define LATCH(variant, soundness, writer, reader, refuses, nmi, text) \
	SUBJECT(variant, false, true, soundness, false, text)
#define SHAPE(id, variant, flag, text) SUBJECT(id, false, false, SOUND, false, text)
#define CONTROL(id, variant, flag, text) SUBJECT(id, false, false, SOUND, true, text)
#define PEER(id, soundness, text) SUBJECT(id, true, false, soundness, false, text)
#define MAP(id, soundness, text) SUBJECT(id, true, true, soundness, false, text)
static const struct bench_latch subjects[] = {
#include <latchkit/variants.def>
#include "bench/latch/subjects.def"
};

const struct bench_subject *bench_latch_subject(size_t i)
{
	return i < sizeof(subjects) / sizeof(subjects[0]) ? &subjects[i].subject : NULL;
}

void bench_thread_init(struct bench_thread *t)
{
	memset(t, 0, sizeof(*t));
	for (lk_u64 r = 0; r < BENCH_RECORDS; r++)
		for (lk_u64 i = 0; i < LATCH_MAX_WORDS; i++)
			t->pool[r][i] = (r + 1) * 1000003 + i;
}
