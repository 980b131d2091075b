/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* file_parse.h - one line of a result file. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_FILE_PARSE_H
#define LATCHKIT_USER_BENCH_RESULTS_FILE_PARSE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum bench_file_metric {
	BENCH_FILE_READ_NS,
	BENCH_FILE_WRITE_NS,
	BENCH_FILE_READS_PER_S,
	BENCH_FILE_WRITES_PER_S,
	BENCH_FILE_RETRIES_PER_READ,
	BENCH_FILE_DROPS_PER_WRITE,
	BENCH_FILE_METRICS,
};

/* A metric: its median with interval, and a value for each round, if the file has them. */
struct bench_file_series {
	bool known;
	double median, low, high;
	double *values;
	size_t count;
};

/* p50, p90, p99, p99.9 and the maximum. */
#define BENCH_FILE_PERCENTILES 5
struct bench_file_latency {
	bool known;
	double ns[BENCH_FILE_PERCENTILES];
};

/* One measurement. The strings live as long as the file. */
struct bench_file_result {
	const char *subject, *workload, *writers, *readers;
	double payload_bytes;
	double rate_per_s; /* 0: flat out */
	bool peer, sound, noisy;
	double torn;
	struct bench_file_series metrics[BENCH_FILE_METRICS];
	struct bench_file_latency read_latency, write_latency;
	size_t line;
	cJSON *json;
};

extern const char *const bench_file_metric_names[BENCH_FILE_METRICS];
/*
 * Fill in a result from line number `line` of the file. Takes `json` over: bench_file_result_free()
 * in any case. Returns 0, or EXIT_FAILED after printing why.
 */
int bench_file_parse(const char *path, size_t line, struct bench_file_result *r, cJSON *json);
void bench_file_result_free(struct bench_file_result *r);

#endif /* LATCHKIT_USER_BENCH_RESULTS_FILE_PARSE_H */
