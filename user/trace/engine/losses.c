// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* losses.c - see trace/engine/losses.h. */
#include <bpf/bpf.h>
#include <string.h>
#include <unistd.h>

#include "trace/engine/engine.h"
#include "trace/engine/losses.h"
#include "trace/probe/type.h"

const char *const loss_names[LOSS_CAUSES] = {
	[LOSS_DROPPED] = "dropped",   [LOSS_MAP_FULL] = "map_full", [LOSS_TOO_DEEP] = "too_deep",
	[LOSS_UNPAIRED] = "unpaired", [LOSS_SKIPPED] = "skipped",   [LOSS_LATE] = "late",
	[LOSS_MISSED] = "missed",
};

unsigned long long loss_get(const struct loss_counts *l, int cause)
{
	return l->by[cause];
}

static unsigned long long plus(unsigned long long a, unsigned long long b)
{
	return a == LOSS_UNKNOWN || b == LOSS_UNKNOWN ? LOSS_UNKNOWN : a + b;
}

void loss_add(struct loss_counts *into, const struct loss_counts *from)
{
	for (int i = 0; i < LOSS_CAUSES; i++)
		into->by[i] = plus(into->by[i], from->by[i]);
}

/* The counters are words of their own; each is read by itself. */
static unsigned long long counter(const unsigned long long *word)
{
	return order_load_relaxed(word);
}

static const struct trace_losses *losses_of(const struct engine *e, const struct probe *p, int cpu)
{
	return (const struct trace_losses *)engine_slot(&e->losses, cpu, engine_loss_column(e, p));
}

static unsigned long long runs_of(const struct engine *e, const struct probe *p, int cpu)
{
	unsigned long long runs = 0;

	if (cpu >= 0)
		return counter(&losses_of(e, p, cpu)->ran);
	for (int i = 0; i < e->cpus; i++)
		runs += counter(&losses_of(e, p, i)->ran);
	return runs;
}

/*
 * What the kernel counted, in periods, less our runs. For an event that is counted one by one
 * these are the samples for which the kernel skipped the program, because another one was running
 * there. A clock counts time: what is missing then may also be ticks that came late, or never
 * because the CPU was asleep, and how many were skipped cannot be known.
 */
void loss_add_skipped(const struct engine *e, struct perf_counter *c, struct loss_counts *l)
{
	unsigned long long ran = runs_of(e, &e->probes->probe[c->probe], c->cpu);
	unsigned long long count;

	if (!c->period || attach_perf_count(c, &count)) {
		l->by[LOSS_SKIPPED] = LOSS_UNKNOWN;
		return;
	}
	count /= c->period;
	if (!c->is_clock) {
		l->by[LOSS_SKIPPED] = plus(l->by[LOSS_SKIPPED], count > ran ? count - ran : 0);
		return;
	}
	l->by[LOSS_SKIPPED] = LOSS_UNKNOWN;
	if (count > ran + 1) /* the last period is under way */
		l->by[LOSS_LATE] = plus(l->by[LOSS_LATE], count - ran - 1);
}

/* Runs that the kernel refused to a program because it was running on that CPU already. */
static unsigned long long recursion_misses(int fd)
{
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &length) ? LOSS_UNKNOWN : info.recursion_misses;
}

/*
 * Known where a program serves one probe alone. Programs that serve all probes of a type are
 * counted once, at the first of them. Samples are covered by LOSS_SKIPPED. What kprobes and uprobes
 * missed the kernel does not report.
 */
static unsigned long long missed_by(const struct engine *e, const struct attachments *a, size_t i)
{
	const struct probe *p = &e->probes->probe[i];
	unsigned long long sum = 0;

	if (a->program[i] >= 0)
		return recursion_misses(a->program[i]);
	if (p->type->attach)
		return p->kind == KIND_SAMPLE ? 0 : LOSS_UNKNOWN;
	if (probe_list_first(e->probes, p->type) != i)
		return 0;
	for (const char *const *name = p->type->programs; *name; name++)
		sum = plus(sum, recursion_misses(bpf_program__fd(engine_program(e, *name))));
	return sum;
}

void loss_read(const struct engine *e, const struct attachments *a, size_t i,
	       struct loss_counts *out)
{
	memset(out, 0, sizeof(*out));
	for (int cpu = 0; cpu < e->cpus; cpu++) {
		const struct trace_losses *l = losses_of(e, &e->probes->probe[i], cpu);

		for (int cause = 0; cause < LOSS_COUNTED; cause++)
			out->by[cause] += counter(&l->lost[cause]);
	}
	out->by[LOSS_MISSED] = missed_by(e, a, i);
}
