// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* file_parse.c - see bench/results/file.h: one result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "bench/results/file_parse.h"

const char *const bench_file_metric_names[BENCH_FILE_METRICS] = {
	[BENCH_FILE_READ_NS] = "read_ns",
	[BENCH_FILE_WRITE_NS] = "write_ns",
	[BENCH_FILE_READS_PER_S] = "reads_per_s",
	[BENCH_FILE_WRITES_PER_S] = "writes_per_s",
	[BENCH_FILE_RETRIES_PER_READ] = "retries_per_read",
	[BENCH_FILE_DROPS_PER_WRITE] = "drops_per_write",
};

static const char *const percentile_names[BENCH_FILE_PERCENTILES] = {
	"p50", "p90", "p99", "p99_9", "max",
};

/* Where it is read, for messages. */
struct where {
	const char *path;
	size_t line;
};

static int malformed(const struct where *f, const char *key, const char *should)
{
	return fail("%s:%zu: %s: not %s; not a result of latchkit bench", f->path, f->line, key,
		    should);
}

static const cJSON *get(const cJSON *json, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(json, key);
}

/* Nothing, or nothing known: what is not a number is written as null. */
static bool is_absent(const cJSON *json)
{
	return !json || cJSON_IsNull(json);
}

static bool is_quantity(const cJSON *json)
{
	return cJSON_IsNumber(json) && isfinite(json->valuedouble) && json->valuedouble >= 0;
}

static int take_string(const struct where *f, const cJSON *json, const char *key,
		       const char **value)
{
	*value = cJSON_GetStringValue(get(json, key));
	return *value ? 0 : malformed(f, key, "a string");
}

static int take_quantity(const struct where *f, const cJSON *json, const char *key, double *value)
{
	if (!is_quantity(get(json, key)))
		return malformed(f, key, "a finite number from 0 up");
	*value = get(json, key)->valuedouble;
	return 0;
}

static int take_values(const struct where *f, const cJSON *values, const char *metric,
		       struct bench_file_series *s)
{
	const cJSON *value;

	if (is_absent(values) || !values->child)
		return 0;
	s->values = calloc((size_t)cJSON_GetArraySize(values), sizeof(*s->values));
	if (!s->values)
		return fail("%s: no memory to read it", f->path);
	cJSON_ArrayForEach (value, values) {
		if (is_absent(value))
			continue;
		if (!is_quantity(value))
			return malformed(f, metric, "of finite values from 0 up");
		s->values[s->count++] = value->valuedouble;
	}
	return 0;
}

static int take_series(const struct where *f, const cJSON *metrics, const char *metric,
		       struct bench_file_series *s)
{
	const cJSON *json = get(metrics, metric);

	if (is_absent(json) || is_absent(get(json, "median")))
		return 0;
	s->known = true;
	return take_quantity(f, json, "median", &s->median) ||
	       take_quantity(f, json, "low", &s->low) || take_quantity(f, json, "high", &s->high) ||
	       take_values(f, get(json, "values"), metric, s);
}

static int take_metrics(const struct where *f, struct bench_file_result *r)
{
	for (int i = 0; i < BENCH_FILE_METRICS; i++)
		if (take_series(f, get(r->json, "metrics"), bench_file_metric_names[i],
				&r->metrics[i]))
			return EXIT_FAILED;
	return 0;
}

static int take_latency(const struct where *f, const cJSON *json, const char *key,
			struct bench_file_latency *l)
{
	json = get(json, key);
	if (is_absent(json))
		return 0;
	for (int i = 0; i < BENCH_FILE_PERCENTILES; i++)
		if (take_quantity(f, json, percentile_names[i], &l->ns[i]))
			return EXIT_FAILED;
	l->known = true;
	return 0;
}

static int take_setting(const struct where *f, struct bench_file_result *r)
{
	return take_string(f, r->json, "subject", &r->subject) ||
	       take_string(f, r->json, "workload", &r->workload) ||
	       take_string(f, r->json, "writers", &r->writers) ||
	       take_string(f, r->json, "readers", &r->readers) ||
	       take_quantity(f, r->json, "payload_bytes", &r->payload_bytes) ||
	       take_quantity(f, r->json, "rate_per_s", &r->rate_per_s);
}

int bench_file_parse(const char *path, size_t line, struct bench_file_result *r, cJSON *json)
{
	const struct where at = {path, line}, *f = &at;
	const char *kind = cJSON_GetStringValue(get(json, "kind"));

	r->json = json;
	r->line = line;
	r->peer = kind && strcmp(kind, "peer") == 0;
	r->sound = !cJSON_IsFalse(get(json, "sound"));
	r->noisy = cJSON_IsTrue(get(json, "noisy"));
	r->torn = is_quantity(get(json, "torn")) ? get(json, "torn")->valuedouble : 0;
	if (take_setting(f, r) || take_metrics(f, r) ||
	    take_latency(f, json, "read_latency_ns", &r->read_latency) ||
	    take_latency(f, json, "write_latency_ns", &r->write_latency))
		return EXIT_FAILED;
	return 0;
}

void bench_file_result_free(struct bench_file_result *r)
{
	for (int i = 0; i < BENCH_FILE_METRICS; i++)
		free(r->metrics[i].values);
	cJSON_Delete(r->json);
	*r = (struct bench_file_result){0};
}
