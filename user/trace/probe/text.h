/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* text.h - a probe as the user wrote it, and what its parsers check. */
#ifndef LATCHKIT_USER_TRACE_PROBE_TEXT_H
#define LATCHKIT_USER_TRACE_PROBE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/probe/probe.h"
#include "trace/probe/type.h"

#define PROBE_FIELDS 5

/* A probe's text, cut at its colons; field[0] is the type as the user wrote it. */
struct probe_text {
	const char *whole;
	const struct probe_type *type;
	char *field[PROBE_FIELDS];
	int fields; /* PROBE_FIELDS + 1: more than that */
};

/* Print that the text does not have its type's form. Returns EXIT_USAGE. */
int probe_bad_form(const struct probe_text *text);
/* True if the text has between min and max fields after the type, none of them empty. */
bool probe_has_fields(const struct probe_text *text, int min, int max);
/* Parse a whole number of at least 1. Returns false for anything else. */
bool probe_number(const char *text, int base, uint64_t *number);
/* Print that a pattern matches more than the limit. Returns EXIT_FAILED. */
int probe_too_many(const struct probe_list *list, const struct probe_text *text, size_t matches);

#endif /* LATCHKIT_USER_TRACE_PROBE_TEXT_H */
