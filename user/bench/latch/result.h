/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - loads, and what was measured of one subject under one load. */
#ifndef LATCHKIT_USER_BENCH_LATCH_RESULT_H
#define LATCHKIT_USER_BENCH_LATCH_RESULT_H

#include "bench/core/code.h"
#include "bench/core/pmu.h"
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
struct bench_latch_load {
	struct bench_shape shape;
	unsigned int writers[BENCH_CONTEXTS], readers[BENCH_CONTEXTS];
	double rate_per_s; /* of each writer in user space; 0: flat out */
};

/* What became of one subject under one load. */
struct bench_latch_result {
	struct bench_cell cell;
	bool refused; /* skipped by this kernel, or for want of privilege */
	struct bench_bpf *bpf; /* NULL: in memory of user space */
	struct bench_times write_times, read_times; /* sampled under load, clock included */
	lk_u64 retried[BENCH_RETRIES], retries_max; /* of reads under load */
	lk_u64 checked, torn;
	struct bench_pmu_count write_counts, read_counts; /* alone */
	struct bench_code code; /* of one write, where the first writer runs */
};

extern const struct bench_reports bench_latch_reports;

static inline const struct bench_latch *bench_latch_of(const struct bench_cell *cell)
{
	return (const struct bench_latch *)cell->subject;
}

static inline const struct bench_latch_load *bench_latch_load_of(const struct bench_cell *cell)
{
	return cell->load;
}

static inline struct bench_latch_result *bench_latch_result_of(const struct bench_cell *cell)
{
	return (struct bench_latch_result *)cell;
}

/* How many write and read, wherever they run. */
unsigned int bench_load_writers(const struct bench_latch_load *load);
unsigned int bench_load_readers(const struct bench_latch_load *load);
/* Is the metric measured under this load? */
bool bench_load_has(const struct bench_latch_load *load, enum bench_metric metric);
/* "user:1,bpf:1" or "none"; `user` is how threads of user space are called. As snprintf(). */
int bench_contexts_describe(const unsigned int *count, const char *user, char *buf, size_t size);
/* The load in words: who writes, who reads, how often. */
void bench_load_describe(const void *load, char *buf, size_t size);
/* Bytes of the memory that a subject takes under its load. */
size_t bench_latch_bytes(const struct bench_cell *cell);
/* That many of a hundred reads are not retried more often. */
unsigned int bench_retries_percentile(const struct bench_latch_result *r, double percent);

/* Who is ahead under a load, and by how much, where that can be told at all. */
struct bench_rank {
	const struct bench_cell *cell;
	/*
	 * The one before it has `lead` times as much, compared round by round; 0: no difference, or
	 * it is the first.
	 */
	double lead;
};

/*
 * Order the sound subjects under load number l by a rate, most first. `ranks` has room for all
 * subjects. Returns how many there are.
 */
size_t bench_rank(const struct bench_plan *plan, size_t l, enum bench_metric metric,
		  struct bench_rank *ranks);

/*
 * For struct bench: load BPF programs where the load asks for them; if these cannot be had the
 * result is skipped. Returns 0.
 */
int bench_latch_result_init(struct bench_plan *plan, struct bench_cell *cell);
void bench_latch_result_free(struct bench_cell *cell);
/* For struct bench: count the locked instructions of a write. Those of peers are in libraries. */
void bench_latch_count_code(struct bench_plan *plan, int err);

#endif /* LATCHKIT_USER_BENCH_LATCH_RESULT_H */
