// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench.c - loads the programs of bpf/bench/dispatch.bpf.c and times them by test run. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/dispatch/bpf/bench.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/cpus.h"

/* Runs of a program in one test run: a millisecond or a few. */
#define REPEAT 10000

/* The ways; `ops` is the name of the program that does DISPATCH_BPF_STEPS dispatches, if any. */
#define WAY(which, its_name, timed, text) \
	[DISPATCH_BPF_##which] = {.name = its_name, .ops = timed, .promise = text}
static const struct bench_subject ways[DISPATCH_BPF_WAYS] = {
	WAY(INLINED, "bpf_inlined", "time_inlined",
	    "the handler's code in the program: what no dispatch costs"),
	WAY(CALL, "bpf_call", "time_call", "a call of a function of the program"),
	WAY(SWITCH, "bpf_switch", "time_switch", "a selector word in a map and a switch"),
	WAY(SWITCH_KEPT, "bpf_switch_kept", NULL,
	    "the same, and a swap waits for a grace period of the kernel"),
	WAY(SPLIT, "bpf_switch_split", NULL,
	    "handler and context in two words: calls must be mixed"),
	WAY(CONSTANT, "bpf_tail_constant", "time_tail_constant",
	    "a tail call at a constant index, swapped by updating the program array"),
	WAY(CONSTANT_KEPT, "bpf_tail_kept", NULL, "the same, and a swap waits for a grace period"),
	WAY(CONSTANT_DELETED, "bpf_tail_deleted", NULL,
	    "the same, swapped by deleting and updating: events must be missed"),
	WAY(VARIABLE, "bpf_tail_variable", "time_tail_variable",
	    "a tail call at an index from a map, swapped by updating the program array"),
	WAY(LINK, "bpf_link", NULL, "no dispatch: the program of an XDP link is updated"),
	WAY(LINK_RAW_TP, "bpf_link_raw_tp", NULL, "the same of a raw tracepoint's link"),
};

/* -- the programs ----------------------------------------------------------------------------- */

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

static void dispatch_bpf__free(struct dispatch_bpf *b)
{
	if (b)
		bpf_image_close(&b->image);
	free(b);
}

static struct dispatch_bpf *dispatch_bpf__new(int *err)
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

/* Wait until no program that began before is running. Returns 0 or a negative errno. */
static int grace_period(const struct dispatch_bpf *b)
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
	if (s->swap(s, next) || (s->kept && grace_period(s->b)))
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
		snprintf(r->cell.skipped, sizeof(r->cell.skipped),
			 "swap number %llu was refused: %s", s->swaps, error_text(errno));
}

/* -- each way, timed -------------------------------------------------------------------------- */

static void skip_all(struct dispatch_bpf_results *r, int err)
{
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++)
		snprintf(r->way[i].cell.skipped, sizeof(r->way[i].cell.skipped),
			 err == -EPERM ? "%s: BPF programs need root, or CAP_BPF, CAP_PERFMON and "
					 "CAP_NET_ADMIN"
				       : "the kernel refuses the programs: %s",
			 error_text(err));
}

int dispatch_bpf_open(struct dispatch_bpf_results *r, size_t rounds)
{
	int err;

	memset(r, 0, sizeof(*r));
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++) {
		r->way[i].cell.subject = &ways[i];
		if (!bench_cell_init(&r->way[i].cell, ways[i].ops != NULL, rounds))
			return -ENOMEM;
	}
	r->programs = dispatch_bpf__new(&err);
	if (!r->programs)
		skip_all(r, err);
	return 0;
}

void dispatch_bpf_close(struct dispatch_bpf_results *r)
{
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++)
		bench_cell_free(&r->way[i].cell);
	dispatch_bpf__free(r->programs);
	memset(r, 0, sizeof(*r));
}

/* Nanoseconds of one run, as the kernel counts; negative: refused. */
static double run_ns(const struct dispatch_bpf *b, const char *program)
{
	char packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = REPEAT);

	if (bpf_prog_test_run_opts(dispatch_bpf_program_fd(b, program), &opts))
		return -1;
	return opts.duration;
}

void dispatch_bpf_round(struct dispatch_bpf_results *r, bool warm_up)
{
	double empty;

	if (!r->programs)
		return;
	cpu_pin(cpu_at(0, true));
	dispatch_bpf_reset(r->programs);
	empty = run_ns(r->programs, "time_empty");
	for (int i = 0; i < DISPATCH_BPF_WAYS; i++) {
		struct bench_cell *c = &r->way[i].cell;
		double ns = c->has[0] ? run_ns(r->programs, ways[i].ops) : 0;

		if (ns < 0 || empty < 0)
			snprintf(c->skipped, sizeof(c->skipped), "test run: %s", error_text(errno));
		ns = (ns - empty) / DISPATCH_BPF_STEPS;
		if (c->has[0] && !c->skipped[0] && !warm_up)
			bench_cell_add(c, &ns, 1);
	}
	cpu_unpin();
}
