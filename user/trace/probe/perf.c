// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* perf.c - parsers for what perf_event_open(2) offers: profile, software, hardware,
 * watchpoint. And the helpers that all parsers share. */
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "trace/probe/types.h"
#include "cli/suggest.h"

int probe_bad_form(const struct probe_text *text)
{
	return fail_usage("%s: not a %s probe; write it as %s", text->whole, text->type,
			  text->form);
}

bool probe_has_fields(const struct probe_text *text, int min, int max)
{
	if (text->fields - 1 < min || text->fields - 1 > max)
		return false;
	for (int i = 1; i < text->fields; i++)
		if (!*text->field[i])
			return false;
	return true;
}

bool probe_number(const char *text, int base, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, base);
	return !errno && !*end && *number;
}

int probe_too_many(const struct probe_list *list, const struct probe_text *text, size_t matches)
{
	return fail("%s: matches %zu places, more than the limit of %zu; narrow the pattern or "
		    "raise --max-probes",
		    text->whole, matches, list->limit);
}

struct perf_name {
	const char *name;
	uint64_t config;
	uint64_t period; /* unless the user gives one */
};

static const struct perf_name software[] = {
	{"cpu-clock", PERF_COUNT_SW_CPU_CLOCK, 1000000},
	{"task-clock", PERF_COUNT_SW_TASK_CLOCK, 1000000},
	{"page-faults", PERF_COUNT_SW_PAGE_FAULTS, 1},
	{"minor-faults", PERF_COUNT_SW_PAGE_FAULTS_MIN, 1},
	{"major-faults", PERF_COUNT_SW_PAGE_FAULTS_MAJ, 1},
	{"context-switches", PERF_COUNT_SW_CONTEXT_SWITCHES, 1},
	{"cpu-migrations", PERF_COUNT_SW_CPU_MIGRATIONS, 1},
};

static const struct perf_name hardware[] = {
	{"cycles", PERF_COUNT_HW_CPU_CYCLES, 1000000},
	{"instructions", PERF_COUNT_HW_INSTRUCTIONS, 1000000},
	{"ref-cycles", PERF_COUNT_HW_REF_CPU_CYCLES, 1000000},
	{"cache-references", PERF_COUNT_HW_CACHE_REFERENCES, 100000},
	{"cache-misses", PERF_COUNT_HW_CACHE_MISSES, 100000},
	{"branches", PERF_COUNT_HW_BRANCH_INSTRUCTIONS, 100000},
	{"branch-misses", PERF_COUNT_HW_BRANCH_MISSES, 100000},
};

static int parse_event(struct probe_list *list, const struct probe_text *text, uint32_t type,
		       const struct perf_name *names, size_t count)
{
	struct probe p = {.type = PROBE_PERF, .kind = KIND_SAMPLE, .perf_type = type};
	struct suggest near;

	if (!probe_has_fields(text, 1, 2))
		return probe_bad_form(text);
	suggest_init(&near, text->field[1]);
	for (size_t i = 0; i < count; i++) {
		suggest_offer(&near, names[i].name);
		if (strcmp(names[i].name, text->field[1]))
			continue;
		p.perf_config = names[i].config;
		p.period = names[i].period;
		if (text->fields == 3 && !probe_number(text->field[2], 10, &p.period))
			return fail_usage("%s: %s: the period is a whole number of at least 1",
					  text->whole, text->field[2]);
		p.name = strdup(text->whole);
		return probe_list_append(list, &p);
	}
	if (suggest_best(&near))
		return fail_usage("%s: no such %s event; did you mean %s?", text->whole, text->type,
				  suggest_best(&near));
	return fail_usage("%s: no such %s event; there is %s, for one", text->whole, text->type,
			  names[0].name);
}

int parse_software(struct probe_list *list, const struct probe_text *text)
{
	return parse_event(list, text, PERF_TYPE_SOFTWARE, software,
			   sizeof(software) / sizeof(software[0]));
}

int parse_hardware(struct probe_list *list, const struct probe_text *text)
{
	return parse_event(list, text, PERF_TYPE_HARDWARE, hardware,
			   sizeof(hardware) / sizeof(hardware[0]));
}

int parse_profile(struct probe_list *list, const struct probe_text *text)
{
	struct probe p = {.type = PROBE_PERF, .kind = KIND_SAMPLE};

	if (!probe_has_fields(text, 2, 2) || strcmp(text->field[1], "hz"))
		return probe_bad_form(text);
	if (!probe_number(text->field[2], 10, &p.period) || p.period > 100000)
		return fail_usage("%s: %s: the frequency is a whole number from 1 to 100000",
				  text->whole, text->field[2]);
	p.perf_type = PERF_TYPE_SOFTWARE;
	p.perf_config = PERF_COUNT_SW_CPU_CLOCK;
	p.by_frequency = true;
	p.name = strdup(text->whole);
	return probe_list_append(list, &p);
}

int parse_watchpoint(struct probe_list *list, const struct probe_text *text)
{
	struct probe p = {
		.type = PROBE_PERF,
		.kind = KIND_SAMPLE,
		.perf_type = PERF_TYPE_BREAKPOINT,
		.period = 1,
	};
	uint64_t length;

	if (!probe_has_fields(text, 3, 3) || strncmp(text->field[1], "0x", 2) ||
	    !probe_number(text->field[1], 16, &p.address))
		return probe_bad_form(text);
	if (!probe_number(text->field[2], 10, &length) || length > 8 || (length & (length - 1)))
		return fail_usage("%s: %s: the length is 1, 2, 4 or 8 bytes", text->whole,
				  text->field[2]);
	if (p.address & (length - 1))
		return fail_usage("%s: the address is not a multiple of the length %s", text->whole,
				  text->field[2]);
	if (strcmp(text->field[3], "w") && strcmp(text->field[3], "rw"))
		return fail_usage("%s: %s: watch for w or rw", text->whole, text->field[3]);
	p.length = (uint32_t)length;
	p.perf_config = text->field[3][0] == 'r' ? HW_BREAKPOINT_RW : HW_BREAKPOINT_W;
	p.name = strdup(text->whole);
	return probe_list_append(list, &p);
}
