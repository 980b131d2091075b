// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* losses.c - what a trace lost, by cause: see struct loss_counts in trace/engine/reader.h. */
#include <bpf/bpf.h>
#include <string.h>
#include <unistd.h>

#include "trace/engine/reader.h"
#include "bpf/trace/shared.h"

const char *const loss_names[LOSS_CAUSES] = {
	"dropped", "map_full", "too_deep", "unpaired", "skipped", "late", "missed",
};

unsigned long long loss_get(const struct loss_counts *l, int i)
{
	const unsigned long long all[LOSS_CAUSES] = {
		l->dropped, l->map_full, l->too_deep, l->unpaired, l->skipped, l->late, l->missed,
	};

	return all[i];
}

static unsigned long long plus(unsigned long long a, unsigned long long b)
{
	return a == LOSS_UNKNOWN || b == LOSS_UNKNOWN ? LOSS_UNKNOWN : a + b;
}

void loss_add(struct loss_counts *into, const struct loss_counts *from)
{
	into->dropped += from->dropped;
	into->map_full += from->map_full;
	into->too_deep += from->too_deep;
	into->unpaired += from->unpaired;
	into->skipped = plus(into->skipped, from->skipped);
	into->late = plus(into->late, from->late);
	into->missed = plus(into->missed, from->missed);
}

/* The counters are words of their own; each is read by itself. */
static unsigned long long counter(const unsigned long long *word)
{
	return order_load_relaxed(word);
}

static const struct trace_losses *losses_of(const struct reader *r, const struct probe *p, int cpu)
{
	return (const struct trace_losses *)engine_slot(&r->engine->losses, cpu,
							engine_loss_column(r->engine, p));
}

static unsigned long long runs_of(const struct reader *r, const struct probe *p, int cpu)
{
	unsigned long long runs = 0;

	if (cpu >= 0)
		return counter(&losses_of(r, p, cpu)->ran);
	for (int i = 0; i < r->engine->cpus; i++)
		runs += counter(&losses_of(r, p, i)->ran);
	return runs;
}

/*
 * What the kernel counted, in periods, less our runs. For an event that is counted one by one
 * these are the samples for which the kernel skipped the program, because another one was running
 * there. A clock counts time: what is missing then may also be ticks that came late, or never
 * because the CPU was asleep, and how many were skipped cannot be known.
 */
static void count_skipped(const struct reader *r, const struct perf_counter *c,
			  struct loss_counts *l)
{
	unsigned long long ran = runs_of(r, &r->engine->probes->probe[c->probe], c->cpu), count;

	if (!c->period || read(c->fd, &count, sizeof(count)) != sizeof(count)) {
		l->skipped = LOSS_UNKNOWN;
		return;
	}
	count /= c->period;
	if (!c->is_clock) {
		l->skipped = plus(l->skipped, count > ran ? count - ran : 0);
		return;
	}
	l->skipped = LOSS_UNKNOWN;
	if (count > ran + 1) /* the last period is under way */
		l->late = plus(l->late, count - ran - 1);
}

/* Runs that the kernel refused to a program because it was running on that CPU already. */
static unsigned long long recursion_misses(int fd)
{
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &length) ? LOSS_UNKNOWN : info.recursion_misses;
}

static unsigned long long shared_misses(const struct reader *r, const char *program)
{
	return recursion_misses(bpf_program__fd(engine_program(r->engine, program)));
}

/*
 * Known where a program serves one probe alone. What kprobes and uprobes missed the kernel does
 * not tell; samples are covered by `skipped`; system calls share two programs, whose misses are
 * counted once, at the first system call of the list.
 */
static unsigned long long missed_by(const struct reader *r, size_t index, const struct probe *p)
{
	if (r->attachments->program[index] >= 0)
		return recursion_misses(r->attachments->program[index]);
	if (p->type == PROBE_SYSCALL && p->number == 0)
		return plus(shared_misses(r, "enter_syscall"), shared_misses(r, "leave_syscall"));
	return p->type == PROBE_PERF || p->type == PROBE_SYSCALL ? 0 : LOSS_UNKNOWN;
}

static void read_own(struct reader *r, const struct probe *p, struct loss_counts *out)
{
	memset(out, 0, sizeof(*out));
	for (int cpu = 0; cpu < r->engine->cpus; cpu++) {
		const struct trace_losses *l = losses_of(r, p, cpu);

		out->dropped += counter(&l->dropped);
		out->map_full += counter(&l->map_full);
		out->too_deep += counter(&l->too_deep);
		out->unpaired += counter(&l->unpaired);
	}
}

void reader_read_losses(struct reader *r)
{
	const struct probe_list *list = r->engine->probes;
	const struct attachments *a = r->attachments;

	for (size_t i = 0; i < list->count; i++) {
		read_own(r, &list->probe[i], &r->view[i].losses);
		r->view[i].losses.missed = missed_by(r, i, &list->probe[i]);
	}
	for (size_t i = 0; i < a->perf_count; i++)
		count_skipped(r, &a->perf[i], &r->view[a->perf[i].probe].losses);
}
