/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* environment.h - the machine, kernel, compiler and options that a benchmark ran with. */
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
	double tsc_ghz; /* rate of the processor's time stamp counter; 0: not asked for, or none */
	double steal_percent; /* of all CPU time, by the hypervisor; negative: unknown */
	unsigned long long stolen, ticks; /* at the start */
};

/* Fill in all but the measured. argv: the options as they were given. */
void bench_env_start(struct bench_env *e, int argc, char **argv);
/* Compute steal_percent since the start. */
void bench_env_stop(struct bench_env *e);
/* Returns the environment as a JSON record (docs/json.md), for cJSON_Delete(). */
struct cJSON *bench_env_json(const struct bench_env *e, bool partial);

#endif /* LATCHKIT_USER_HOST_ENVIRONMENT_H */
