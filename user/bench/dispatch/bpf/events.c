// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * events.c - events, which are system calls of this thread, under a swapper that
 * runs flat out: each event is counted here and by the handler that saw it.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/dispatch/bpf/events.h"
#include "bench/dispatch/bpf/link.h"
#include "bench/dispatch/bpf/programs.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/cpus.h"

/* At most; waiting for grace periods takes a while. */
#define SECONDS 30
#define BATCH 1024

/* -- ways to swap ----------------------------------------------------------------------------- */

static int swap_selector(struct dispatch_bpf_swapper *s, unsigned int next)
{
	dispatch_selector_set(&s->b->shared->selector, dispatch_selector(next, next));
	return 0;
}

static int swap_split(struct dispatch_bpf_swapper *s, unsigned int next)
{
	/* Release: as dispatch_selector_set(), twice; reading the clock takes a while. */
	order_store_release(&s->b->shared->split[1], next);
	clock_now_ns();
	order_store_release(&s->b->shared->split[0], next);
	return 0;
}

static int update(struct dispatch_bpf_swapper *s, const char *array, const char *program)
{
	int fd = dispatch_bpf_program_fd(s->b, program);
	__u32 zero = 0;

	return bpf_map_update_elem(dispatch_bpf_map_fd(s->b, array), &zero, &fd, BPF_ANY) ? -errno
											  : 0;
}

static int swap_constant(struct dispatch_bpf_swapper *s, unsigned int next)
{
	return update(s, "event_constant",
		      next ? "event_tail_constant_1" : "event_tail_constant_0");
}

static int swap_variable(struct dispatch_bpf_swapper *s, unsigned int next)
{
	return update(s, "event_variable",
		      next ? "event_tail_variable_1" : "event_tail_variable_0");
}

static int swap_deleted(struct dispatch_bpf_swapper *s, unsigned int next)
{
	__u32 zero = 0;

	bpf_map_delete_elem(dispatch_bpf_map_fd(s->b, "event_constant"), &zero);
	return swap_constant(s, next);
}

static const struct {
	const char *program;
	int (*swap)(struct dispatch_bpf_swapper *s, unsigned int next);
	bool kept;
} ways[DISPATCH_BPF_WAYS] = {
	[DISPATCH_BPF_SWITCH] = {"event_switch", swap_selector, false},
	[DISPATCH_BPF_SWITCH_KEPT] = {"event_switch", swap_selector, true},
	[DISPATCH_BPF_SPLIT] = {"event_split", swap_split, false},
	[DISPATCH_BPF_CONSTANT] = {"event_tail_constant", swap_constant, false},
	[DISPATCH_BPF_CONSTANT_KEPT] = {"event_tail_constant", swap_constant, true},
	[DISPATCH_BPF_CONSTANT_DELETED] = {"event_tail_constant", swap_deleted, false},
	[DISPATCH_BPF_VARIABLE] = {"event_tail_variable", swap_variable, false},
};

/* -- events ----------------------------------------------------------------------------------- */

/* Returns how many there were. */
static uint64_t make_events(const struct dispatch_bpf_swapper *s, bool (*stopped)(void))
{
	uint64_t end = clock_now_ns() + SECONDS * 1000000000ULL, events = 0;

	cpu_pin(cpu_at(0, true));
	while (!stopped() && clock_now_ns() < end &&
	       (events < DISPATCH_BPF_EVENTS ||
		order_load_relaxed(&s->swaps) < DISPATCH_BPF_SWAPS)) {
		for (int i = 0; i < BATCH; i++)
			syscall(SYS_getppid);
		events += BATCH;
	}
	cpu_unpin();
	return events;
}

static void look_at(struct dispatch_bpf *b, struct dispatch_bpf_result *r, int way,
		    bool (*stopped)(void))
{
	struct dispatch_bpf_swapper s = {.b = b, .swap = ways[way].swap, .kept = ways[way].kept};
	struct bpf_program *program =
		bpf_object__find_program_by_name(b->image.object, ways[way].program);
	struct bpf_link *link;
	pthread_t swapper;
	uint64_t events;

	dispatch_bpf_reset(b);
	b->shared->tgid = (unsigned long long)getpid();
	b->shared->syscall = SYS_getppid;
	link = bpf_program__attach(program);
	if (!link || pthread_create(&swapper, NULL, dispatch_bpf_swap_flat_out, &s)) {
		snprintf(r->skipped, sizeof(r->skipped), "cannot attach to sys_enter: %s",
			 error_text(errno));
		bpf_link__destroy(link);
		return;
	}
	events = make_events(&s, stopped);
	order_store_relaxed(&s.stop, 1);
	pthread_join(swapper, NULL);
	bpf_link__destroy(link);
	dispatch_bpf_settle(r, &s, events);
}

/* What the kernel says to an update of the link that the other ways are attached by. */
static void try_raw_tp(const struct dispatch_bpf *b, struct dispatch_bpf_result *r)
{
	struct bpf_program *program =
		bpf_object__find_program_by_name(b->image.object, "event_switch");
	struct bpf_program *other =
		bpf_object__find_program_by_name(b->image.object, "event_tail_constant");
	struct bpf_link *link = bpf_program__attach(program);
	int err = link ? bpf_link__update_program(link, other) : -errno;

	bpf_link__destroy(link);
	if (err)
		snprintf(r->skipped, sizeof(r->skipped),
			 "bpf_link__update_program: %s: the kernel has no update of links of raw "
			 "tracepoints",
			 error_text(err));
	else
		snprintf(r->skipped, sizeof(r->skipped),
			 "the kernel allows the update; latchkit measures that of XDP links only");
}

void dispatch_bpf_events(struct dispatch_bpf_results *r, bool (*stopped)(void))
{
	if (!r->programs)
		return;
	for (int i = 0; i < DISPATCH_BPF_WAYS && !stopped(); i++)
		if (ways[i].program && !r->way[i].skipped[0])
			look_at(r->programs, &r->way[i], i, stopped);
	if (!stopped())
		dispatch_bpf_link_events(r->programs, &r->way[DISPATCH_BPF_LINK], stopped);
	try_raw_tp(r->programs, &r->way[DISPATCH_BPF_LINK_RAW_TP]);
}
