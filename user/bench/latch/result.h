/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - loads, and what was measured of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_LATCH_RESULT_H
#define LATCHKIT_USER_BENCH_LATCH_RESULT_H

#include "bench/core/code.h"
#include "bench/core/pmu.h"
#include "bench/core/stats.h"
#include "bench/latch/subject.h"

/* What is measured once a round. */
enum bench_metric {
	BENCH_WRITE_NS, /* of one write, alone */
	BENCH_READ_NS, /* of one read, alone */
	BENCH_WRITES_PER_S, /* of all writers, refused ones left out */
	BENCH_READS_PER_S, /* of all readers */
	BENCH_RETRIES_PER_READ,
	BENCH_DROPS_PER_WRITE,
	BENCH_METRICS
};

/* Their names in every output. */
extern const char *const bench_metric_names[BENCH_METRICS];

/*
 * Where a writer runs: user space; a BPF program by test run, at a raw tracepoint or a kprobe that
 * its thread hits by system calls, or in the NMI of a watchpoint (x86) that its thread hits by
 * stores. A reader runs in user space (by mmap), in a BPF program, or in user space with a system
 * call for each read: the test run of a program that reads, or, of a peer, the lookup.
 */
enum bench_context {
	BENCH_USER,
	BENCH_BPF,
	BENCH_SYSCALL,
	BENCH_RAW_TP,
	BENCH_KPROBE,
	BENCH_NMI,
	BENCH_CONTEXTS
};

extern const char *const bench_context_names[BENCH_CONTEXTS];

/* The load: one thread on each CPU. With a BPF program among them the memory is a BPF map's. */
struct bench_load {
	struct bench_shape shape;
	unsigned int writers[BENCH_CONTEXTS], readers[BENCH_CONTEXTS];
	double rate_per_s; /* of each writer in user space; 0: flat out */
	unsigned int slice_ms; /* how long they run, each round */
	bool oversubscribe; /* more threads than CPUs: share them */
};

/* What became of one subject under one load. */
struct bench_result {
	const struct bench_subject *subject;
	const struct bench_load *load;
	char skipped[128]; /* why it was not measured; empty: it was */
	bool refused; /* it was, by this kernel or for want of privilege */
	struct bench_bpf *bpf; /* NULL: in memory of user space */
	size_t rounds;
	double *value[BENCH_METRICS]; /* one for each round; all 0 for what the load has not */
	struct bench_times write_times, read_times; /* sampled under load, clock included */
	lk_u64 retried[BENCH_RETRIES], retries_max; /* of reads under load */
	lk_u64 checked, torn;
	struct bench_pmu_count write_counts, read_counts; /* alone */
	size_t memory_bytes;
	struct bench_code code; /* of one write, where the first writer runs */
};

/* How many write and read, wherever they run. */
unsigned int bench_load_writers(const struct bench_load *load);
unsigned int bench_load_readers(const struct bench_load *load);
bool bench_load_in_bpf(const struct bench_load *load);
/* Is the metric measured under this load? */
bool bench_load_has(const struct bench_load *load, enum bench_metric metric);
/* The median of a metric and its interval. */
struct bench_estimate bench_result_of(const struct bench_result *r, enum bench_metric metric);
/* That many of a hundred reads are not retried more often. */
unsigned int bench_retries_percentile(const struct bench_result *r, double percent);
/* Is any of its metrics too unsteady to rank by? */
bool bench_result_noisy(const struct bench_result *r);
/*
 * Room for `rounds` rounds, and BPF programs where the load asks for them; if these cannot be had
 * the result is skipped. Returns 0 or -ENOMEM; bench_result_free() in either case.
 */
int bench_result_init(struct bench_result *r, const struct bench_subject *subject,
		      const struct bench_load *load, size_t rounds);
void bench_result_free(struct bench_result *r);
/* Count the locked instructions of a write. Those of peers are in libraries: not known. */
void bench_result_count_code(struct bench_result *r);

#endif /* LATCHKIT_USER_BENCH_LATCH_RESULT_H */
