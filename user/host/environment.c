// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* environment.c - see host/environment.h. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "host/environment.h"
#include "host/cpus.h"

#include "commit.inc"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static void set(char *to, size_t size, const char *text)
{
	size_t length = strcspn(text, "\n");

	if (length >= size)
		length = size - 1;
	memcpy(to, text, length);
	to[length] = '\0';
}

/* The value of a line "key : value" of /proc/cpuinfo, "unknown" without. */
static void cpuinfo(const char *key, char *to, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[512];

	set(to, size, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		const char *value = strchr(line, ':');

		if (!value || strncmp(line, key, strlen(key)) != 0)
			continue;
		set(to, size, value + 1 + strspn(value + 1, " \t"));
		break;
	}
	if (f)
		fclose(f);
}

static void first_line(const char *path, char *to, size_t size)
{
	FILE *f = fopen(path, "re");
	char line[256];

	set(to, size, f && fgets(line, sizeof(line), f) ? line : "unknown");
	if (f)
		fclose(f);
}

/* All CPU time so far and what of it the hypervisor took, in ticks. Returns false if unknown. */
static bool stolen(unsigned long long *all, unsigned long long *steal)
{
	unsigned long long t[8];
	FILE *f = fopen("/proc/stat", "re");
	int n = 0;

	if (f) {
		n = fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2],
			   &t[3], &t[4], &t[5], &t[6], &t[7]);
		fclose(f);
	}
	if (n != 8)
		return false;
	*all = 0;
	for (int i = 0; i < 8; i++)
		*all += t[i];
	*steal = t[7];
	return true;
}

void bench_env_start(struct bench_env *e, int argc, char **argv)
{
	time_t now = time(NULL);
	struct utsname name;
	struct tm utc;

	memset(e, 0, sizeof(*e));
	uname(&name);
	set(e->commit, sizeof(e->commit), LATCHKIT_COMMIT);
	set(e->compiler, sizeof(e->compiler), COMPILER);
	set(e->kernel, sizeof(e->kernel), name.release);
	set(e->machine, sizeof(e->machine), name.machine);
	cpuinfo("model name", e->cpu, sizeof(e->cpu));
	cpuinfo("microcode", e->microcode, sizeof(e->microcode));
	first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", e->governor,
		   sizeof(e->governor));
	for (int i = 0; i < argc; i++)
		snprintf(e->options + strlen(e->options), sizeof(e->options) - strlen(e->options),
			 "%s%s", i ? " " : "", argv[i]);
	strftime(e->time, sizeof(e->time), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
	e->cpus = cpus_count();
	e->smt = cpus_share_cores();
	e->steal_percent = -1;
	stolen(&e->ticks, &e->stolen);
}

void bench_env_stop(struct bench_env *e)
{
	unsigned long long all, steal;

	if (stolen(&all, &steal) && all > e->ticks)
		e->steal_percent = 100.0 * (double)(steal - e->stolen) / (double)(all - e->ticks);
}

struct cJSON *bench_env_json(const struct bench_env *e, bool partial)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "type", "environment");
	cJSON_AddNumberToObject(o, "schema", 1);
	cJSON_AddStringToObject(o, "latchkit", LATCHKIT_VERSION);
	cJSON_AddStringToObject(o, "commit", e->commit);
	cJSON_AddStringToObject(o, "compiler", e->compiler);
	cJSON_AddStringToObject(o, "kernel", e->kernel);
	cJSON_AddStringToObject(o, "machine", e->machine);
	cJSON_AddStringToObject(o, "cpu", e->cpu);
	cJSON_AddStringToObject(o, "microcode", e->microcode);
	cJSON_AddNumberToObject(o, "cpus", e->cpus);
	cJSON_AddBoolToObject(o, "smt", e->smt);
	cJSON_AddStringToObject(o, "governor", e->governor);
	cJSON_AddNumberToObject(o, "clock_ns", e->clock_ns);
	if (e->steal_percent >= 0)
		cJSON_AddNumberToObject(o, "steal_percent", e->steal_percent);
	cJSON_AddStringToObject(o, "options", e->options);
	cJSON_AddStringToObject(o, "time", e->time);
	cJSON_AddBoolToObject(o, "partial", partial);
	if (e->tsc_ghz > 0)
		cJSON_AddNumberToObject(o, "tsc_ghz", e->tsc_ghz);
	return o;
}
