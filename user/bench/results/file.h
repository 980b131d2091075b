/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* file.h - the results that latchkit bench latch wrote (docs/json.md), read back. */
#ifndef LATCHKIT_USER_BENCH_RESULTS_FILE_H
#define LATCHKIT_USER_BENCH_RESULTS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "bench/results/file_parse.h"

/* The newest form of the file that is understood. */
#define BENCH_FILE_SCHEMA 1

struct bench_file {
	const char *path; /* not copied */
	size_t line; /* being read */
	cJSON *environment;
	bool partial; /* the run was interrupted */
	struct bench_file_result *results;
	size_t count;
};

/*
 * Read a file. Lines of unknown type and unknown keys are ignored. Returns 0 or EXIT_FAILED after
 * saying why; bench_file_free() is due in both cases.
 */
int bench_file_read(struct bench_file *f, const char *path);
void bench_file_free(struct bench_file *f);

/* What of its surroundings a measurement can share with another. */
enum bench_file_key {
	BENCH_FILE_SUBJECT = 1 << 0,
	BENCH_FILE_WORKLOAD = 1 << 1,
	BENCH_FILE_PAYLOAD = 1 << 2,
	BENCH_FILE_WRITERS = 1 << 3,
	BENCH_FILE_READERS = 1 << 4,
	BENCH_FILE_RATE = 1 << 5,
	BENCH_FILE_ALL = (1 << 6) - 1,
};
bool bench_file_same(const struct bench_file_result *a, const struct bench_file_result *b,
		     unsigned int keys);
/* The first that was measured as `like` was, or NULL. */
const struct bench_file_result *bench_file_find(const struct bench_file *f,
						const struct bench_file_result *like);
/* The value of a key of the environment as text, "unknown" if it is not there. Returns buf. */
const char *bench_file_environment(const struct bench_file *f, const char *key, char *buf,
				   size_t size);

#endif /* LATCHKIT_USER_BENCH_RESULTS_FILE_H */
