// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* perf.c - see trace/probe/perf.h: profile, software, hardware, watchpoint. */
#include <errno.h>
#include <inttypes.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "cli/suggest.h"
#include "host/perf_event.h"
#include "trace/probe/perf.h"
#include "trace/probe/perf_attach.h"
#include "trace/probe/text.h"

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

bool probe_perf_name(size_t i, char *out, size_t size)
{
	size_t first = sizeof(software) / sizeof(software[0]);
	size_t second = sizeof(hardware) / sizeof(hardware[0]);

	if (i < first)
		snprintf(out, size, "software:%s", software[i].name);
	else if (i < first + second)
		snprintf(out, size, "hardware:%s", hardware[i - first].name);
	return i < first + second;
}

static int parse_event(struct probe_list *list, const struct probe_text *text, uint32_t type,
		       const struct perf_name *names, size_t count)
{
	struct probe p = {.type = text->type, .perf_type = type};
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
		return fail_usage("%s: no such %s event; did you mean %s?", text->whole,
				  text->type->name, suggest_best(&near));
	return fail_usage("%s: no such %s event; there is %s, for one", text->whole,
			  text->type->name, names[0].name);
}

static int parse_software(struct probe_list *list, const struct probe_text *text)
{
	return parse_event(list, text, PERF_TYPE_SOFTWARE, software,
			   sizeof(software) / sizeof(software[0]));
}

static int parse_hardware(struct probe_list *list, const struct probe_text *text)
{
	return parse_event(list, text, PERF_TYPE_HARDWARE, hardware,
			   sizeof(hardware) / sizeof(hardware[0]));
}

static int parse_profile(struct probe_list *list, const struct probe_text *text)
{
	struct probe p = {.type = text->type};

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

static int parse_watchpoint(struct probe_list *list, const struct probe_text *text)
{
	struct probe p = {
		.type = text->type,
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

/* The kernel lowers this limit by itself when samples take it too long. 0: not known. */
static uint64_t sample_rate_limit(void)
{
	FILE *f = fopen("/proc/sys/kernel/perf_event_max_sample_rate", "re");
	uint64_t limit = 0;

	if (f && fscanf(f, "%" SCNu64, &limit) != 1)
		limit = 0;
	if (f)
		fclose(f);
	return limit;
}

static int explain_event(const struct probe *p, int err)
{
	const char *reason = error_text(err);
	uint64_t limit = sample_rate_limit();

	if (err == -EINVAL && p->by_frequency && limit && p->period > limit)
		return fail("%s: cannot attach: %s; this kernel samples at %" PRIu64
			    " Hz at most: ask for less, or raise kernel.perf_event_max_sample_rate",
			    p->name, reason, limit);
	if (p->perf_type == PERF_TYPE_HARDWARE)
		return fail("%s: this machine has no such counter (%s); use profile:hz:99 or "
			    "software:cpu-clock",
			    p->name, reason);
	if (p->perf_type != PERF_TYPE_BREAKPOINT)
		return fail("%s: cannot attach: %s; see latchkit doctor", p->name, reason);
	if (err == -EINVAL)
		return fail("%s: cannot watch this address (%s); user addresses need -p PID, "
			    "kernel addresses must be data",
			    p->name, reason);
	if (err == -EOPNOTSUPP)
		return fail("%s: watchpoints on kernel addresses work on x86 only; use -p PID and "
			    "a user address",
			    p->name);
	return fail("%s: no debug register to be had (%s); see latchkit doctor", p->name, reason);
}

/* All are perf events that sample. */
#define PERF_ATTACHED \
	.kind = KIND_SAMPLE, .has_ip = true, .attach = perf_attach, .explain = explain_event, \
	.programs = {"sample"}

const struct probe_type probe_type_profile = {
	PROBE_SPELLED("profile", "p", "profile:hz:N"),
	.help = "  profile:hz:N                          samples by a timer on each CPU\n",
	.parse = parse_profile,
	PERF_ATTACHED,
};

const struct probe_type probe_type_software = {
	PROBE_SPELLED("software", "s", "software:EVENT[:PERIOD]"),
	.help = "  software:EVENT[:PERIOD]               samples by cpu-clock, page-faults, ...\n",
	.parse = parse_software,
	PERF_ATTACHED,
};

const struct probe_type probe_type_hardware = {
	PROBE_SPELLED("hardware", "h", "hardware:EVENT[:PERIOD]"),
	.help = "  hardware:EVENT[:PERIOD]               samples by cycles, cache-misses, ...\n",
	.parse = parse_hardware,
	PERF_ATTACHED,
};

const struct probe_type probe_type_watchpoint = {
	PROBE_SPELLED("watchpoint", "w", "watchpoint:0xADDR:LENGTH:w"),
	.help = "  watchpoint:0xADDR:LENGTH:w            samples at each write to an address\n",
	.parse = parse_watchpoint,
	PERF_ATTACHED,
};

int probe_list_add_cycles(struct probe_list *list, unsigned int frequency_hz)
{
	struct probe p = {
		.type = &probe_type_hardware,
		.name = strdup("hardware:cycles"),
		.perf_type = PERF_TYPE_HARDWARE,
		.perf_config = PERF_COUNT_HW_CPU_CYCLES,
		.period = frequency_hz,
		.by_frequency = true,
	};

	return probe_list_append(list, &p);
}
