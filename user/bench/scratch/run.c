// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * run.c - one round of bench scratch: load the programs of the subject, run them in batches, in
 * turn with the empty loop, and take the medians.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/scratch/run.h"
#include "bpf/bench/scratch_shared.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/cpus.h"
#include "object/image.h"

/* Batches that are kept of a slice. */
#define TIMES 4096
/* Batches of claims within each other, of a round. */
#define NESTED 20

struct loaded {
	const struct bench_scratch_ops *ops;
	struct bpf_image image;
	struct bench_scratch_run *run;
	struct ring_buffer *ring; /* who empties it */
	char program[32], nested[32]; /* names */
	const struct bpf_program *found[2]; /* empty, program */
};

static int ignore_record(void *ctx, void *record, size_t size)
{
	(void)ctx;
	(void)record;
	(void)size;
	return 0;
}

static int find_all(struct loaded *l)
{
	struct bpf_map *ring = bpf_object__find_map_by_name(l->image.object, "ring");

	l->run = bpf_image_global(&l->image, "run");
	l->found[0] = bpf_object__find_program_by_name(l->image.object, "lk_bench_empty");
	l->found[1] = bpf_object__find_program_by_name(l->image.object, l->program);
	if (!l->run || !l->found[0] || !l->found[1] || !ring)
		return -ENOENT;
	l->run->random = 0x9e3779b97f4a7c15ULL;
	l->ring = ring_buffer__new(bpf_map__fd(ring), ignore_record, NULL, NULL);
	return l->ring ? 0 : -errno;
}

static int load(struct loaded *l, const struct bench_subject *subject, unsigned int ways)
{
	const char *wanted[] = {"lk_bench_empty", l->program, l->nested, NULL};
	int err;

	*l = (struct loaded){.ops = subject->ops};
	if (l->ops->kind == BENCH_SCRATCH_WAYS) {
		snprintf(l->program, sizeof(l->program), "lk_bench_%s%u", l->ops->program, ways);
		snprintf(l->nested, sizeof(l->nested), "lk_bench_nest%u", ways);
	} else {
		snprintf(l->program, sizeof(l->program), "lk_bench_%s", l->ops->program);
		wanted[2] = NULL;
	}
	err = bpf_image_open(&l->image, "bench", "scratch");
	if (err)
		return err;
	bpf_image_want(&l->image, wanted);
	err = bpf_image_load(&l->image);
	return err ? err : find_all(l);
}

static void unload(struct loaded *l)
{
	ring_buffer__free(l->ring);
	bpf_image_close(&l->image);
}

static int call(const struct loaded *l, const struct bpf_program *program, bool raw)
{
	char packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));
	LIBBPF_OPTS(bpf_test_run_opts, nothing);
	int fd = bpf_program__fd(program);

	l->run->count = BENCH_SCRATCH_BATCH;
	return bpf_prog_test_run_opts(fd, raw ? &nothing : &opts) ? -errno : 0;
}

/* Run both in turn, for so long; times[0] are those of the empty loop. */
static int measure(struct loaded *l, unsigned int ms, double (*times)[TIMES], size_t *count,
		   struct bench_scratch_result *found)
{
	uint64_t end = clock_now_ns() + (ms ? ms : 1) * 1000000ULL;
	int err = 0;

	for (*count = 0; !err && *count < TIMES; ++*count) {
		for (int i = 0; i < 2 && !err; i++) {
			err = call(l, l->found[i], i && l->ops->kind == BENCH_SCRATCH_RAW_TP);
			times[i][*count] = (double)l->run->ns / BENCH_SCRATCH_BATCH;
		}
		found->turns += l->run->claims;
		found->failed += l->run->refused;
		ring_buffer__consume(l->ring);
		if (*count && clock_now_ns() >= end)
			break;
	}
	return err;
}

static int nest(struct loaded *l, struct bench_scratch_result *found)
{
	const struct bpf_program *p;
	int err = 0;

	if (l->ops->kind != BENCH_SCRATCH_WAYS)
		return 0;
	p = bpf_object__find_program_by_name(l->image.object, l->nested);
	for (int i = 0; i < NESTED && !err; i++) {
		err = p ? call(l, p, false) : -ENOENT;
		found->claims += l->run->claims;
		found->refused += l->run->refused;
	}
	return err;
}

static void explain(int err, char *buf, size_t size)
{
	if (err == -EPERM || err == -EACCES)
		snprintf(buf, size,
			 "%s: BPF programs need root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: "
			 "run it as root, such as by sudo",
			 error_text(err));
	else
		snprintf(buf, size, "this kernel has not what it needs: %s%s%s", error_text(err),
			 bpf_image_complaint()[0] ? ": " : "", bpf_image_complaint());
}

const char *bench_scratch_refused(const struct bench_subject *subject)
{
	static char why[256];
	struct loaded l;
	int err = load(&l, subject, 4);

	unload(&l);
	if (!err)
		return NULL;
	explain(err, why, sizeof(why));
	return why;
}

int bench_scratch_round(struct bench_plan *plan, struct bench_cell *cell, double *value,
			bool warm_up)
{
	const struct bench_scratch_load *wanted = cell->load;
	struct bench_scratch_result *r = (struct bench_scratch_result *)cell;
	struct bench_scratch_result found = {.turns = 0};
	double(*times)[TIMES] = calloc(2, sizeof(*times));
	struct loaded l;
	size_t count = 0;
	int err;

	if (!times)
		return -ENOMEM;
	err = load(&l, cell->subject, wanted->ways);
	if (err) {
		explain(err, cell->skipped, sizeof(cell->skipped));
	} else {
		cpu_pin(cpu_at(0, true));
		err = measure(&l, plan->slice_ms, times, &count, &found);
		err = err ? err : nest(&l, &found);
		cpu_unpin();
		if (err)
			explain(err, cell->skipped, sizeof(cell->skipped));
		else
			value[BENCH_SCRATCH_NS] =
				bench_median(times[1], count) - bench_median(times[0], count);
	}
	if (!err && !warm_up) {
		r->turns += found.turns;
		r->failed += found.failed;
		r->claims += found.claims;
		r->refused += found.refused;
	}
	unload(&l);
	free(times);
	return 0;
}
