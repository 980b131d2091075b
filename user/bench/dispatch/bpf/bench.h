/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bench.h - handlers in BPF programs that are swapped: what a dispatch costs, by test
 * run, and what becomes of events while a swapper runs flat out, counted one by one.
 */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_BPF_BENCH_H
#define LATCHKIT_USER_BENCH_DISPATCH_BPF_BENCH_H

#include <bpf/libbpf.h>

#include <latchkit/dispatch.h>

#include "bench/core/plan.h"
#include "bpf/bench/dispatch_shared.h"
#include "object/image.h"

/* Events of one look; each ends when they have happened and the handler was swapped often enough.
 */
#define DISPATCH_BPF_EVENTS 1000000
#define DISPATCH_BPF_SWAPS 20

enum dispatch_bpf_way {
	DISPATCH_BPF_INLINED,
	DISPATCH_BPF_CALL,
	DISPATCH_BPF_SWITCH,
	DISPATCH_BPF_SWITCH_KEPT,
	DISPATCH_BPF_SPLIT,
	DISPATCH_BPF_CONSTANT,
	DISPATCH_BPF_CONSTANT_KEPT,
	DISPATCH_BPF_CONSTANT_DELETED,
	DISPATCH_BPF_VARIABLE,
	DISPATCH_BPF_LINK,
	DISPATCH_BPF_LINK_RAW_TP,
	DISPATCH_BPF_WAYS
};

struct dispatch_bpf_result {
	struct bench_cell cell; /* its metric: ns of one dispatch; has[0]: it is timed */
	/* While events happened: */
	bool had_events;
	uint64_t events, calls, missed, mixed, late, swaps;
	double swap_ns; /* mean, of what counts as one swap */
};

struct dispatch_bpf {
	struct bpf_image image;
	struct dispatch_bpf_shared *shared;
};

/* A way to swap; called by the swapper only. */
struct dispatch_bpf_swapper {
	struct dispatch_bpf *b;
	/* Put in handler `next`. Returns 0 or a negative errno. */
	int (*swap)(struct dispatch_bpf_swapper *s, unsigned int next);
	bool kept; /* wait for a grace period of the kernel, too */
	struct bpf_link *link; /* for those that update one */
	/* Found: */
	lk_u64 stop, swaps, failed;
	uint64_t ns;
};

/* The file descriptor of a program or a map of that name; -1: there is none. */
int dispatch_bpf_program_fd(const struct dispatch_bpf *b, const char *name);
int dispatch_bpf_map_fd(const struct dispatch_bpf *b, const char *name);
/* All counts 0, handler 0 in. */
void dispatch_bpf_reset(struct dispatch_bpf *b);
/* Events that were handled so far. */
uint64_t dispatch_bpf_calls(const struct dispatch_bpf *b);
/* Swap flat out until s->stop is set; a thread, with a struct dispatch_bpf_swapper. */
void *dispatch_bpf_swap_flat_out(void *swapper);
/* What was counted, into the result, after so many events. */
void dispatch_bpf_settle(struct dispatch_bpf_result *r, const struct dispatch_bpf_swapper *s,
			 uint64_t events);

struct dispatch_bpf_results {
	struct dispatch_bpf_result way[DISPATCH_BPF_WAYS];
	struct dispatch_bpf *programs; /* NULL: not loaded */
};

/*
 * Load the programs and make room for that many rounds. Whatever cannot be had is skipped with the
 * reason. Returns 0 or -ENOMEM; dispatch_bpf_close() in either case.
 */
int dispatch_bpf_open(struct dispatch_bpf_results *r, size_t rounds);
void dispatch_bpf_close(struct dispatch_bpf_results *r);
/* Time each way once; append it, unless it is a warm-up. */
void dispatch_bpf_round(struct dispatch_bpf_results *r, bool warm_up);

#endif /* LATCHKIT_USER_BENCH_DISPATCH_BPF_BENCH_H */
