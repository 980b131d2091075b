/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.h - report the lifecycle of threads and cgroups, and new stacks, to the loader, in the
 * ring buffer process_events. A thread is identified by its pid and its start time, as pids are
 * reused. A full buffer is counted in globals.
 */
#ifndef LATCHKIT_BPF_TRACE_PROCESS_H
#define LATCHKIT_BPF_TRACE_PROCESS_H

static LK_INLINE __u64 process_start(const struct task_struct *task)
{
	return BPF_CORE_READ(task, start_boottime);
}

static LK_INLINE __u64 process_leader_start(const struct task_struct *task)
{
	return BPF_CORE_READ(task, group_leader, start_boottime);
}

/* The number of the program that a process runs: the kernel counts what it has executed. */
static LK_INLINE __u32 process_program(const struct task_struct *task)
{
	return BPF_CORE_READ(task, self_exec_id);
}

/* By which numbers a task's process is called. */
static LK_INLINE void process_number(struct process_numbers *n, const struct task_struct *task)
{
	const struct task_struct *parent = BPF_CORE_READ(task, real_parent);

	n->inner = pid_inner(task);
	n->here = pid_here(task);
	n->parent = 0;
	if (process_program(parent) == process_program(task))
		n->parent = pid_here(parent);
}

/*
 * Fill in *e but for PROCESS_WANTED and old_tid. `name`: the thread's next name; NULL: its current.
 */
static LK_INLINE void process_fill(struct process_event *e, enum process_event_kind kind,
				   const struct task_struct *task, const char *name)
{
	e->kind = kind;
	e->flags = BPF_CORE_READ(task, signal, live.counter) ? 0 : PROCESS_GROUP_ENDED;
	e->tid = BPF_CORE_READ(task, pid);
	e->tgid = BPF_CORE_READ(task, tgid);
	e->parent = BPF_CORE_READ(task, real_parent, tgid);
	e->old_tid = 0;
	e->start_ns = process_start(task);
	e->leader_start_ns = process_leader_start(task);
	e->time_ns = bpf_ktime_get_boot_ns();
	e->cgroup = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	e->program = process_program(task);
	process_number(&e->numbers, task);
	if (name)
		bpf_probe_read_kernel_str(e->name, sizeof(e->name), name);
	else
		BPF_CORE_READ_INTO(&e->name, task, comm);
}

/*
 * Report an event of a thread; old_tid: of PROCESS_EXEC. PROCESS_WANTED is about the current task.
 */
static LK_INLINE int process_report(enum process_event_kind kind, const struct task_struct *task,
				    const char *name, __u32 old_tid)
{
	struct process_event *e = bpf_ringbuf_reserve(&process_events, sizeof(*e), 0);

	if (!e) {
		__sync_fetch_and_add(&globals.process_events_lost, 1);
		return 0;
	}
	process_fill(e, kind, task, name);
	e->old_tid = old_tid;
	if (task_wanted())
		e->flags |= PROCESS_WANTED;
	bpf_ringbuf_submit(e, 0);
	return 0;
}

/*
 * Report that a process has a stack, or an address, that was not counted before: that of the
 * current task, or another one, of which only the number is known.
 */
static LK_INLINE void process_report_stack(const struct trace_stack_key *key, __u64 ip,
					   bool is_current)
{
	struct stack_event *e = bpf_ringbuf_reserve(&process_events, sizeof(*e), 0);

	if (!e) {
		__sync_fetch_and_add(&globals.stack_events_lost, 1);
		return;
	}
	e->kind = PROCESS_STACK;
	e->key = *key;
	e->ip = ip;
	e->time_ns = bpf_ktime_get_boot_ns();
	if (is_current)
		process_number(&e->numbers, (void *)bpf_get_current_task());
	else
		e->numbers = (struct process_numbers){.here = key->tgid, .inner = key->tgid};
	bpf_ringbuf_submit(e, 0);
}

/* Report an event of a cgroup, if it is in the unified hierarchy. */
static LK_INLINE int process_report_cgroup(enum process_event_kind kind,
					   const struct cgroup *cgroup, const char *path)
{
	struct cgroup_event *e;

	if (BPF_CORE_READ(cgroup, root, hierarchy_id) != 0)
		return 0;
	e = bpf_ringbuf_reserve(&process_events, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&globals.process_events_lost, 1);
		return 0;
	}
	e->kind = kind;
	e->unused = 0;
	e->id = BPF_CORE_READ(cgroup, kn, id);
	bpf_probe_read_kernel_str(e->path, sizeof(e->path), path);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

#endif /* LATCHKIT_BPF_TRACE_PROCESS_H */
