/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * syscall.h - entry and return of system calls. This is on the path of every call of the host: the
 * only helper called is the clock, and for calls that are not traced none.
 *
 * A start is kept in a slot of the map `calls` that belongs to the task's kernel stack until the
 * trace ends: one lookup that the kernel inlines, instead of two helper calls for task storage.
 * When two stacks hash to one slot, the second's starts go to task storage, as those of other
 * probes do (bpf/trace/frame.h), so that nothing is lost. All do with settings.nested, when other
 * latencies are traced: a system call's frame is the user's registers, above all others in the
 * kernel, so that its return also drops what was left inside it.
 */
#ifndef LATCHKIT_BPF_TRACE_SYSCALL_H
#define LATCHKIT_BPF_TRACE_SYSCALL_H

/* Arguments of both tracepoints; sys_exit has the result as its second. */
struct syscall_args {
	struct pt_regs *regs;
	__u64 number;
};

struct pt_regs___with_ax {
	__u64 r11, cx, ip, flags, orig_ax;
} __attribute__((preserve_access_index));

struct pt_regs___with_pstate {
	__u64 pstate;
	__s32 syscallno;
} __attribute__((preserve_access_index));

struct thread_info___with_status {
	__u32 status;
} __attribute__((preserve_access_index));

struct task_struct___with_status {
	struct thread_info___with_status thread_info;
} __attribute__((preserve_access_index));

/* x86: this task is inside a 32-bit system call. */
#define TS_COMPAT 0x0002
#define X86_EXECVE 59
#define X86_EXECVEAT 322
#define X86_IA32_EXECVE 11
#define X86_X32_EXECVE (0x40000000 + 520)
/* arm64: the registers are those of a 32-bit program. */
#define PSTATE_32BIT 0x10

/* Is the current task marked as in a 32-bit call? Costs a helper call. */
static LK_INLINE bool x86_task_is_compat(void)
{
	struct task_struct___with_status *task = (void *)bpf_get_current_task_btf();

	if (!bpf_core_field_exists(task->thread_info.status))
		return false;
	return task->thread_info.status & TS_COMPAT;
}

/*
 * Is this one of the 32-bit system calls, which have other numbers? On x86 the instruction of the
 * 64-bit ones copies ip to cx and flags to r11, in the processor, and what is left of that tells
 * them from the others, int 0x80 in a 64-bit program included. A program that prepares both
 * registers for int 0x80 as if they were copies gets that call counted under the wrong name.
 */
static LK_INLINE bool compat_syscall(struct pt_regs *regs)
{
	struct pt_regs___with_ax *x86 = (void *)regs;
	struct pt_regs___with_pstate *arm64 = (void *)regs;

	if (bpf_core_field_exists(x86->orig_ax))
		return !(x86->cx == x86->ip && x86->r11 == x86->flags) && x86_task_is_compat();
	if (bpf_core_field_exists(arm64->pstate))
		return arm64->pstate & PSTATE_32BIT;
	return false;
}

/* Execve and execveat return with the number of the new program's execve, on x86. */
static LK_INLINE bool x86_exec_returns(__u64 number, __u32 now)
{
	return (number == X86_EXECVE || number == X86_EXECVEAT) &&
	       (now == X86_EXECVE || now == X86_IA32_EXECVE || now == X86_X32_EXECVE);
}

/*
 * Does this return belong to the call `number`? A task that died in a call leaves its start
 * behind, and its stack may be reused by a new task, whose first return, of clone, has no entry.
 * rt_sigreturn has replaced all registers, the number by -1.
 */
static LK_INLINE bool same_syscall(struct pt_regs *regs, __u64 number)
{
	struct pt_regs___with_ax *x86 = (void *)regs;
	struct pt_regs___with_pstate *arm64 = (void *)regs;
	__s32 now = -1;

	if (bpf_core_field_exists(x86->orig_ax)) {
		now = x86->orig_ax;
		if (x86_exec_returns(number, now))
			return true;
	} else if (bpf_core_field_exists(arm64->syscallno))
		now = arm64->syscallno;
	return now == (__s32)number || now == -1;
}

/* The slot of this stack. Stacks are powers of two apart: hash by an odd multiplier. */
static LK_INLINE struct trace_call *call_find(struct pt_regs *regs)
{
	register struct pt_regs *address asm("r1") = regs;
	register __u32 low asm("r2");
	__u32 index;

	/* The only arithmetic that the verifier allows on this pointer is truncation to 32 bits. */
	asm volatile("w2 = w1" : "=r"(low) : "r"(address));
	index = (low * 0x9e3779b1U) >> (32 - TRACE_CALL_BITS);
	return bpf_map_lookup_elem(&calls, &index);
}

