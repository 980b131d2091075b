// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report.c - see trace/report/report.h */
#include <string.h>

#include "cli/diag.h"
#include "trace/report/report.h"

#define OPTION_FIRST 256 /* beyond letters */
#define OPTIONS_GROUP 3 /* of latchkit trace: how to show it */

static const struct report *const reports[] = {
#define REPORT(name) &report_##name,
#include "trace/report/formats.def"
#undef REPORT
};
#define REPORTS (sizeof(reports) / sizeof(reports[0]))

static bool has_option(const struct report *r)
{
	return r->option;
}

static bool shows_processes(const struct report *r)
{
	return r->process;
}

static bool shows_open(const struct report *r)
{
	return r->shows_open;
}

static bool shows_lines(const struct report *r)
{
	return r->line;
}

/* The formats for which `is` returns `yes`, as "--json, --csv" with that separator. */
static const char *list(char *buf, size_t size, const char *separator,
			bool (*is)(const struct report *), bool yes)
{
	size_t used = 0;

	for (size_t i = 0; i < REPORTS; i++)
		if (is(reports[i]) == yes && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s%s",
						 used ? separator : "",
						 reports[i]->option ? "--" : "the ",
						 reports[i]->option ? reports[i]->option : "table");
	return buf;
}

const struct report *report_default(void)
{
	return reports[0];
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	const struct report **chosen = state->input;
	char names[256];

	(void)arg;
	if (key < OPTION_FIRST || key >= OPTION_FIRST + (int)REPORTS)
		return ARGP_ERR_UNKNOWN;
	if (*chosen != report_default() && *chosen != reports[key - OPTION_FIRST])
		argp_error(state, "%s: choose one",
			   list(names, sizeof(names), ", ", has_option, true));
	*chosen = reports[key - OPTION_FIRST];
	return 0;
}

const struct argp *report_argp(void)
{
	static struct argp_option options[REPORTS + 1];
	static const struct argp argp = {.options = options, .parser = parse_option};
	struct argp_option *next = options;

	for (size_t i = 0; i < REPORTS; i++)
		if (reports[i]->option)
			*next++ = (struct argp_option){.name = reports[i]->option,
						       .key = OPTION_FIRST + (int)i,
						       .doc = reports[i]->help,
						       .group = OPTIONS_GROUP};
	return &argp;
}

const char *report_option(const struct report *report)
{
	static char option[64];

	if (!report->option)
		return NULL;
	snprintf(option, sizeof(option), "--%s", report->option);
	return option;
}

int report_check_processes(const struct report *report)
{
	char these[256], others[256];

	if (report->process)
		return 0;
	return fail_usage("--processes: neither %s has rows for them; use %s",
			  list(others, sizeof(others), " nor ", shows_processes, false),
			  list(these, sizeof(these), " or ", shows_processes, true));
}

int report_check_lines(const struct report *report)
{
	char these[256];

	if (report->line)
		return 0;
	return fail_usage("--events: --%s shows no single events; use %s", report->option,
			  list(these, sizeof(these), " or ", shows_lines, true));
}

int report_check_delta(const struct report *report)
{
	if (report == report_default())
		return 0;
	if (report->only_stacks)
		return fail_usage("--delta: --%s has no intervals; leave one out", report->option);
	return fail_usage("--delta: is for the table; each line of --%s has a delta anyway",
			  report->option);
}

int report_check_open(const struct report *report)
{
	char these[256], others[256];

	if (report->shows_open)
		return 0;
	return fail_usage("--open: neither %s has rows for them; use %s",
			  list(others, sizeof(others), " nor ", shows_open, false),
			  list(these, sizeof(these), " or ", shows_open, true));
}
