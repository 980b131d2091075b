/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* cpus.h - the CPUs that this process may use, as they were when first asked for. */
#ifndef LATCHKIT_USER_HOST_CPUS_H
#define LATCHKIT_USER_HOST_CPUS_H

#include <stdbool.h>

/* How many CPUs this process may use. */
unsigned int cpus_count(void);
/* Do two of them share a core? */
bool cpus_share_cores(void);
/*
 * The CPU for thread number i, one of each core before the second of any. Beyond the last: -1, or
 * from the first on again with `oversubscribe`.
 */
int cpu_at(unsigned int i, bool oversubscribe);
/* Run the calling thread on that CPU only. Returns 0 or a negative errno. */
int cpu_pin(int cpu);
/* Let the calling thread run on all CPUs of this process again. */
void cpu_unpin(void);

#endif /* LATCHKIT_USER_HOST_CPUS_H */
