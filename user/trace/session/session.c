// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* session.c - see trace/session/session.h */
#include "host/clock.h"
#include "trace/session/session.h"

void trace_report_failed(struct trace *t, int err)
{
	t->write_errno = t->write_errno ? t->write_errno : err;
}

double trace_elapsed_s(const struct trace *t)
{
	return (double)(t->now_ns - t->start_ns) / 1e9;
}

double trace_age_s(const struct trace *t)
{
	return (double)(clock_now_ns() - t->start_ns) / 1e9;
}

unsigned long long trace_delta(const struct trace *t, size_t i)
{
	return probe_view_count(&t->reader->view[i]) - t->previous[i];
}

double trace_rate_hz(const struct trace *t, size_t i)
{
	unsigned long long ns = t->now_ns - t->last_ns;

	return ns ? (double)trace_delta(t, i) * 1e9 / (double)ns : 0;
}

bool trace_shows(const struct trace *t, size_t i)
{
	return !t->probes.probe[i].optional || trace_delta(t, i);
}

unsigned long long trace_handled(const struct trace *t, enum trace_handler handler)
{
	unsigned long long sum = 0;

	for (size_t i = 0; i < t->probes.count; i++)
		sum += t->reader->view[i].handled[handler];
	return sum;
}

struct loss_counts trace_losses_sum(const struct trace *t)
{
	struct loss_counts sum = {0};

	for (size_t i = 0; i < t->probes.count; i++)
		loss_add(&sum, &t->reader->view[i].losses);
	return sum;
}

unsigned long long trace_zero_divisors(const struct trace *t)
{
	return t->engine->counted ? t->engine->counted->zero_divisors : 0;
}

unsigned long long trace_unread_user(const struct trace *t)
{
	return t->engine->counted ? t->engine->counted->unread_user : 0;
}

unsigned long long trace_own_stacks(const struct trace *t)
{
	return t->engine->counted ? t->engine->counted->own_stacks : 0;
}

const char *trace_context_name(unsigned long long context)
{
	static const char *const names[SAMPLED_KINDS] = {
		[SAMPLED_UNKNOWN] = "unknown", [SAMPLED_TASK] = "task",
		[SAMPLED_SOFTIRQ] = "softirq", [SAMPLED_HARDIRQ] = "hardirq",
		[SAMPLED_NMI] = "nmi",	       [SAMPLED_USER] = "user",
		[SAMPLED_IDLE] = "idle",
	};

	return context < SAMPLED_KINDS ? names[context] : "unknown";
}

bool trace_process(const struct trace *t, unsigned int tid, unsigned long long start_ns,
		   struct process *found)
{
	return t->processes && processes_find(t->processes, tid, start_ns, found);
}

bool trace_cgroup(const struct trace *t, unsigned long long id, char *path, size_t size)
{
	return t->processes && processes_cgroup(t->processes, id, path, size);
}
