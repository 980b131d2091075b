/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * report.h - how the results of a trace are shown: one file and one row of report/formats.def for
 * each format. Options, help and messages of the command line follow from the rows.
 */
#ifndef LATCHKIT_USER_TRACE_REPORT_REPORT_H
#define LATCHKIT_USER_TRACE_REPORT_REPORT_H

#include <argp.h>

#include "trace/session/session.h"

struct line_view; /* trace/session/lines.h */

struct report {
	const char *option; /* its long option without dashes; NULL: the table, shown without one */
	const char *help; /* of the option */
	bool redraws; /* on a terminal, each interval takes the place of the last one */
	bool only_stacks; /* shows nothing but stacks: samples count them, no other probe is set */
	bool shows_open; /* has rows for spans that have not ended */
	/* Write to trace->out. Any may be NULL. */
	void (*begin)(struct trace *trace);
	void (*interval)(struct trace *trace);
	void (*summary)(struct trace *trace);
	/* A process has ended; NULL: the format has no rows for them. */
	void (*process)(struct trace *trace, const struct process *ended);
	/* An event, where each is shown; NULL: the format cannot. */
	void (*line)(struct trace *trace, const struct line_view *line);
};

#define REPORT(name) extern const struct report report_##name;
#include "trace/report/formats.def"
#undef REPORT

/* What is shown without an option. */
const struct report *report_default(void);
/* Options that choose a format; input: a const struct report *, the default one before. */
const struct argp *report_argp(void);
/* The option of a format as it is typed, valid until the next call; NULL: it has none. */
const char *report_option(const struct report *report);
/* Can it show ended processes? Returns 0, or EXIT_USAGE: prints which formats can. */
int report_check_processes(const struct report *report);
/* Can it show events one by one? Returns 0, or EXIT_USAGE: prints which formats can. */
int report_check_lines(const struct report *report);
/* Can it show intervals alone? Returns 0, or EXIT_USAGE: prints what it has instead. */
int report_check_delta(const struct report *report);

/* Can it show spans that have not ended? The same. */
int report_check_open(const struct report *report);

#endif /* LATCHKIT_USER_TRACE_REPORT_REPORT_H */
