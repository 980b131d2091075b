/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bpf.h - a latch in the memory of a BPF map, which programs of bpf/bench/latch.bpf.c write and
 * read in loops, by test run: at the speed of compiled programs, with nothing attached. User
 * space reads and writes the same memory through mmap. Peers of bpf/bench/maps.bpf.c: the same,
 * but that user space reads by system call, see bench/latch/maps.c.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_BPF_H
#define LATCHKIT_USER_BENCH_LATCH_BPF_H

#include <bpf/libbpf.h>

#include "bench/latch/subject.h"
#include "bpf/bench/latch_shared.h"
#include "object/image.h"

/* Operations that are worth a system call. */
#define BENCH_BPF_BATCH 16384

/* The links of programs that are attached: at most one for each CPU and kind. */
#define BENCH_BPF_LINKS 16

struct bench_bpf {
	const struct bench_latch *subject;
	struct bench_shape shape;
	bool events; /* with the programs that events run */
	struct bpf_image image;
	struct bpf_map *map; /* that holds the record */
	struct ring_buffer *ring; /* its consumer, made when first asked for */
	lk_u64 *memory; /* of the latch, page-aligned, as user space sees it; NULL: it does not */
	size_t memory_bytes;
	struct bench_bpf_buffers *buffers; /* what events have done */
	int write_fd, read_fd; /* programs */
	struct bpf_link *links[BENCH_BPF_LINKS];
};

/*
 * Load the programs of a subject for a shape; with `events` those that events run, too. Returns
 * NULL on failure and says why in buf of `size` bytes: no such size, no privilege, refused by the
 * kernel.
 */
struct bench_bpf *bench_bpf_open(const struct bench_latch *subject, const struct bench_shape *shape,
				 bool events, char *buf, size_t size);
void bench_bpf_close(struct bench_bpf *b);
/* The program of that kind, "raw_tp_", "kprobe_" or "nmi_", of this shape; NULL: there is none. */
struct bpf_program *bench_bpf_program(const struct bench_bpf *b, const char *kind);
/* The consumer of a ring buffer, made when first asked for; NULL and errno. */
struct ring_buffer *bench_bpf_ring(struct bench_bpf *b, ring_buffer_sample_fn on_record, void *arg);
/*
 * The loops: t->bpf must be set, and t->place for readers; `memory` is not used. The last one makes
 * a system call for each read.
 */
bench_loop_fn bench_bpf_write, bench_bpf_read, bench_bpf_read_singly;

#endif /* LATCHKIT_USER_BENCH_LATCH_BPF_H */
