/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* environment.h - where and with what a benchmark ran: what a number means nothing without. */
#ifndef LATCHKIT_USER_HOST_ENVIRONMENT_H
#define LATCHKIT_USER_HOST_ENVIRONMENT_H

#include <stdbool.h>

struct cJSON;

struct bench_env {
	char commit[48], compiler[64], kernel[80], machine[32], cpu[128], microcode[32];
	char governor[32], options[256], time[32];
	unsigned int cpus;
	bool smt; /* two of these CPUs share a core */
	double clock_ns; /* what reading the clock costs */
	double steal_percent; /* of all CPU time, taken by the hypervisor meanwhile; below 0:
				 unknown */
	/* At the start: */
	unsigned long long stolen, ticks;
};

/* Note everything but steal_percent. The options as they were given. */
void bench_env_start(struct bench_env *e, int argc, char **argv);
/* Note what was stolen since. */
void bench_env_stop(struct bench_env *e);
/* The environment as a record of docs/json.md; the caller owns it. */
struct cJSON *bench_env_json(const struct bench_env *e, bool partial);

#endif /* LATCHKIT_USER_HOST_ENVIRONMENT_H */
