// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cpulist.c - see host/cpulist.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/cpulist.h"

static int add_range(struct cpulist *list, long first, long last)
{
	if (first < 0 || last < first)
		return -EINVAL;
	if (last >= CPULIST_MAX)
		return -ERANGE;
	for (long cpu = first; cpu <= last; cpu++) {
		if (!cpulist_has(list, (int)cpu))
			list->count++;
		list->mask[cpu / 64] |= 1ULL << (cpu % 64);
	}
	return 0;
}

static int parse_number(const char **text, long *number)
{
	char *end;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	errno = 0;
	*number = strtol(*text, &end, 10);
	*text = end;
	return errno ? -ERANGE : 0;
}

int cpulist_parse(const char *text, struct cpulist *list)
{
	long first, last;
	int err;

	memset(list, 0, sizeof(*list));
	for (;; text++) {
		err = parse_number(&text, &first);
		if (err)
			return err;
		last = first;
		if (*text == '-') {
			text++;
			err = parse_number(&text, &last);
			if (err)
				return err;
		}
		err = add_range(list, first, last);
		if (err)
			return err;
		if (*text == '\0' || *text == '\n')
			return 0;
		if (*text != ',')
			return -EINVAL;
	}
}

int cpulist_online(struct cpulist *list)
{
	FILE *f = fopen("/sys/devices/system/cpu/online", "re");
	char line[4096];
	int err = -EIO;

	if (!f)
		return -errno;
	if (fgets(line, sizeof(line), f))
		err = cpulist_parse(line, list);
	fclose(f);
	return err;
}

bool cpulist_has(const struct cpulist *list, int cpu)
{
	return cpu >= 0 && cpu < CPULIST_MAX && (list->mask[cpu / 64] >> (cpu % 64)) & 1;
}
