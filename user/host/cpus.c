// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cpus.c - see host/cpus.h. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "host/cpus.h"

/* The first of the CPUs that share a core with this one, itself if nobody says. */
static int first_sibling(int cpu)
{
	char path[96];
	int first = cpu;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
		 cpu);
	f = fopen(path, "re");
	if (!f)
		return cpu;
	if (fscanf(f, "%d", &first) != 1)
		first = cpu;
	fclose(f);
	return first;
}

/* All CPUs of this process, one of each core before the second of any. */
static unsigned int order_cpus(int *cpus)
{
	unsigned int count = 0;
	cpu_set_t set;

	if (sched_getaffinity(getpid(), sizeof(set), &set))
		return 0;
	for (int second = 0; second < 2; second++)
		for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
			if (CPU_ISSET(cpu, &set) && (first_sibling(cpu) != cpu) == second)
				cpus[count++] = cpu;
	return count;
}

static int order[CPU_SETSIZE];
static unsigned int count_of_all;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_cpus(void)
{
	count_of_all = order_cpus(order);
}

unsigned int cpus_count(void)
{
	pthread_once(&once, find_cpus);
	return count_of_all;
}

bool cpus_share_cores(void)
{
	bool share = false;

	for (unsigned int i = 0; i < cpus_count(); i++)
		share |= first_sibling(order[i]) != order[i];
	return share;
}

int cpu_at(unsigned int i, bool oversubscribe)
{
	unsigned int count = cpus_count();

	if (!count || (i >= count && !oversubscribe))
		return -1;
	return order[i % count];
}

int cpu_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

void cpu_unpin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned int i = 0; i < cpus_count(); i++)
		CPU_SET(order[i], &set);
	sched_setaffinity(0, sizeof(set), &set);
}
