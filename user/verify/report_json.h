/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report_json.h - verdicts for programs: docs/json.md, and the Test Anything Protocol. */
#ifndef LATCHKIT_USER_VERIFY_REPORT_JSON_H
#define LATCHKIT_USER_VERIFY_REPORT_JSON_H

#include "verify/core/run.h"

struct bench_env;

/* One object a line: the environment first, then a verdict for each check of each subject. */
void verify_report_json(const struct verify_plan *plan, const struct bench_env *env, FILE *to);
/* Expected failures are `ok` in TAP. */
void verify_report_tap(const struct verify_plan *plan, FILE *to);

#endif /* LATCHKIT_USER_VERIFY_REPORT_JSON_H */
