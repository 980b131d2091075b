/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pid.h - the numbers of a task in its pid namespaces: one for each level, from the initial one. */
#ifndef LATCHKIT_BPF_TRACE_PID_H
#define LATCHKIT_BPF_TRACE_PID_H

/* Pid namespaces nest this deep at most (the kernel's MAX_PID_NS_LEVEL). */
#define PID_LEVELS 32

static LK_INLINE const struct upid *pid_at(const struct pid *pid, __u32 level)
{
	return (const struct upid *)&pid->numbers + level;
}

/* The number of a task's process in the innermost pid namespace that it is in; 0: it is gone. */
static LK_INLINE __u32 pid_inner(const struct task_struct *task)
{
	const struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);

	return level < PID_LEVELS ? (__u32)BPF_CORE_READ(pid_at(pid, level), nr) : 0;
}

/* A task's number in the loader's pid namespace, or 0: it is not in there. */
static LK_INLINE __u32 pid_of(const struct task_struct *task)
{
	const struct pid *pid;
	__u32 level;

	if (!settings.pidns_dev)
		return BPF_CORE_READ(task, pid);
	pid = BPF_CORE_READ(task, thread_pid);
	level = BPF_CORE_READ(pid, level);
	for (__u32 i = 0; i < PID_LEVELS && i <= level; i++)
		if (BPF_CORE_READ(pid_at(pid, i), ns, ns.inum) == settings.pidns_ino)
			return BPF_CORE_READ(pid_at(pid, i), nr);
	return 0;
}

/* The same of a task's process. */
static LK_INLINE __u32 pid_here(const struct task_struct *task)
{
	return pid_of(BPF_CORE_READ(task, group_leader));
}

/* The current tgid (upper 32 bits) and tid in the loader's pid namespace; 0: it is not in there. */
static LK_INLINE __u64 user_pid_tgid(void)
{
	struct bpf_pidns_info info = {};
	struct task_struct *task;

	if (!settings.pidns_dev)
		return bpf_get_current_pid_tgid();
	if (bpf_get_ns_current_pid_tgid(settings.pidns_dev, settings.pidns_ino, &info,
					sizeof(info)) == 0)
		return ((__u64)info.tgid << 32) | info.pid;
	task = (void *)bpf_get_current_task(); /* it may be in a namespace below the loader's */
	return ((__u64)pid_here(task) << 32) | pid_of(task);
}

#endif /* LATCHKIT_BPF_TRACE_PID_H */
