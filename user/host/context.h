/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * context.h - where the kernel keeps its preempt count, which tells task, soft interrupt, hard
 * interrupt and NMI context apart. Found in the kernel's BTF, so that programs need no symbol
 * addresses: on x86 the count is at a fixed distance from the CPU's run queue, to which the current
 * task points; on arm64 it is a member of the current thread's thread_info.
 */
#ifndef LATCHKIT_USER_HOST_CONTEXT_H
#define LATCHKIT_USER_HOST_CONTEXT_H

#include <stdbool.h>

struct context_offsets {
	bool have; /* the context can be known, by delta or by thread_info */
	bool in_thread_info; /* thread_info.preempt_count exists; delta is not needed */
	unsigned int nmi, hardirq; /* their bits in the count */
	long long delta; /* bytes from `runqueues` to the preempt count, of the same CPU */
	const char *how; /* what was found, or why nothing was, for people; a constant */
};

/*
 * Look the offsets up. Returns 0, also when the kernel has no such place (out->have is false
 * then), or a negative errno when its BTF cannot be read. Sets *out in every case.
 */
int context_offsets(struct context_offsets *out);
struct trace_settings;
/*
 * Set the members context_* of the settings (bpf/trace/shared.h), before the programs are loaded.
 */
void context_settings(struct trace_settings *settings);

#endif /* LATCHKIT_USER_HOST_CONTEXT_H */
