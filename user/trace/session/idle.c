// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* idle.c - see trace/session/idle.h */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/cpulist.h"
#include "trace/session/idle.h"

/* One line of /proc/stat, "cpu3 USER NICE SYSTEM IDLE IOWAIT ...": lines of CPUs come first. */
static bool take_line(const char *line, unsigned long long ns_per_tick, unsigned long long *ns)
{
	unsigned long long idle, iowait;
	unsigned int cpu;

	if (sscanf(line, "cpu%u %*u %*u %*u %llu %llu", &cpu, &idle, &iowait) != 3 ||
	    cpu >= CPULIST_MAX)
		return false;
	ns[cpu] = (idle + iowait) * ns_per_tick;
	return true;
}

/*
 * The idle time of each CPU since boot in ns, waiting for disks included, in steps of 10 ms or what
 * the kernel counts in: an array of CPULIST_MAX, 0 for CPUs that are not online, to free(). NULL:
 * this host does not tell, or there is no memory.
 */
static unsigned long long *idle_read(void)
{
	unsigned long long *ns = calloc(CPULIST_MAX, sizeof(*ns));
	long ticks = sysconf(_SC_CLK_TCK);
	FILE *f = fopen("/proc/stat", "re");
	bool any = false;
	char line[512];

	while (ns && f && ticks > 0 && fgets(line, sizeof(line), f))
		any |= take_line(line, 1000000000ULL / (unsigned long long)ticks, ns);
	if (f)
		fclose(f);
	if (any)
		return ns;
	free(ns);
	return NULL;
}

void idle_begin(struct trace *t)
{
	if (t->probes.kinds[KIND_SAMPLE])
		t->idle_ns = idle_read();
}

void idle_end(struct trace *t)
{
	free(t->idle_ns);
	t->idle_ns = NULL;
}

/* How long the CPUs of a probe were idle. */
static unsigned long long idle_of(const struct trace *t, size_t i, const unsigned long long *now)
{
	unsigned long long ns = 0;

	for (size_t j = 0; j < t->attachments->perf_count; j++) {
		const struct perf_counter *c = &t->attachments->perf[j];

		if (c->probe == i && c->cpu >= 0 && now[c->cpu] > t->idle_ns[c->cpu])
			ns += now[c->cpu] - t->idle_ns[c->cpu];
	}
	return ns;
}

/* The period of a clock in ns, 0: it is none, or not counted CPU by CPU. */
static unsigned long long period_of(const struct trace *t, size_t i)
{
	for (size_t j = 0; j < t->attachments->perf_count; j++) {
		const struct perf_counter *c = &t->attachments->perf[j];

		if (c->probe == i)
			return c->is_clock ? c->period : 0;
	}
	return 0;
}

/* Are samples of idle CPUs counted? They are nobody's whom a filter may want. */
static bool counts_idle(const struct trace *t)
{
	const struct engine_config *c = &t->options->engine;

	return !c->tgid && !c->tid && !c->follow && !c->cgroup;
}

bool idle_shortfall(const struct trace *t, size_t i, struct shortfall *s)
{
	const struct probe_view *v = &t->reader->view[i];
	unsigned long long period = t->attachments ? period_of(t, i) : 0, sampled;
	unsigned long long *now;

	*s = (struct shortfall){.ticks = loss_get(&v->losses, LOSS_LATE)};
	if (!period || !s->ticks || s->ticks == LOSS_UNKNOWN)
		return false;
	s->ns = s->ticks * period;
	now = t->idle_ns && counts_idle(t) ? idle_read() : NULL;
	if (!now)
		return true;
	s->idle_known = true;
	s->idle_ns = idle_of(t, i, now);
	free(now);
	sampled = v->total.contexts[CONTEXTS_KIND0 + SAMPLED_IDLE] * period;
	s->idle_ns = s->idle_ns > sampled ? s->idle_ns - sampled : 0;
	return true;
}
