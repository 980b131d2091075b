// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * trace.bpf.c - the programs of `latchkit trace`, built once for each latch variant.
 *
 * A probe does one of three things: hit (count an event), enter and leave (a latency), sample
 * (publish the newest sample and count its context). Hit, enter and leave exist twice: with the
 * probe's number in an instruction (tracepoints, fentry: one copy of the program for each probe)
 * and with the number as the attachment's cookie (kprobe, uprobe, usdt; perf events, too). One pair
 * of programs serves all system calls: typed raw tracepoints, which can read the registers.
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

#include <latchkit/keyed.h>
#include <latchkit/record.h>

#include "bpf/trace/shared.h"
#include "bpf/trace/maps.h"
#include "bpf/trace/pid.h"
#include "bpf/trace/filter.h"
#include "bpf/trace/context.h"
#include "bpf/trace/handler.h"
#include "bpf/trace/process.h"
#include "bpf/trace/stack.h"
#include "bpf/trace/keys.h"
#include "bpf/trace/line.h"
#include "bpf/trace/expr.h"
#include "bpf/trace/expr_key.h"
#include "bpf/trace/statement.h"
#include "bpf/trace/activity.h"
#include "bpf/trace/frame.h"
#include "bpf/trace/probe.h"
#include "bpf/trace/syscall.h"

char LICENSE[] SEC("license") = "GPL";

/* The probe's number: user/trace/probe/attachments.c replaced the placeholder in this copy. */
static LK_INLINE __u32 own_number(void)
{
	__u64 number;

	asm volatile("%0 = %1 ll" : "=r"(number) : "i"(TRACE_PROBE_PLACEHOLDER));
	return number;
}

SEC("raw_tp")
int hit(void *ctx)
{
	struct expr_source from = {.args = EXPR_ARGS_WORDS, .ctx = ctx};

	return probe_hit(ctx, own_number(), 0, &from);
}

/* A classic tracepoint, whose program is given the record that its format file describes. */
SEC("tracepoint")
int hit_record(void *ctx)
{
	/* A plain address to the verifier: what is read there is kernel memory. */
	struct expr_source from = {.args = EXPR_ARGS_RECORD, .ctx = (void *)address_of(ctx)};

	return probe_hit(ctx, bpf_get_attach_cookie(ctx), 0, &from);
}

/* A trampoline calls entry and exit of one call with the same arguments on its stack. */
SEC("raw_tp")
int enter(void *ctx)
{
	struct place at = kernel_place(address_of(ctx));

	return probe_enter(own_number(), &at, NULL);
}

SEC("raw_tp")
int leave(void *ctx)
{
	struct expr_source from = {.args = EXPR_ARGS_WORDS, .ctx = ctx};
	struct place now = kernel_place(address_of(ctx) + 1);

	return probe_leave(ctx, own_number(), false, &now, &from);
}

/* Where a function begins, or where it returns if nobody asks about its start. */
SEC("kprobe")
int hit_cookie(struct pt_regs *ctx)
{
	struct expr_source from = {.args = EXPR_ARGS_REGS, .ctx = ctx, .retval = PT_REGS_RC(ctx)};

	return probe_hit(ctx, bpf_get_attach_cookie(ctx), PT_REGS_IP(ctx), &from);
}

/* When a function has returned its frame is below this: x86 pops the address it returns to. */
#ifdef bpf_target_x86
#define RETURNED_SP(ctx) PT_REGS_SP(ctx)
#else
#define RETURNED_SP(ctx) (PT_REGS_SP(ctx) + 1)
#endif

SEC("kprobe")
int enter_kernel(struct pt_regs *ctx)
{
	struct place at = kernel_place(PT_REGS_SP(ctx));

	return probe_enter(bpf_get_attach_cookie(ctx), &at, NULL);
}

SEC("kprobe")
int leave_kernel(struct pt_regs *ctx)
{
	struct expr_source from = {.args = EXPR_ARGS_NONE, .retval = PT_REGS_RC(ctx)};
	struct place now = kernel_place(RETURNED_SP(ctx));

	return probe_leave(ctx, bpf_get_attach_cookie(ctx), false, &now, &from);
}

SEC("kprobe")
int enter_user(struct pt_regs *ctx)
{
	struct place at = user_place(PT_REGS_SP(ctx));

	return probe_enter(bpf_get_attach_cookie(ctx), &at, ctx);
}

SEC("kprobe")
int leave_user(struct pt_regs *ctx)
{
	struct expr_source from = {.args = EXPR_ARGS_NONE, .retval = PT_REGS_RC(ctx)};
	struct place now = user_place(RETURNED_SP(ctx));

	return probe_leave(ctx, bpf_get_attach_cookie(ctx), true, &now, &from);
}

