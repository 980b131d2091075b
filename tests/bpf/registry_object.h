/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry_object.h - a registry in BPF, loaded: what may be asked of it, and whether everything is
 * accounted for at the end. Failures fail the cmocka test.
 */
#ifndef LATCHKIT_TESTS_REGISTRY_OBJECT_H
#define LATCHKIT_TESTS_REGISTRY_OBJECT_H

#include <latchkit/registry/bpf_count.h>

#include "object.h"
#include "registry_shared.h"

struct registry_file {
	char path[256];
	bool kptr; /* tests/bpf/registry_kptr.bpf.c, else tests/bpf/registry.bpf.c */
	const char *refused; /* why, once it is known that the kernel refuses it */
	bool failed; /* a test has begun that has not ended as it should */
};

struct registry_bpf {
	struct registry_file *file;
	struct bpf_image image;
	int program; /* that does what it is asked for */
	struct registry_bpf_counts *counts;
	struct registry_found *found;
};

/* An empty one, with counts of 0; there is one at a time. Skips the test where the kernel refuses
 * it, and after a test of the same file that has failed. */
struct registry_bpf *registry_begin(struct registry_file *f);
/* Judge what is there, as below. */
void registry_end(struct registry_bpf *r);

lk_u64 *registry_global(const struct registry_bpf *r, const char *name);
/* Returns what the request returned. */
long registry_ask(const struct registry_bpf *r, enum registry_request what, lk_u64 a, lk_u64 b,
		  lk_u64 c);
lk_u64 registry_count_of(const struct registry_bpf *r, enum registry_bpf_count which);

/*
 * Delete what is left. Then nothing may be registered, every object made was freed once, every
 * reference put once, every index is in the queue once, and no payload was seen broken.
 */
void registry_account(struct registry_bpf *r);

/* -- registry_races.c: tests whose state is a struct registry_file ---------------------------- */

/* How many objects a storm makes at least. */
extern lk_u64 storm_made;

void nothing_breaks_in_a_storm(void **state);
/* Of what NMIs do and what is refused there, everything must have been seen. */
void nothing_breaks_in_an_nmi(void **state);
/* Only where the kernel allocates: */
void a_tracepoint_finds_it(void **state);
void allocation_ends_in_an_nmi(void **state);

#endif /* LATCHKIT_TESTS_REGISTRY_OBJECT_H */
