/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* placement.h - lookups among objects of a cache, and of malloc. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_PLACEMENT_H
#define LATCHKIT_USER_BENCH_REGISTRY_PLACEMENT_H

#include <stddef.h>

#include "bench/core/stats.h"

/* Lookups among so many objects from the cache, to those among as many from malloc in a table that
 * is the same otherwise. Returns 0 or a negative errno. */
int bench_try_placement(size_t objects, struct bench_estimate *ratio);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_PLACEMENT_H */
