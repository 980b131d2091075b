/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* link.h - events of an XDP link whose program is updated. */
#ifndef LATCHKIT_USER_BENCH_DISPATCH_BPF_LINK_H
#define LATCHKIT_USER_BENCH_DISPATCH_BPF_LINK_H

#include "bench/dispatch/bpf/programs.h"

/* Have packets of a network namespace of their own be events of an XDP link that is updated. */
void dispatch_bpf_link_events(struct dispatch_bpf *b, struct dispatch_bpf_result *r,
			      bool (*stopped)(void));

#endif /* LATCHKIT_USER_BENCH_DISPATCH_BPF_LINK_H */
