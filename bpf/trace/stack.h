/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stack.h - stack traces of events, and how often each was seen. */
#ifndef LATCHKIT_BPF_TRACE_STACK_H
#define LATCHKIT_BPF_TRACE_STACK_H

/* Is this the loader, whose stacks are left out? What it does is the trace, not the host. */
static LK_INLINE bool left_out(void)
{
	if (user_pid_tgid() >> 32 != settings.own_tgid)
		return false;
	__sync_fetch_and_add(&globals.own_stacks, 1);
	return true;
}

/*
 * Count one more event of this process, thread name and pair of stacks, and report it if it is the
 * first. A full map is a loss.
 */
static LK_INLINE void count_stack(__u32 column, int kernel_stack, int user_stack)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct trace_stack_key key = {
		.probe = column,
		.tgid = bpf_get_current_pid_tgid() >> 32,
		.start_ns = process_leader_start(task),
		.program = process_program(task),
		.kernel_stack = kernel_stack,
		.user_stack = user_stack,
	};
	__u64 one = 1, *count;

	bpf_get_current_comm(key.comm, sizeof(key.comm));
	count = bpf_map_lookup_elem(&stack_counts, &key);
	if (!count && bpf_map_update_elem(&stack_counts, &key, &one, BPF_NOEXIST) == 0) {
		process_report_stack(&key, 0, true);
		return;
	}
	if (!count)
		count = bpf_map_lookup_elem(&stack_counts, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		lost(column, LOSS_MAP_FULL);
}

/* Returns the stack's id, or a negative errno. -EEXIST and -ENOMEM, a full map, count as a loss. */
static LK_INLINE int stack_id(void *ctx, __u32 column, __u64 flags)
{
	long id;

	if (!settings.keep_stacks)
		flags |= BPF_F_REUSE_STACKID;
	id = bpf_get_stackid(ctx, &stacks, flags);
	if (settings.keep_stacks && (id == -17 || id == -12))
		lost(column, LOSS_MAP_FULL);
	return id;
}

/* Count an event by its kernel and user stack; `column` as in lost(). */
static LK_INLINE void count_stacks(void *ctx, __u32 column)
{
	int kernel_stack;

	if (left_out())
		return;
	kernel_stack = stack_id(ctx, column, 0);
	count_stack(column, kernel_stack, stack_id(ctx, column, BPF_F_USER_STACK));
}

#endif /* LATCHKIT_BPF_TRACE_STACK_H */
