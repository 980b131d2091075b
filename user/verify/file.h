/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* file.h - the first failure of a run as a file, to make it happen again. */
#ifndef LATCHKIT_USER_VERIFY_FILE_H
#define LATCHKIT_USER_VERIFY_FILE_H

#include "verify/core/run.h"

struct cJSON;

/* The failure as an object of docs/json.md; the caller owns it. */
struct cJSON *verify_failure_json(const struct verify_failure *f);
/* Write the first failure of the plan: of the unexpected ones, if there is any. Prints a note when
 * there is none to write. Returns 0, or EXIT_FAILED, after a diagnostic. */
int verify_save(const struct verify_plan *plan, const char *path);
/*
 * Read one, find its set among `sets`, which ends with NULL, and refuse it when it is of another
 * build: the same numbers would then be another site.
 * Returns 0, or EXIT_FAILED after a diagnostic.
 */
int verify_load(struct verify_failure *f, const struct verify_set *const *sets,
		const struct verify_set **set, const char *path);

#endif /* LATCHKIT_USER_VERIFY_FILE_H */
