/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* report_table.h - verdicts for people: subject by check, then what was done, then failures. */
#ifndef LATCHKIT_USER_VERIFY_CORE_REPORT_TABLE_H
#define LATCHKIT_USER_VERIFY_CORE_REPORT_TABLE_H

#include <stdio.h>

#include "verify/core/run.h"

void verify_report_table(const struct verify_plan *plan, FILE *to);

#endif /* LATCHKIT_USER_VERIFY_CORE_REPORT_TABLE_H */
