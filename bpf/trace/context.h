/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * context.h - the context that a program runs in, and the one that a sample interrupted.
 */
#ifndef LATCHKIT_BPF_TRACE_CONTEXT_H
#define LATCHKIT_BPF_TRACE_CONTEXT_H

/* A bit of the preempt count on all kernels; settings.context_* are the bits that have moved. */
#define PREEMPT_SERVING_SOFTIRQ 0x00000100

/* Where the preempt count is part of the thread (arm64). */
struct thread_info___with_count {
	int preempt_count;
} __attribute__((preserve_access_index));

struct rq___latchkit {
	int cpu;
} __attribute__((preserve_access_index));

struct cfs_rq___latchkit {
	struct rq___latchkit *rq;
} __attribute__((preserve_access_index));

struct sched_entity___latchkit {
	struct cfs_rq___latchkit *cfs_rq;
} __attribute__((preserve_access_index));

struct task_struct___latchkit {
	struct sched_entity___latchkit se;
} __attribute__((preserve_access_index));

/*
 * Read this CPU's preempt count. On arm64 it is in the thread_info. On x86 it is a per-CPU variable
 * whose address programs cannot get on every kernel; user/host/context.c finds its distance from
 * the CPU's run queue, to which the current task points. Any context. Returns 0, or a negative
 * number when the count cannot be found.
 */
static LK_INLINE int preempt_count_read(__u32 *count)
{
	struct task_struct___latchkit *task = (void *)bpf_get_current_task();
	struct thread_info___with_count *info = (void *)task;
	struct rq___latchkit *rq;

	if (bpf_core_field_exists(info->preempt_count)) {
		*count = BPF_CORE_READ(info, preempt_count);
		return 0;
	}
	if (!settings.context_known)
		return -1;
	rq = BPF_CORE_READ(task, se.cfs_rq, rq);
	if (!rq || (__u32)BPF_CORE_READ(rq, cpu) != bpf_get_smp_processor_id())
		return -1;
	return bpf_probe_read_kernel(count, sizeof(*count), (char *)rq + settings.context_delta);
}

/* One level of each, as the kernel counts them in the bits of settings. */
#define CONTEXT_ONE(bits) ((bits) & -(bits))

static LK_INLINE enum sample_context context_of(__u32 count)
{
	if (count & settings.context_nmi)
		return SAMPLED_NMI;
	if (count & settings.context_hardirq)
		return SAMPLED_HARDIRQ;
	return count & PREEMPT_SERVING_SOFTIRQ ? SAMPLED_SOFTIRQ : SAMPLED_TASK;
}

/* The context that the program runs in. */
static LK_INLINE enum sample_context context_now(void)
{
	__u32 count;

	return preempt_count_read(&count) ? SAMPLED_UNKNOWN : context_of(count);
}

/*
 * The context that a sample at instruction `ip` interrupted, without the interrupt that brought the
 * sample: an NMI, which the kernel counts as a hard interrupt too; or, of a clock, the timer's.
 */
static LK_INLINE enum sample_context context_interrupted(__u64 ip, int by_clock)
{
	enum sample_context context;
	__u32 count;

	if (!(ip >> 63)) /* kernel addresses have the top bit set */
		return SAMPLED_USER;
	if (preempt_count_read(&count))
		return SAMPLED_UNKNOWN;
	if (count & settings.context_nmi)
		count -= CONTEXT_ONE(settings.context_nmi) + CONTEXT_ONE(settings.context_hardirq);
	else if (by_clock && count & settings.context_hardirq)
		count -= CONTEXT_ONE(settings.context_hardirq);
	context = context_of(count);
	/* All threads with number 0 are idle threads. */
	return context == SAMPLED_TASK && !(__u32)bpf_get_current_pid_tgid() ? SAMPLED_IDLE
									     : context;
}

#endif /* LATCHKIT_BPF_TRACE_CONTEXT_H */
