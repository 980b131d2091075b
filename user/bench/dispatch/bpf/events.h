/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* events.h - events under a swapper that runs flat out, for each way to swap. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_BPF_EVENTS_H
#define LATCHKIT_USER_BENCH_DISPATCH_BPF_EVENTS_H

#include "bench/dispatch/bpf/bench.h"

/* Have events happen under a swapper, for each way, unless stopped() says true. */
void dispatch_bpf_events(struct dispatch_bpf_results *r, bool (*stopped)(void));

#endif /* LATCHKIT_USER_BENCH_DISPATCH_BPF_EVENTS_H */
