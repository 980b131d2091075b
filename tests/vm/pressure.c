// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * pressure.c - fills a registry in a cgroup with little memory until the kernel says that memory is
 * scarce, reclaims half of it, and goes on. Only for virtual machines, and cgroups that guest.sh
 * limits.
 * Usage: pressure CGROUP TIMES
 *   CGROUP  a directory of a limited cgroup, which it moves itself into
 *   TIMES   how often the shrinker must have been fired
 * Prints a line for each time, and at last what the kernel counted. Exit code 0 if it was fired so
 * often, memory went down each time, and the cgroup was never out of memory.
 */
#define REGISTRY_RCU memb
#include <latchkit/registry.h>

#include <signal.h>
#include <stdio.h>

#include "host/pressure.h"

#define STALL_US 20000
#define WINDOW_US 500000
/* A registry that nobody reclaims from would be much larger than the cgroup. */
#define PAYLOAD 960
#define BATCH 256
#define SECONDS 60

static struct registry *r;
static volatile sig_atomic_t fill_on = 1;
static unsigned long fired;
static size_t went_down;

static double mb(const char *group, const char *file)
{
	char path[512];
	unsigned long long bytes = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", group, file);
	f = fopen(path, "re");
	if (f && fscanf(f, "%llu", &bytes) != 1)
		bytes = 0;
	if (f)
		fclose(f);
	return (double)bytes / 1e6;
}

static int enter(const char *group)
{
	char path[512];
	FILE *f;
	int err;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	f = fopen(path, "we");
	if (!f)
		return -1;
	err = fprintf(f, "%d\n", getpid()) < 0;
	return fclose(f) || err ? -1 : 0;
}

/* Insert, until told to stop; a thread that the kernel throttles waits here. */
static void *fill(void *arg)
{
	lk_u64 id = 0;

	(void)arg;
	REGISTRY_URCU(register_thread)();
	while (fill_on) {
		for (int i = 0; i < BATCH; i++) {
			struct registry_object *o = registry_new(r, id++);

			if (!o)
				break;
			memset(registry_payload(o), 1, PAYLOAD);
			if (registry_insert(r, o))
				registry_put(r, o);
		}
		usleep(1000);
	}
	REGISTRY_URCU(unregister_thread)();
	return NULL;
}

/* Reclaim half of what there is, oldest first, in bounded steps. */
static void reclaim(const char *group)
{
	size_t before = registry_size(r), half = before / 2, gone = 0;
	double before_mb = mb(group, "memory.current"), after_mb;

	while (gone < half) {
		size_t n = registry_shrink(r, 0, half - gone < 4096 ? half - gone : 4096);

		if (!n)
			break;
		gone += n;
	}
	registry_settle(r);
	after_mb = mb(group, "memory.current");
	fired++;
	went_down += after_mb < before_mb;
	printf("fired %lu: %zu objects, %.1f MB; reclaimed %zu; %zu objects, %.1f MB\n", fired,
	       before, before_mb, gone, registry_size(r), after_mb);
	fflush(stdout);
}

static int watch(const char *group, unsigned long times)
{
	struct pressure p;
	char why[512];
	time_t end = time(NULL) + SECONDS;
	int told;

	if (pressure_open(&p, STALL_US, WINDOW_US, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return 3;
	}
	printf("watching %s\n", p.source);
	while (fired < times && time(NULL) < end) {
		told = pressure_wait(&p, 1000);
		if (told < 0) {
			fprintf(stderr, "%s: %s\n", p.source, strerror(-told));
			return 1;
		}
		if (told)
			reclaim(group);
	}
	pressure_close(&p);
	return 0;
}

int main(int argc, char **argv)
{
	struct registry_config config = {.payload_bytes = PAYLOAD};
	unsigned long times = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	pthread_t thread;
	int code;

	if (!times) {
		fprintf(stderr, "Usage: pressure CGROUP TIMES\n");
		return 2;
	}
	if (enter(argv[1]) || registry_create(&r, &config)) {
		fprintf(stderr, "pressure: %s: cannot enter it: %s\n", argv[1], strerror(errno));
		return 1;
	}
	REGISTRY_URCU(register_thread)();
	if (pthread_create(&thread, NULL, fill, NULL))
		return 1;
	code = watch(argv[1], times);
	fill_on = 0;
	while (registry_shrink(r, 0, 4096))
		;
	pthread_join(thread, NULL);
	registry_destroy(r, REGISTRY_WAIT);
	printf("emptied: %.1f MB\n", mb(argv[1], "memory.current"));
	if (!code && (fired < times || went_down < fired)) {
		fprintf(stderr, "fired %lu times of %lu, memory went down %zu times\n", fired,
			times, went_down);
		code = 1;
	}
	return code;
}
