/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* types.h - the parsers of trace/probe/probe.c's table: one for each kind of thing to attach to. */
#ifndef LATCHKIT_USER_TRACE_PROBE_TYPES_H
#define LATCHKIT_USER_TRACE_PROBE_TYPES_H

#include "trace/probe/probe.h"

#define PROBE_FIELDS 5

/* A probe's text, cut at its colons; field[0] is the type as the user wrote it. */
struct probe_text {
	const char *whole, *type, *form;
	char *field[PROBE_FIELDS];
	int fields; /* PROBE_FIELDS + 1: more than that */
	bool is_return;
};

/* Each resolves the text and appends to the list. Returns 0, EXIT_USAGE or EXIT_FAILED, said. */
int parse_kprobe(struct probe_list *list, const struct probe_text *text);
int parse_fentry(struct probe_list *list, const struct probe_text *text);
int parse_tracepoint(struct probe_list *list, const struct probe_text *text);
int parse_rawtracepoint(struct probe_list *list, const struct probe_text *text);
int parse_uprobe(struct probe_list *list, const struct probe_text *text);
int parse_usdt(struct probe_list *list, const struct probe_text *text);
int parse_profile(struct probe_list *list, const struct probe_text *text);
int parse_software(struct probe_list *list, const struct probe_text *text);
int parse_hardware(struct probe_list *list, const struct probe_text *text);
int parse_watchpoint(struct probe_list *list, const struct probe_text *text);

/* Says that the text does not have its type's form. Returns EXIT_USAGE. */
int probe_bad_form(const struct probe_text *text);
/* True if the text has between min and max fields after the type, none of them empty. */
bool probe_has_fields(const struct probe_text *text, int min, int max);
/* A whole number of at least 1. Returns false for anything else. */
bool probe_number(const char *text, int base, uint64_t *number);
/* Says that a pattern matched more than the limit. Returns EXIT_FAILED. */
int probe_too_many(const struct probe_list *list, const struct probe_text *text, size_t matches);

#endif /* LATCHKIT_USER_TRACE_PROBE_TYPES_H */
