/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* registry_races.h - tests of the registries in BPF; the state of each is a struct registry_file.
 */
#ifndef LATCHKIT_TESTS_REGISTRY_RACES_H
#define LATCHKIT_TESTS_REGISTRY_RACES_H

#include "registry_object.h"

/* How many objects a storm makes at least. */
extern lk_u64 storm_made;

void nothing_breaks_in_a_storm(void **state);
/* Of what NMIs do and what is refused there, everything must have been seen. */
void nothing_breaks_in_an_nmi(void **state);
/* Only where the kernel allocates: */
void a_tracepoint_finds_it(void **state);
void allocation_ends_in_an_nmi(void **state);

#endif /* LATCHKIT_TESTS_REGISTRY_RACES_H */
