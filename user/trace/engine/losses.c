// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* losses.c - see trace/engine/losses.h. */
#include <string.h>
#include <unistd.h>

#include "trace/engine/engine.h"
#include "trace/engine/losses.h"
#include "trace/engine/missed.h"
#include "trace/engine/spans.h"
#include "trace/probe/span.h"
#include "trace/probe/type.h"

const char *const loss_names[LOSS_CAUSES] = {
	[LOSS_DROPPED] = "dropped",	[LOSS_MAP_FULL] = "map_full",
	[LOSS_TOO_DEEP] = "too_deep",	[LOSS_UNPAIRED] = "unpaired",
	[LOSS_UNREAD] = "unread",	[LOSS_ABANDONED] = "abandoned",
	[LOSS_RESTARTED] = "restarted", [LOSS_UNSENT] = "unsent",
	[LOSS_SKIPPED] = "skipped",	[LOSS_LATE] = "late",
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

void loss_grow(struct loss_counts *losses, const struct loss_counts *now)
{
	for (int i = 0; i < LOSS_CAUSES; i++)
		if (now->by[i] > losses->by[i]) /* unknown is the most */
			losses->by[i] = now->by[i];
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
	unsigned long long ran, count;

	if (!c->period || attach_perf_count(c, &count)) {
		l->by[LOSS_SKIPPED] = LOSS_UNKNOWN;
		return;
	}
	count /= c->period;
	/* After the count: what runs in between must not look as if it were missing. */
	ran = runs_of(e, &e->probes->probe[c->probe], c->cpu);
	if (!c->is_clock) {
		l->by[LOSS_SKIPPED] = plus(l->by[LOSS_SKIPPED], count > ran ? count - ran : 0);
		return;
	}
	l->by[LOSS_SKIPPED] = LOSS_UNKNOWN;
	if (count > ran + 1) /* the last period is under way */
		l->by[LOSS_LATE] = plus(l->by[LOSS_LATE], count - ran - 1);
}

/* Sum the counters of the programs over all CPUs. */
static void sum_counters(const struct engine *e, const struct probe *p, struct trace_losses *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (int cpu = 0; cpu < e->cpus; cpu++) {
		const struct trace_losses *l = losses_of(e, p, cpu);

		for (int cause = 0; cause < LOSS_COUNTED; cause++)
			sum->lost[cause] += counter(&l->lost[cause]);
		sum->unlisted += counter(&l->unlisted);
		sum->unwanted += counter(&l->unwanted);
		sum->ended += counter(&l->ended);
	}
	/* Last: what is counted as ended has been counted as entered. */
	for (int cpu = 0; cpu < e->cpus; cpu++)
		sum->entered += counter(&losses_of(e, p, cpu)->entered);
}

static unsigned long long less(unsigned long long a, unsigned long long b)
{
	return a > b ? a - b : 0;
}

/*
 * Of how many calls whose frames are gone the kernel missed the return. Where it missed the entry,
 * too, there is no frame; an unpaired return tells of those where it missed the entry alone. They
 * are not counted for system calls and on chosen CPUs. What the kernel tells is about all tasks.
 */
static unsigned long long returns_missed(const struct engine *e, const struct probe *p,
					 const struct trace_losses *sum,
					 const struct missed *missed)
{
	unsigned long long gone = sum->lost[LOSS_ABANDONED], returns = missed->returns;

	if (returns == MISSED_UNKNOWN)
		return 0;
	if (p->type->attach && !e->config.by_cpu)
		returns = less(returns, less(missed->entries, sum->lost[LOSS_UNPAIRED]));
	return returns < gone ? returns : gone;
}

/* Fill in what became of a latency's calls. */
static void account_calls(const struct trace_losses *sum, const struct missed *missed,
			  unsigned long long unseen, unsigned long long returned,
			  struct probe_losses *out)
{
	struct loss_counts *l = &out->counts;

	out->entries = sum->entered;
	if (missed->entries != MISSED_UNKNOWN) {
		out->entries += missed->entries;
		l->by[LOSS_MISSED] = missed->entries + unseen;
	}
	l->by[LOSS_ABANDONED] -= unseen;
	out->open = less(sum->entered, returned + sum->unwanted + sum->unlisted +
					       sum->lost[LOSS_DROPPED] + sum->lost[LOSS_TOO_DEEP] +
					       sum->lost[LOSS_ABANDONED]);
}

/* What the kernel missed of all events of a span, whose row is probe i. */
static unsigned long long span_missed(const struct engine *e, const struct attachments *a, size_t i)
{
	unsigned long long sum = 0;

	for (size_t j = 0; j < e->probes->count; j++) {
		unsigned int hits = e->probes->probe[j].hits;
		struct missed missed;
		bool own = false;

		for (size_t h = 0; h < e->probes->hit_count; h++)
			own = own || (hits >> h & 1 && e->probes->hit[h].row == i);
		if (!own)
			continue;
		missed = missed_read(e, a, j);
		sum = plus(sum, plus(missed.entries, missed.returns));
	}
	return sum;
}

/* Fill in what became of a span's starts. */
static void account_spans(const struct engine *e, const struct attachments *a, size_t i,
			  const struct trace_losses *sum, struct probe_losses *out)
{
	out->counts.by[LOSS_MISSED] = span_missed(e, a, i);
	out->entries = sum->entered;
	out->ended = sum->ended;
	out->no_room = sum->unlisted;
	out->open = spans_open(e, e->probes->probe[i].number);
}

void loss_read(const struct engine *e, const struct attachments *a, size_t i,
	       unsigned long long returned, struct probe_losses *out)
{
	const struct probe *p = &e->probes->probe[i];
	struct missed missed;
	struct trace_losses sum;

	memset(out, 0, sizeof(*out));
	if (p->hits)
		return; /* all that it loses its span has */
	sum_counters(e, p, &sum);
	/* After the counters: a frame that is gone because its return was missed is among these. */
	missed = probe_is_span(p) ? (struct missed){0} : missed_read(e, a, i);
	for (int cause = 0; cause < LOSS_COUNTED; cause++)
		out->counts.by[cause] = sum.lost[cause];
	if (probe_is_span(p)) {
		account_spans(e, a, i, &sum, out);
		return;
	}
	out->counts.by[LOSS_MISSED] = plus(missed.entries, missed.returns);
	if (p->type->may_skip)
		out->counts.by[LOSS_SKIPPED] = LOSS_UNKNOWN;
	if (p->kind == KIND_LATENCY)
		account_calls(&sum, &missed, returns_missed(e, p, &sum, &missed), returned, out);
}
