/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * events.h - writers that events run: at a raw tracepoint or a kprobe, which a thread hits by
 * a system call, or in an NMI, which it brings about by a store to a word that is watched (x86).
 * Each event is one write.
 */
#ifndef LATCHKIT_USER_BENCH_LATCH_EVENTS_H
#define LATCHKIT_USER_BENCH_LATCH_EVENTS_H

#include "bench/latch/bpf.h"

/* Events between two looks at the clock. */
#define BENCH_EVENT_BATCH 64

/*
 * Attach what thread t needs: t->event says which (enum bench_bpf_event), t->cpu where it runs.
 * Returns 0 or a negative errno: -EOPNOTSUPP where such events cannot be had.
 */
int bench_events_attach(struct bench_bpf *b, struct bench_thread *t);
/* Detach everything. */
void bench_events_detach(struct bench_bpf *b);
/* The loops; t as it was attached. Writes that came about are counted, and those refused. */
bench_loop_fn bench_events_syscall, bench_events_store;

#endif /* LATCHKIT_USER_BENCH_LATCH_EVENTS_H */
