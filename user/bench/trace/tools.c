// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tools.c - other tools as tracers, see bench/trace/tracer.h. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/trace/tool.h"
#include "cli/diag.h"
#include "bench/trace/tools.h"

#define STEP_MS 5
#define START_STEPS 4000 /* bcc compiles for some seconds */

/* -- attaching --------------------------------------------------------------------------------- */

static bool find_in(const char *dirs, const char *name, char *path, size_t size)
{
	while (*dirs) {
		int n = (int)strcspn(dirs, ":");

		snprintf(path, size, "%.*s/%s", n, dirs, name);
		if (n && access(path, X_OK) == 0)
			return true;
		dirs += dirs[n] ? n + 1 : n;
	}
	return false;
}

static bool find_tool(const struct bench_tracer *tracer, char *path, size_t size)
{
	const char *dirs = getenv("PATH") ? getenv("PATH") : "/usr/bin:/usr/sbin";
	const char *other = tracer->other_name;

	return find_in(dirs, tracer->argv[0], path, size) ||
	       (other && find_in(dirs, other, path, size));
}

static int tool_failed(struct bench_tracing *t, struct bench_tool *tool)
{
	char text[160];
	int r;

	bench_tool_stop(tool);
	bench_tool_complaint(tool, text, sizeof(text));
	r = bench_tracer_skip(t, "it did not attach: %s", text[0] ? text : "it does not say why");
	bench_tool__free(tool);
	return r;
}

int bench_tool_attach(struct bench_tracing *t)
{
	struct bench_tool *tool;
	char path[512];

	if (!find_tool(t->tracer, path, sizeof(path)))
		return bench_tracer_skip(t, "not installed: apt-get install %s",
					 t->tracer->package);
	if (geteuid())
		return bench_tracer_skip(t, "it needs root");
	tool = bench_tool__new(t->tracer, path);
	if (!tool)
		return fail("bench trace: cannot start %s: %m", path);
	for (int i = 0; i < START_STEPS && !bench_tool_ended(tool); i++) {
		if (bench_tool_attached(tool, t->tracer)) {
			t->state = tool;
			return 0;
		}
		if (!bench_trace_stopped(STEP_MS))
			continue;
		bench_tool_stop(tool);
		bench_tool__free(tool);
		return BENCH_TRACER_SKIP;
	}
	return tool_failed(t, tool);
}

/* -- what it counted --------------------------------------------------------------------------- */

/* The number of a JSON line for the map @, a count or a histogram; -1: the line is another one. */
static long long bpftrace_count(const char *line)
{
	cJSON *o = cJSON_Parse(line), *bucket;
	cJSON *map = cJSON_GetObjectItem(cJSON_GetObjectItem(o, "data"), "@");
	double sum = map ? 0 : -1;

	if (cJSON_IsNumber(map))
		sum = map->valuedouble;
	cJSON_ArrayForEach (bucket, map)
		sum += cJSON_GetNumberValue(cJSON_GetObjectItem(bucket, "count"));
	cJSON_Delete(o);
	return (long long)sum;
}

/* The second column of the row for getppid. */
static long long syscount_count(const char *line)
{
	long long count;

	return sscanf(line, "getppid %lld", &count) == 1 ? count : -1;
}

/* The last count in its output; none is 0. */
static long long tool_detach(struct bench_tracing *t, long long (*count_of)(const char *line))
{
	struct bench_tool *tool = t->state;
	long long count = 0, found;
	char *line = NULL;
	size_t size = 0;

	bench_tool_stop(tool);
	rewind(tool->out);
	while (getline(&line, &size, tool->out) > 0) {
		found = count_of(line);
		if (found >= 0)
			count = found;
	}
	free(line);
	bench_tool__free(tool);
	return count;
}

long long bench_tool_detach_bpftrace(struct bench_tracing *t)
{
	return tool_detach(t, bpftrace_count);
}

long long bench_tool_detach_syscount(struct bench_tracing *t)
{
	return tool_detach(t, syscount_count);
}
