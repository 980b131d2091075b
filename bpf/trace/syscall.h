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
 *
 * Of a call whose statement does not ask how long it took nothing is done at its entry.
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

/* The number of the system call that these registers are of, or -1. */
static LK_INLINE __s32 syscall_now(struct pt_regs *regs)
{
	struct pt_regs___with_ax *x86 = (void *)regs;
	struct pt_regs___with_pstate *arm64 = (void *)regs;

	if (bpf_core_field_exists(x86->orig_ax))
		return x86->orig_ax;
	return bpf_core_field_exists(arm64->syscallno) ? arm64->syscallno : -1;
}

/*
 * Does this return belong to the call `number`? A task that died in a call leaves its start
 * behind, and its stack may be reused by a new task, whose first return, of clone, has no entry.
 * rt_sigreturn has replaced all registers, the number by -1.
 */
static LK_INLINE bool same_syscall(struct pt_regs *regs, __u64 number)
{
	struct pt_regs___with_ax *x86 = (void *)regs;
	__s32 now = syscall_now(regs);

	if (bpf_core_field_exists(x86->orig_ax) && x86_exec_returns(number, now))
		return true;
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
static LK_INLINE bool take_listed(struct expr_source *from, struct returned *call)
{
	struct place now = kernel_place(address_of(from->ctx) + 1);

	return call_take(false, &now, START_SYSCALL, from, call);
}

static LK_INLINE int probe_enter_syscall(void *ctx, struct pt_regs *regs, __u64 number)
{
	struct expr_source from = {.args = EXPR_ARGS_SYSCALL, .ctx = regs};
	struct trace_call *call;
	__u64 latency;
	__u32 handler;

	if (number >= TRACE_MAX_SYSCALLS)
		return 0;
	latency = settings.syscall_probe[number];
	if (!latency || (latency & SYSCALL_RETURN_ALONE))
		return 0;
	if (!trace_begun() || !task_wanted() || !cpu_wanted() || compat_syscall(regs))
		return 0;
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

/* The probe + 1 of the call that returns if nobody asks about its start: no lookup, no clock. */
static LK_INLINE __u32 returns_alone(struct pt_regs *regs)
{
	__u32 number, probe;

	if (!settings.returns_alone)
		return 0;
	number = syscall_now(regs);
	if (number >= TRACE_MAX_SYSCALLS)
		return 0;
	probe = settings.syscall_probe[number];
	return probe & SYSCALL_RETURN_ALONE ? probe & ~SYSCALL_RETURN_ALONE : 0;
}

/* Take the start of the call that returns. Fast path: most are not traced. */
static LK_INLINE bool take_syscall(struct pt_regs *regs, struct expr_source *from,
				   struct returned *call)
{
	struct trace_call *slot;
	__u64 owner, latency, now;

	if (settings.nested)
		return trace_begun() && take_listed(from, call);
	slot = call_find(regs);
	owner = slot ? call_owner(slot) : 0;
	if (!owner)
		return false; /* no entry of this stack was traced */
	if (owner != (__u64)regs)
		return trace_begun() && take_listed(from, call);
	latency = slot->latency;
	if (!latency || !trace_begun()) /* or it returns while the end is being told */
		return false;
	call->number = (__u32)latency - 1;
	call->handler = start_handler(latency);
	now = handler_is(call->handler, HANDLER_COUNT) ? 0 : bpf_ktime_get_ns();
	slot->latency = 0;
	if (!same_syscall(regs, slot->number)) {
		call_abandoned(latency);
		return false;
	}
	from->ns = since_ns(slot->time_ns, now);
	return true;
}

static LK_INLINE int probe_leave_syscall(void *ctx, struct pt_regs *regs, __u64 retval)
{
	struct expr_source from = {.args = EXPR_ARGS_SYSCALL, .ctx = regs, .retval = retval};
	__u32 alone = returns_alone(regs);
	struct returned call;

	if (alone)
		return compat_syscall(regs) ? 0 : probe_hit(ctx, alone - 1, 0, &from);
	if (!settings.syscall_starts || !take_syscall(regs, &from, &call))
		return 0;
	return call_done(ctx, call.number, call.handler, &from);
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
