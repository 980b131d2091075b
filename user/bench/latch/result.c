// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* result.c - see bench/latch/result.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/latch/bpf.h"
#include "bench/latch/events.h"
#include "bench/latch/result.h"
#include "host/cpus.h"

const char *const bench_metric_names[BENCH_METRICS] = {
	"write_ns", "read_ns", "writes_per_s", "reads_per_s", "retries_per_read", "drops_per_write",
};

const char *const bench_context_names[BENCH_CONTEXTS] = {"user",   "bpf",    "syscall",
							 "raw_tp", "kprobe", "nmi"};

static unsigned int sum(const unsigned int *count, int first)
{
	unsigned int all = 0;

	for (int place = first; place < BENCH_CONTEXTS; place++)
		all += count[place];
	return all;
}

unsigned int bench_load_writers(const struct bench_load *load)
{
	return sum(load->writers, 0);
}

unsigned int bench_load_readers(const struct bench_load *load)
{
	return sum(load->readers, 0);
}

bool bench_load_in_bpf(const struct bench_load *load)
{
	return sum(load->writers, BENCH_BPF) + sum(load->readers, BENCH_BPF);
}

bool bench_load_has(const struct bench_load *load, enum bench_metric metric)
{
	switch (metric) {
	case BENCH_WRITES_PER_S:
	case BENCH_DROPS_PER_WRITE:
		return bench_load_writers(load);
	case BENCH_READS_PER_S:
	case BENCH_RETRIES_PER_READ:
		return bench_load_readers(load);
	default:
		return true;
	}
}

struct bench_estimate bench_result_of(const struct bench_result *r, enum bench_metric metric)
{
	if (!bench_load_has(r->load, metric))
		return (struct bench_estimate){0};
	return bench_estimate_of(r->value[metric], r->rounds);
}

unsigned int bench_retries_percentile(const struct bench_result *r, double percent)
{
	lk_u64 all = 0, below = 0;

	for (unsigned int i = 0; i < BENCH_RETRIES; i++)
		all += r->retried[i];
	for (unsigned int i = 0; i < BENCH_RETRIES; i++) {
		below += r->retried[i];
		if ((double)below * 100 >= (double)all * percent)
			return i;
	}
	return BENCH_RETRIES;
}

bool bench_result_noisy(const struct bench_result *r)
{
	bool noisy = false;

	for (int m = BENCH_WRITE_NS; m <= BENCH_READS_PER_S; m++) {
		struct bench_estimate e = bench_result_of(r, (enum bench_metric)m);

		noisy |= bench_is_noisy(&e);
	}
	return noisy;
}

/* Events that cannot be had here are told before anything is measured. */
static void try_events(struct bench_result *r)
{
	for (int place = BENCH_RAW_TP; !r->skipped[0] && place < BENCH_CONTEXTS; place++) {
		struct bench_thread t = {.event = (unsigned int)(place - BENCH_RAW_TP),
					 .cpu = (unsigned int)cpu_at(0, true)};
		int err = r->load->writers[place] ? bench_events_attach(r->bpf, &t) : 0;

		if (err)
			snprintf(r->skipped, sizeof(r->skipped),
				 "%s: cannot attach: %s; see latchkit doctor",
				 bench_context_names[place], strerror(-err));
		bench_events_detach(r->bpf);
	}
}

int bench_result_init(struct bench_result *r, const struct bench_subject *subject,
		      const struct bench_load *load, size_t rounds)
{
	memset(r, 0, sizeof(*r));
	r->subject = subject;
	r->load = load;
	r->memory_bytes = 8 * subject->loops->memory_words(&load->shape);
	for (int m = 0; m < BENCH_METRICS; m++) {
		r->value[m] = calloc(rounds, sizeof(double));
		if (!r->value[m])
			return -ENOMEM;
	}
	if (!bench_load_in_bpf(load) && !subject->in_bpf_only)
		return 0;
	if (!bench_load_in_bpf(load))
		snprintf(r->skipped, sizeof(r->skipped), "is there in BPF only");
	else if (subject->in_bpf_only &&
		 (load->writers[BENCH_BPF] < bench_load_writers(load) || load->readers[BENCH_BPF]))
		snprintf(r->skipped, sizeof(r->skipped), "programs write, user space reads");
	if (r->skipped[0])
		return 0;
	if (subject->in_bpf)
		r->bpf = bench_bpf_open(subject, &load->shape, sum(load->writers, BENCH_RAW_TP),
					r->skipped, sizeof(r->skipped));
	else
		snprintf(r->skipped, sizeof(r->skipped), "is not there in BPF");
	r->refused = subject->in_bpf && !r->bpf;
	if (r->bpf)
		try_events(r);
	return 0;
}

void bench_result_count_code(struct bench_result *r)
{
	struct bpf_program *program = NULL;

	r->code.locked = -1;
	if (r->subject->is_peer || r->skipped[0])
		return;
	if (r->load->writers[BENCH_USER] || !r->bpf)
		r->code = bench_code_of_c(r->subject->name, r->load->shape.accumulate);
	else
		/* Of an NMI's program: one write. */
		program = bench_bpf_program(r->bpf, "nmi_");
	if (program)
		r->code = bench_code_of_program(bpf_program__fd(program));
}

void bench_result_free(struct bench_result *r)
{
	for (int m = 0; m < BENCH_METRICS; m++)
		free(r->value[m]);
	bench_bpf_close(r->bpf);
	memset(r, 0, sizeof(*r));
}
