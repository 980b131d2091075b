// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * events.c - events plain|scratch [SECONDS]: load events_plain.bpf.o or events_scratch.bpf.o, have
 * threads of one CPU call a function that has a uprobe while a clock ticks on that CPU, read all
 * events, and say how many were not written by one program. Needs root.
 */
#define _GNU_SOURCE
#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "events.h"

#define THREADS 3
#define TICK_NS 50000

static unsigned long long events, corrupted;
static volatile int stop;

__attribute__((noinline)) static void called(void)
{
	asm volatile("" ::: "memory");
}

static int cpu(void)
{
	cpu_set_t set;

	sched_getaffinity(0, sizeof(set), &set);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			return i;
	return 0;
}

static void *work(void *arg)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(*(int *)arg, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	while (!stop)
		called();
	return NULL;
}

static int on_event(void *ctx, void *data, size_t size)
{
	const struct event *event = data;

	(void)ctx;
	(void)size;
	events++;
	for (int i = 1; i < EVENT_WORDS; i++)
		if (event->words[i] != event->words[0]) {
			corrupted++;
			break;
		}
	return 0;
}

/* Where the function is in this executable's file. */
static size_t offset_of(unsigned long address)
{
	unsigned long start, end, offset;
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    address >= start && address < end) {
			fclose(maps);
			return address - start + offset;
		}
	return 0;
}

static struct bpf_link *attach_clock(struct bpf_program *program, int on)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = TICK_NS,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, -1, on, -1, 0);

	return fd < 0 ? NULL : bpf_program__attach_perf_event(program, fd);
}

int main(int argc, char **argv)
{
	double seconds = argc > 2 ? atof(argv[2]) : 2;
	pthread_t threads[THREADS];
	struct bpf_object *object;
	struct ring_buffer *ring;
	char path[64];
	int on = cpu();
	time_t end;

	if (argc < 2 || (strcmp(argv[1], "plain") && strcmp(argv[1], "scratch")) || seconds <= 0) {
		fprintf(stderr, "usage: events plain|scratch [SECONDS]\n");
		return 2;
	}
	snprintf(path, sizeof(path), "events_%s.bpf.o", argv[1]);
	object = bpf_object__open_file(path, NULL);
	if (!object || bpf_object__load(object)) {
		fprintf(stderr, "%s cannot be loaded: are you root?\n", path);
		return 1;
	}
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "events"), on_event, NULL, NULL);
	if (!ring || !attach_clock(bpf_object__find_program_by_name(object, "on_tick"), on) ||
	    !bpf_program__attach_uprobe(bpf_object__find_program_by_name(object, "on_call"), false,
					getpid(), "/proc/self/exe",
					offset_of((unsigned long)called))) {
		perror("the programs cannot be attached");
		return 1;
	}
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, &on);
	end = time(NULL) + (time_t)(seconds + 0.999);
	while (time(NULL) < end)
		ring_buffer__poll(ring, 100);
	stop = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ring_buffer__consume(ring);
	printf("%s: %llu events, %llu corrupted\n", argv[1], events, corrupted);
	return 0;
}
