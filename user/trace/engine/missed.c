// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* missed.c - see trace/engine/missed.h. */
#include <bpf/bpf.h>

#include "trace/engine/engine.h"
#include "trace/engine/missed.h"
#include "trace/probe/type.h"

#define LINK_TYPE_PERF_EVENT 7

/*
 * struct bpf_link_info of Linux 6.7, which tells what a kprobe missed, up to that number; the
 * headers here may be older. An older kernel refuses what it does not know, or leaves it alone.
 */
struct link_info {
	__u32 type, id, prog_id;
	__u32 event_type __attribute__((aligned(8)));
	__u64 name __attribute__((aligned(8)));
	__u32 name_length, offset;
	__u64 address;
	__u64 missed;
};

static unsigned long long plus(unsigned long long a, unsigned long long b)
{
	return a == MISSED_UNKNOWN || b == MISSED_UNKNOWN ? MISSED_UNKNOWN : a + b;
}

/* Of a return probe: calls for which it had no room, besides what was missed at entries. */
static unsigned long long link_missed(int fd)
{
	struct link_info info = {.missed = MISSED_UNKNOWN};
	__u32 length = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, (struct bpf_link_info *)&info, &length) ||
	    info.type != LINK_TYPE_PERF_EVENT)
		return MISSED_UNKNOWN;
	return info.missed;
}

/* Runs that the kernel refused to a program because it was running on that CPU already. */
static unsigned long long recursion_misses(int fd)
{
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &length) ? MISSED_UNKNOWN : info.recursion_misses;
}

static unsigned long long watched_count(const struct watched *w)
{
	unsigned long long now = w->is_program ? recursion_misses(w->fd) : link_missed(w->fd);

	return now == MISSED_UNKNOWN ? now : now - w->base;
}

void missed_begin(struct attachments *a)
{
	for (size_t n = 0; n < a->watched_count; n++) {
		unsigned long long now = watched_count(&a->watched[n]);

		a->watched[n].base = now == MISSED_UNKNOWN ? 0 : now;
	}
}

/* Add what the probe's watched links and programs tell. Returns whether there are any. */
static bool read_watched(const struct attachments *a, size_t i, struct missed *out)
{
	bool any = false;

	for (size_t n = 0; n < a->watched_count; n++) {
		const struct watched *w = &a->watched[n];
		unsigned long long *to = w->is_exit ? &out->returns : &out->entries;

		if (w->probe != i)
			continue;
		any = true;
		*to = plus(*to, watched_count(w));
	}
	if (plus(out->entries, out->returns) == MISSED_UNKNOWN)
		out->entries = out->returns = MISSED_UNKNOWN;
	return any;
}

/* Of programs that serve all probes of a type. */
static void add_type(const struct engine *e, const struct probe_type *type, struct missed *out)
{
	for (int i = 0; type->programs[i]; i++) {
		unsigned long long *to =
			probe_type_is_exit(type, i) ? &out->returns : &out->entries;

		*to = plus(*to,
			   recursion_misses(bpf_program__fd(engine_program(e, type->programs[i]))));
	}
}

struct missed missed_read(const struct engine *e, const struct attachments *a, size_t i)
{
	const struct probe *p = &e->probes->probe[i];
	struct missed missed = {0};

	if (read_watched(a, i, &missed))
		return missed;
	if (a->program[i] >= 0)
		missed.entries = recursion_misses(a->program[i]);
	else if (p->type->may_skip)
		return missed; /* what is not run is `skipped` */
	else if (p->type->attach && p->kind != KIND_SAMPLE)
		missed.entries = missed.returns = MISSED_UNKNOWN;
	else if (!p->type->attach && probe_list_first(e->probes, p->type) == i)
		add_type(e, p->type, &missed);
	return missed;
}