/* Calls whose frames are gone without a return: their thread ends, or executes another program. */
SEC("raw_tp/sched_process_exit")
int forget_exit(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	forget_syscall((void *)bpf_task_pt_regs(task));
	starts_forget(starts_get(true, task, 0));
	starts_forget(starts_get(false, task, 0));
	return 0;
}

SEC("raw_tp/sched_process_exec")
int forget_exec(void *ctx)
{
	starts_forget(starts_get(true, bpf_get_current_task_btf(), 0));
	return 0;
}

/* What a thread called after its exit was told, the scheduler for one. */
SEC("tp_btf/sched_process_free")
int forget_free(__u64 *ctx)
{
	starts_forget(starts_get(false, (struct task_struct *)ctx[0], 0));
	return 0;
}

SEC("usdt")
int hit_usdt(struct pt_regs *ctx)
{
	struct expr_source from = {.args = EXPR_ARGS_USDT, .ctx = ctx};

	return probe_hit(ctx, bpf_usdt_cookie(ctx), PT_REGS_IP(ctx), &from);
}

SEC("tp_btf/sys_enter")
int enter_syscall(struct syscall_args *ctx)
{
	return probe_enter_syscall(ctx, ctx->regs, ctx->number);
}

SEC("tp_btf/sys_exit")
int leave_syscall(struct syscall_args *ctx)
{
	return probe_leave_syscall(ctx, ctx->regs, ctx->number);
}

SEC("perf_event")
int sample(struct bpf_perf_event_data *ctx)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);

	return probe_sample(ctx, cookie, cookie & SAMPLE_BY_CLOCK);
}

/* The lifecycle of threads and cgroups, for user/trace/session/processes.c. */
SEC("raw_tp/sched_process_fork")
int process_fork(struct bpf_raw_tracepoint_args *ctx)
{
	return process_report(PROCESS_FORK, (void *)ctx->args[1], NULL, 0);
}

SEC("raw_tp/sched_process_exec")
int process_exec(struct bpf_raw_tracepoint_args *ctx)
{
	return process_report(PROCESS_EXEC, (void *)ctx->args[0], NULL, ctx->args[1]);
}

SEC("raw_tp/task_rename")
int process_rename(struct bpf_raw_tracepoint_args *ctx)
{
	return process_report(PROCESS_RENAME, (void *)ctx->args[0], (void *)ctx->args[1], 0);
}

SEC("raw_tp/sched_process_exit")
int process_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return process_report(PROCESS_EXIT, (void *)ctx->args[0], NULL, 0);
}

SEC("raw_tp/cgroup_mkdir")
int cgroup_made(struct bpf_raw_tracepoint_args *ctx)
{
	return process_report_cgroup(PROCESS_CGROUP_MADE, (void *)ctx->args[0],
				     (void *)ctx->args[1]);
}

SEC("raw_tp/cgroup_rmdir")
int cgroup_gone(struct bpf_raw_tracepoint_args *ctx)
{
	return process_report_cgroup(PROCESS_CGROUP_GONE, (void *)ctx->args[0],
				     (void *)ctx->args[1]);
}

SEC("iter/task")
int process_alive(struct bpf_iter__task *ctx)
{
	struct task_struct *task = *(struct task_struct *volatile *)&ctx->task;
	struct process_event e = {};

	if (!task)
		return 0;
	process_fill(&e, PROCESS_ALIVE, task, NULL);
	bpf_seq_write(ctx->meta->seq, &e, sizeof(e));
	return 0;
}

/* With settings.follow: keep `followed` to the command's threads and all their descendants. */
SEC("raw_tp/sched_process_fork")
int follow_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *child = (void *)ctx->args[1];
	__u32 parent_tid = bpf_get_current_pid_tgid(), tid = BPF_CORE_READ(child, pid);
	__u8 yes = 1;

	if (bpf_map_lookup_elem(&followed, &parent_tid) &&
	    bpf_map_update_elem(&followed, &tid, &yes, BPF_ANY))
		__sync_fetch_and_add(&globals.not_followed, 1);
	return 0;
}

/* Execve by another thread than the leader gives that thread the pid of its process. */
SEC("raw_tp/sched_process_exec")
int follow_exec(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 old_tid = ctx->args[1], tid = bpf_get_current_pid_tgid();
	__u8 yes = 1;

	if (old_tid == tid || !bpf_map_lookup_elem(&followed, &old_tid))
		return 0;
	bpf_map_delete_elem(&followed, &old_tid);
	if (bpf_map_update_elem(&followed, &tid, &yes, BPF_ANY))
		__sync_fetch_and_add(&globals.not_followed, 1);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int follow_exit(void *ctx)
{
	__u32 tid = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&followed, &tid);
	return 0;
}

/* Test-run by the child before it executes the command: follow the current thread. */
SEC("syscall")
int adopt(void *ctx)
{
	__u32 tid = bpf_get_current_pid_tgid();
	__u8 yes = 1;

	return bpf_map_update_elem(&followed, &tid, &yes, BPF_ANY);
}
