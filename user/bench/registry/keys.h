/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* keys.h - which ids are looked up. */
#ifndef LATCHKIT_USER_BENCH_REGISTRY_KEYS_H
#define LATCHKIT_USER_BENCH_REGISTRY_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Which ids are looked up: all alike, one only, or few often (zipf, exponent 0.99). */
enum bench_registry_keys { BENCH_KEYS_UNIFORM, BENCH_KEYS_HOT, BENCH_KEYS_ZIPF, BENCH_KEYS_KINDS };
extern const char *const bench_registry_keys_names[BENCH_KEYS_KINDS];
/* Draw BENCH_KEYS ids below `objects`. Returns NULL: no memory. */
uint32_t *bench_registry_keys_new(enum bench_registry_keys keys, size_t objects);

#endif /* LATCHKIT_USER_BENCH_REGISTRY_KEYS_H */
