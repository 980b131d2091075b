/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* cpulist.h - sets of CPUs as text, such as 0,2-5. */
#ifndef LATCHKIT_USER_HOST_CPULIST_H
#define LATCHKIT_USER_HOST_CPULIST_H

#include <stdbool.h>

#define CPULIST_MAX 1024

struct cpulist {
	unsigned long long mask[CPULIST_MAX / 64];
	int count;
};

/* Parse text into *list. Returns 0, or -EINVAL (not a list), -ERANGE (a CPU of CPULIST_MAX up). */
int cpulist_parse(const char *text, struct cpulist *list);
/* The CPUs that are online. Returns 0 or a negative errno. */
int cpulist_online(struct cpulist *list);
/* Is the CPU, of any value, in the list? */
bool cpulist_has(const struct cpulist *list, int cpu);

#endif /* LATCHKIT_USER_HOST_CPULIST_H */
