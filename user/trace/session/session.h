/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* session.h - a running trace as reports and requests see it: its options, its parts, its sums. */
#ifndef LATCHKIT_USER_TRACE_SESSION_SESSION_H
#define LATCHKIT_USER_TRACE_SESSION_SESSION_H

#include <stdbool.h>
#include <stdio.h>

#include "symbols/kernel.h"
#include "symbols/user.h"
#include "trace/engine/engine.h"
#include "trace/engine/reader.h"
#include "trace/probe/probe.h"
#include "trace/session/processes.h"
#include "trace/session/rank.h"

/* What an expression that is a key comes to. */
struct key_expr {
	enum expr_as as;
	bool is_signed, is_pointer;
};

struct report; /* trace/report/report.h */
struct row_order; /* trace/report/table/order.h */
struct probe_figures; /* trace/session/since.h */
struct heats; /* trace/report/picture/heat.h */

/* Auto: on a terminal that can, unless NO_COLOR is set. */
enum trace_color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What a trace draws beside its report. */
enum trace_picture { PICTURE_FLAME, PICTURE_HEATMAP, PICTURES };

struct trace_options {
	struct engine_config engine;
	const struct report *report; /* how results are shown */
	enum trace_color color;
	enum trace_sort sort;
	bool control; /* listen for latchkit ctl */
	bool processes; /* report each process that ends */
	bool own_status; /* exit with the trace's status, not with the command's */
	bool raw_symbols; /* do not demangle */
	bool delta; /* the table tells of each interval, not of all since the begin */
	bool spin; /* read records all the time, not only for reports */
	double duration_s; /* 0: until interrupted */
	double interval_s;
	unsigned int frequency_hz; /* of the default sampling */
	unsigned int top; /* rows of the table; 0: all */
	unsigned int stacks; /* that the table shows in the end; 0: all */
	size_t max_probes;
	bool force; /* attach even what can crash the target */
	const char *output; /* a file, or NULL */
	const char *picture[PICTURES]; /* files; NULL: not drawn */
	const char *
		stacks_option; /* what asks for stacks: "--folded", "--flame"; NULL: nothing does */
	bool only_stacks; /* nothing else is asked for: without probes only samples are set */
	const char *listen; /* [ADDR:]PORT to serve metrics at, or NULL */
	const char *textfile; /* a file to keep metrics in, or NULL */
	char *const *command; /* NULL-terminated, or NULL */
	char *const *probes;
	int probe_count;
	bool list, explain; /* print that instead of tracing */
};

/* Owned by trace/run.c, which sets it up and takes it down. */
struct trace {
	const struct trace_options *options;
	struct probe_list probes;
	struct key_expr key_expr[TRACE_STATEMENTS][TRACE_KEY_EXPRS]; /* of each statement */
	struct btf *btf; /* of the kernel; NULL: not loaded, or there is none */
	struct engine *engine;
	struct attachments *attachments;
	struct reader *reader;
	struct ksyms *ksyms; /* for samples and stacks; NULL: addresses have no names */
	struct usyms *usyms; /* for counted stacks; NULL: none are counted */
	struct processes *processes; /* NULL: threads are not known */
	struct lines *lines; /* NULL: events are not shown one by one */
	struct activity_name *activity_names; /* of each place: trace/session/activity.c */
	struct key_names *names[TABLES]; /* of each place of the tables: trace/session/keys.c */
	unsigned long long swaps; /* of the handler, so far */
	unsigned long long stack_events_lost; /* that have been made up for */
	unsigned long long stacks_seen_ns; /* when that was done */
	unsigned long long key_events_lost, keys_seen_ns; /* the same of keys */
	unsigned int keys_unnamed; /* how many keys or programs were new since all had names */
	FILE *out;
	int out_fd; /* its descriptor */
	int write_errno; /* why a report could not write to out; 0: it could */
	bool color; /* in the table */
	bool live; /* the report is redrawn in place */
	bool on_screen; /* the terminal shows its alternate screen */
	struct row_order **orders; /* of rows that are redrawn: trace/report/table/order.h */
	struct probe_figures *before; /* with --delta: at the last report, or NULL */
	struct heats *heats; /* with --heatmap, after the first report; or NULL */
	unsigned long long *idle_ns; /* of each CPU, when it began; NULL: not known */
	unsigned long long *previous; /* each probe's count at the last report */
	unsigned long long *previous_other; /* with keys: of those without room */
	/* CLOCK_MONOTONIC: the begin, the last report, this report. */
	unsigned long long start_ns, last_ns, now_ns;
};

/* A report could not print all that it should have: the trace ends with that errno. 0: it could. */
void trace_report_failed(struct trace *trace, int err);
/* From the begin to this report. */
double trace_elapsed_s(const struct trace *t);
/* From the begin to this call. */
double trace_age_s(const struct trace *t);
/* Growth of probe i's count since the last report. */
unsigned long long trace_delta(const struct trace *t, size_t i);
/* The same per second; 0 when no time has passed. */
double trace_rate_hz(const struct trace *t, size_t i);
/* Is probe i to be shown: probes that come from a pattern are not, while their count stands. */
bool trace_shows(const struct trace *t, size_t i);
/* The events of all probes that a handler has handled. */
unsigned long long trace_handled(const struct trace *t, enum trace_handler handler);
/* All losses of all probes. */
struct loss_counts trace_losses_sum(const struct trace *t);
/* How many stacks of the trace's own process were left out. */
unsigned long long trace_own_stacks(const struct trace *t);
/* How many events had expressions that divided by zero, which gave 0. */
unsigned long long trace_zero_divisors(const struct trace *t);
/* Of those that are unread: whose expressions read the kernel's memory at a user address. */
unsigned long long trace_unread_user(const struct trace *t);
/* The name of an enum sample_context. */
const char *trace_context_name(unsigned long long context);
/*
 * Find the thread in a sample or the process of a stack by its number and start time
 * (CLOCK_BOOTTIME). Returns false if it is not known.
 */
bool trace_process(const struct trace *t, unsigned int tid, unsigned long long start_ns,
		   struct process *found);
/* Find the path of a cgroup of the unified hierarchy. Returns false if it is not known. */
bool trace_cgroup(const struct trace *t, unsigned long long id, char *path, size_t size);

#endif /* LATCHKIT_USER_TRACE_SESSION_SESSION_H */