/* The slot's owner. Volatile: other CPUs may claim it meanwhile. */
static LK_INLINE __u64 call_owner(const struct trace_call *call)
{
	return *(const volatile __u64 *)&call->owner;
}

/* Claim the slot, for good. Returns false when it belongs to another stack. */
static LK_INLINE bool call_claim(struct trace_call *call, __u64 owner)
{
	__u64 now = call_owner(call);

	return now == owner || (!now && !__sync_val_compare_and_swap(&call->owner, 0, owner));
}

/* What a slot or list held will not return. */
static LK_INLINE int call_abandoned(__u64 latency)
{
	return lost(settings.latency_base + (__u32)latency - 1, LOSS_ABANDONED);
}

/* A system call begins whose slot is another stack's. */
static LK_INLINE int list_syscall(struct pt_regs *regs, __u32 number, __u32 handler)
{
	struct place at = kernel_place(address_of(regs));

	return start_push(&at, number | START_SYSCALL, handler, NULL);
}

/* The system call returns that was listed. */
static LK_INLINE int finish_listed(void *ctx, struct expr_source *from)
{
	struct place now = kernel_place(address_of(from->ctx) + 1);

	return call_returned(ctx, false, &now, START_SYSCALL, from);
}

static LK_INLINE int probe_enter_syscall(void *ctx, struct pt_regs *regs, __u64 number)
{
	struct expr_source from = {.args = EXPR_ARGS_SYSCALL, .ctx = regs};
	struct trace_call *call;
	__u64 latency;
	__u32 handler;

	if (number >= TRACE_MAX_SYSCALLS || !settings.syscall_probe[number])
		return 0;
	if (!trace_begun() || !task_wanted() || !cpu_wanted() || compat_syscall(regs))
		return 0;
	latency = settings.syscall_probe[number];
	if (latency & SYSCALL_NO_RETURN)
		return probe_hit(ctx, (latency & ~SYSCALL_NO_RETURN) - 1, 0, &from);
	entered((__u32)latency - 1);
	handler = handler_now(KIND_LATENCY);
	call = settings.nested ? NULL : call_find(regs);
	if (!call || !call_claim(call, (__u64)regs))
		return list_syscall(regs, (__u32)latency - 1, handler);
	if (call->latency) /* of a task that died in it: bpf/trace/trace.bpf.c, forget_exit() */
		call_abandoned(call->latency);
	call->latency = start_with_handler(latency, handler);
	call->number = number;
	call->time_ns = handler_is(handler, HANDLER_COUNT) ? 0 : bpf_ktime_get_ns();
	return 0;
}

/* Fast path: most returns are of calls or tasks that are not traced. */
static LK_INLINE int probe_leave_syscall(void *ctx, struct pt_regs *regs, __u64 retval)
{
	struct expr_source from = {.args = EXPR_ARGS_SYSCALL, .ctx = regs, .retval = retval};
	struct trace_call *call;
	__u64 owner, latency, now;
	__u32 handler;

	if (settings.nested)
		return trace_begun() ? finish_listed(ctx, &from) : 0;
	call = call_find(regs);
	owner = call ? call_owner(call) : 0;
	if (!owner)
		return 0; /* no entry of this stack was traced */
	if (owner != (__u64)regs)
		return finish_listed(ctx, &from);
	latency = call->latency;
	if (!latency)
		return 0;
	handler = start_handler(latency);
	now = handler_is(handler, HANDLER_COUNT) ? 0 : bpf_ktime_get_ns();
	call->latency = 0;
	if (!same_syscall(regs, call->number))
		return call_abandoned(latency);
	from.ns = since_ns(call->time_ns, now);
	return call_done(ctx, (__u32)latency - 1, handler, &from);
}

/* The task whose user registers these are ends: the call that it is in will not return. */
static LK_INLINE void forget_syscall(struct pt_regs *regs)
{
	struct trace_call *call = settings.nested ? NULL : call_find(regs);
	__u64 latency;

	if (!call || call_owner(call) != (__u64)regs)
		return;
	latency = call->latency;
	call->latency = 0;
	if (latency)
		call_abandoned(latency);
}

#endif /* LATCHKIT_BPF_TRACE_SYSCALL_H */
