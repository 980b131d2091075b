/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * perf_map.h - names of code that a process has made itself, from the file that JIT compilers
 * write for perf: /tmp/perf-PID.map, lines of "START SIZE NAME", start and size hexadecimal, in
 * which a later line is right where it overlaps an earlier one.
 */
#ifndef LATCHKIT_USER_SYMBOLS_PERF_MAP_H
#define LATCHKIT_USER_SYMBOLS_PERF_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What is behind these is not read: bytes of the file, and of one line. */
#define PERF_MAP_BYTES_MAX (64u << 20)
#define PERF_MAP_LINE_MAX 4096

struct perf_map;

/*
 * Open the file of a process: `pid` is its number in this process's /proc, `inner` the one in its
 * own pid namespace, by which it calls the file. The file is that in its own root directory, and
 * must belong to its user or to root. Returns NULL when there is none; for perf_map__free().
 */
struct perf_map *perf_map__open(pid_t pid, pid_t inner);
/* NULL is fine. */
void perf_map__free(struct perf_map *map);
/* Read what has been added since. Works when the process is gone and the file removed, too. */
void perf_map_refresh(struct perf_map *map);
/* Is that still the file of this name, as far as can be seen? */
bool perf_map_is_current(const struct perf_map *map, pid_t pid, pid_t inner);
/* The name at an address, or NULL. Valid until the next refresh. */
const char *perf_map_name(const struct perf_map *map, uint64_t address);

#endif /* LATCHKIT_USER_SYMBOLS_PERF_MAP_H */
