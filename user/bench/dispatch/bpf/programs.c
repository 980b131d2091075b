// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* programs.c - see bench/dispatch/bpf/programs.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/dispatch/bpf/programs.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/cpus.h"

int dispatch_bpf_program_fd(const struct dispatch_bpf *b, const char *name)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(b->image.object, name);

	return p ? bpf_program__fd(p) : -1;
}

int dispatch_bpf_map_fd(const struct dispatch_bpf *b, const char *name)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(b->image.object, name);

	return map ? bpf_map__fd(map) : -1;
}

void dispatch_bpf_reset(struct dispatch_bpf *b)
{
	static const char *const arrays[] = {"time_constant", "time_variable", "event_constant",
					     "event_variable"};
	static const char *const kinds[] = {"time_tail_constant_0", "time_tail_variable_0",
					    "event_tail_constant_0", "event_tail_variable_0"};
	__u32 zero = 0;

	*b->shared = (struct dispatch_bpf_shared){.says = {1, 2}};
	for (int i = 0; i < 4; i++) {
		int fd = dispatch_bpf_program_fd(b, kinds[i]);

		bpf_map_update_elem(dispatch_bpf_map_fd(b, arrays[i]), &zero, &fd, BPF_ANY);
	}
}

void dispatch_bpf__free(struct dispatch_bpf *b)
{
	if (b)
		bpf_image_close(&b->image);
	free(b);
}

struct dispatch_bpf *dispatch_bpf__new(int *err)
{
	struct dispatch_bpf *b = calloc(1, sizeof(*b));

	*err = b ? bpf_image_open(&b->image, "bench", "dispatch") : -ENOMEM;
	*err = *err ? *err : bpf_image_load(&b->image);
	if (!*err) {
		b->shared = bpf_image_global(&b->image, "shared");
		*err = b->shared ? 0 : -ENOENT;
	}
	if (!*err)
		return b;
	dispatch_bpf__free(b);
	return NULL;
}

uint64_t dispatch_bpf_calls(const struct dispatch_bpf *b)
{
	/* Relaxed: counted by the CPU that looks, or it looks again. */
	return order_load_relaxed(&b->shared->calls[0]) + order_load_relaxed(&b->shared->calls[1]);
}

int dispatch_bpf_grace_period(const struct dispatch_bpf *b)
{
	int inner = dispatch_bpf_map_fd(b, "inner");
	__u32 zero = 0;

	/* The kernel returns when no program can still use the map that was there. */
	return bpf_map_update_elem(dispatch_bpf_map_fd(b, "grace_period"), &zero, &inner, BPF_ANY)
		       ? -errno
		       : 0;
}

static void swap_once(struct dispatch_bpf_swapper *s)
{
	struct dispatch_bpf_shared *shared = s->b->shared;
	unsigned int next = ++s->swaps & 1;
	/* Reading the clock first leaves the other context retired for a while. */
	uint64_t start = clock_now_ns();

	/* Release: the context is ready before its handler can be found. */
	order_store_release(&shared->says[next], next + 1);
	if (s->swap(s, next) || (s->kept && dispatch_bpf_grace_period(s->b)))
		s->failed++;
	s->ns += clock_now_ns() - start;
	/* Release: nobody sees it retired before the swap was done. */
	order_store_release(&shared->says[!next], 0);
}

void *dispatch_bpf_swap_flat_out(void *swapper)
{
	struct dispatch_bpf_swapper *s = swapper;

	cpu_pin(cpu_at(1, true));
	/* Relaxed: only to end. */
	while (!order_load_relaxed(&s->stop)) {
		swap_once(s);
		if (s->failed)
			break;
	}
	return NULL;
}

void dispatch_bpf_settle(struct dispatch_bpf_result *r, const struct dispatch_bpf_swapper *s,
			 uint64_t events)
{
	const struct dispatch_bpf_shared *shared = s->b->shared;

	r->had_events = true;
	r->events = events;
	r->calls = dispatch_bpf_calls(s->b);
	r->missed = events - r->calls;
	r->mixed = shared->mixed;
	r->late = shared->late;
	r->swaps = s->swaps;
	r->swap_ns = s->swaps ? (double)s->ns / (double)s->swaps : 0;
	if (s->failed)
		snprintf(r->skipped, sizeof(r->skipped), "swap number %llu was refused: %s",
			 s->swaps, error_text(errno));
}
