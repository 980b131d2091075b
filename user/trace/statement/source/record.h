/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* record.h - the fields of a tracepoint's format file, where the arguments do not have them. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_SOURCE_RECORD_H
#define LATCHKIT_USER_TRACE_STATEMENT_SOURCE_RECORD_H

#include <stdio.h>

#include "trace/statement/expr/scope.h"

/*
 * Let args.NAME be fields of the tracepoint's record, if one of those that the expressions name is
 * no argument but such a field; or in any case, without a tree. `probe`: its name,
 * "tracepoint:CATEGORY:NAME".
 */
void record_scope(struct scope *scope, const char *probe, const struct tree *tree);
/* A line "    TYPE NAME" for each field that is no argument, of such a probe. */
void record_print(const struct scope *scope, const char *probe, FILE *to);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_SOURCE_RECORD_H */
