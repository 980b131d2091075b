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

/* Operations that are worth a system call. */
#define BENCH_BPF_BATCH 16384

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
/* What events have done; see bpf/bench/latch_shared.h. */
struct bench_bpf_buffers *bench_bpf_buffers(const struct bench_bpf *b);
/* The links of programs that are attached, at most one for each CPU and kind. */
struct bpf_link **bench_bpf_links(struct bench_bpf *b, size_t *room);
/* The file descriptor of the map that holds the record. */
int bench_bpf_map(const struct bench_bpf *b);
/* The consumer of a ring buffer, made when first asked for; NULL and errno. */
struct ring_buffer *bench_bpf_ring(struct bench_bpf *b, ring_buffer_sample_fn on_record, void *arg);
/* The latch's memory, page-aligned, as user space sees it; NULL: it does not. */
lk_u64 *bench_bpf_memory(const struct bench_bpf *b);
/*
 * The loops: t->bpf must be set, and t->place for readers; `memory` is not used. The last one makes
 * a system call for each read.
 */
bench_loop_fn bench_bpf_write, bench_bpf_read, bench_bpf_read_singly;

#endif /* LATCHKIT_USER_BENCH_LATCH_BPF_H */
