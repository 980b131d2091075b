/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * filter.h - which tasks and CPUs are traced. The settings are constants to the verifier, which
 * removes the code of filters that are not in use.
 */
#ifndef LATCHKIT_BPF_TRACE_FILTER_H
#define LATCHKIT_BPF_TRACE_FILTER_H

static LK_INLINE bool task_wanted(void)
{
	if (settings.tgid && settings.tgid != user_pid_tgid() >> 32)
		return false;
	if (settings.tid && settings.tid != (__u32)user_pid_tgid())
		return false;
	if (settings.follow) {
		__u32 tid = bpf_get_current_pid_tgid();

		if (!bpf_map_lookup_elem(&followed, &tid))
			return false;
	}
	return !settings.by_cgroup || bpf_current_task_under_cgroup(&wanted_cgroup, 0) == 1;
}

/* Has the trace begun? Relaxed suffices: nothing else is published by the word. */
static LK_INLINE bool trace_begun(void)
{
	return order_load_relaxed(&begun);
}

static LK_INLINE bool cpu_wanted(void)
{
	__u32 cpu;

	if (!settings.by_cpu)
		return true;
	cpu = bpf_get_smp_processor_id();
	return cpu < TRACE_MAX_CPUS && (settings.cpu_mask[cpu / 64] >> (cpu % 64)) & 1;
}

#endif /* LATCHKIT_BPF_TRACE_FILTER_H */
