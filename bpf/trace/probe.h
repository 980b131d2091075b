/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.h - what happens at a probe: count, start a latency, end it, take a sample, depending on
 * the handler of the event. `number`: the probe's, within its kind, from 0. Context: any that a
 * program of the probe's type runs in, NMI for samples. All return 0; losses are counted by cause.
 */
#ifndef LATCHKIT_BPF_TRACE_PROBE_H
#define LATCHKIT_BPF_TRACE_PROBE_H

/* Flags start entries of system calls: a return does not know the number of its probe. */
#define START_SYSCALL (1ULL << 32)

static LK_INLINE int probe_hit(void *ctx, __u32 number)
{
	struct event_latch *latch;
	__u32 handler;
	__u64 tgid_pid;

	if (!trace_begun() || !task_wanted() || !cpu_wanted())
		return 0;
	latch = PER_CPU_SLOT(events, settings.events, number);
	if (!latch)
		return 0;
	tgid_pid = bpf_get_current_pid_tgid();
	if (latch_accumulate(latch->words, EVENT_WORDS, event_apply, &tgid_pid))
		return lost(number, LOSS_DROPPED);
	handler = handler_now(KIND_EVENT);
	if (handler_is(handler, HANDLER_STACKS))
		count_stacks(ctx, number);
	return handled(number, handler);
}

/*
 * Push the entry of `probe` onto the current task's stack of starts. Another probe may interrupt
 * between any two steps, on the same task: the slot is reserved before it is filled.
 */
static LK_INLINE int start_push(struct task_struct *current, __u64 probe, __u32 handler)
{
	struct trace_starts *s;
	__u64 depth;

	s = bpf_task_storage_get(&task_starts, current, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s)
		return lost(settings.latency_base + (__u32)probe, LOSS_MAP_FULL);
	depth = s->depth;
	*(volatile __u64 *)&s->depth = depth + 1;
	if (depth >= TRACE_MAX_DEPTH)
		return lost(settings.latency_base + (__u32)probe, LOSS_TOO_DEEP);
	s->entry[depth].probe = start_with_handler(probe, handler);
	s->entry[depth].time_ns = handler_is(handler, HANDLER_COUNT) ? 0 : bpf_ktime_get_ns();
	return 0;
}

/* Finish a call of probe `number` that took `ns`. */
static LK_INLINE int call_done(void *ctx, __u32 number, __u32 handler, __u64 ns)
{
	__u32 column = settings.latency_base + number;
	struct latency_latch *latch;

	if (handler_is(handler, HANDLER_COUNT))
		return handled(column, handler);
	latch = PER_CPU_SLOT(latencies, settings.latencies, number);
	if (!latch)
		return 0;
	if (latch_accumulate(latch->words, LATENCY_WORDS, latency_apply, &ns))
		return lost(column, LOSS_DROPPED);
	if (handler_is(handler, HANDLER_STACKS))
		count_stacks(ctx, column);
	return handled(column, handler);
}

static LK_INLINE bool start_matches(__u64 have, __u64 wanted)
{
	have = start_without_handler(have);
	return wanted == START_SYSCALL ? (have & START_SYSCALL) != 0 : have == wanted;
}

/*
 * Find the innermost entry of `wanted`, most often the last; entries above it lost their returns.
 * Returns its index, or -1.
 */
static LK_INLINE int start_find(const struct trace_starts *s, __u64 depth, __u64 wanted)
{
	__u64 last = depth - 1;

	/* One comparison that the verifier of Linux 6.1 understands, hence hidden from clang. */
	asm volatile("" : "+r"(last));
	if (last < TRACE_MAX_DEPTH && start_matches(s->entry[last].probe, wanted))
		return last;
	for (int i = TRACE_MAX_DEPTH - 1; i >= 0; i--)
		if ((__u64)i < depth && start_matches(s->entry[i].probe, wanted))
			return i;
	return -1;
}

/* Pop the entry of probe `wanted` and finish the call. START_SYSCALL: of any system call. */
static LK_INLINE int start_pop(void *ctx, __u64 wanted)
{
	__u64 now = bpf_ktime_get_ns(), depth, probe, since;
	struct trace_starts *s;
	int i;

	s = bpf_task_storage_get(&task_starts, bpf_get_current_task_btf(), 0, 0);
	if (!s)
		return 0; /* no entry of this task was traced */
	depth = s->depth;
	if (depth > TRACE_MAX_DEPTH) { /* its entry was counted as too deep */
		s->depth = depth - 1;
		return 0;
	}
	i = start_find(s, depth, wanted);
	if (i < 0 || i >= TRACE_MAX_DEPTH) {
		if (wanted != START_SYSCALL && !settings.by_cpu)
			lost(settings.latency_base + (__u32)wanted, LOSS_UNPAIRED);
		return 0;
	}
	probe = s->entry[i].probe;
	since = s->entry[i].time_ns;
	*(volatile __u64 *)&s->depth = i;
	return call_done(ctx, (__u32)probe, start_handler(probe), now > since ? now - since : 0);
}

static LK_INLINE int probe_enter(__u32 number)
{
	if (!trace_begun() || !task_wanted() || !cpu_wanted())
		return 0;
	return start_push(bpf_get_current_task_btf(), number, handler_now(KIND_LATENCY));
}

static LK_INLINE int probe_leave(void *ctx, __u32 number)
{
	return trace_begun() && task_wanted() ? start_pop(ctx, number) : 0;
}

static LK_INLINE void fill_sample(lk_u64 *record, struct bpf_perf_event_data *ctx, __u32 column,
				  enum sample_context context)
{
	int kernel_stack = stack_id(ctx, column, 0);
	int user_stack = stack_id(ctx, column, BPF_F_USER_STACK);

	record[SAMPLE_TIME] = bpf_ktime_get_ns();
	record[SAMPLE_TGID_PID] = bpf_get_current_pid_tgid();
	bpf_get_current_comm(&record[SAMPLE_COMM0], 16);
	record[SAMPLE_CONTEXT_CPU] = ((__u64)context << 32) | bpf_get_smp_processor_id();
	record[SAMPLE_IP] = PT_REGS_IP(&ctx->regs);
	record[SAMPLE_STACKS] = ((__u64)(__u32)user_stack << 32) | (__u32)kernel_stack;
	record[SAMPLE_CGROUP] = bpf_get_current_cgroup_id();
	record[SAMPLE_START] = process_start((void *)bpf_get_current_task());
	record[SAMPLE_CHECK] = sample_check(record);
	if (settings.count_stacks)
		count_stack(column, kernel_stack, user_stack);
}

static LK_INLINE int probe_sample(struct bpf_perf_event_data *ctx, __u32 number, bool by_clock)
{
	__u32 column = settings.sample_base + number;
	struct trace_losses *own = PER_CPU_SLOT(losses, settings.probes, column);
	struct contexts_latch *counts;
	struct sample_latch *last;
	lk_u64 record[SAMPLE_WORDS];
	__u32 handler;
	__u64 context;

	if (!trace_begun())
		return 0;
	if (own) /* this CPU's programs of one probe do not interrupt each other */
		*(volatile __u64 *)&own->ran = own->ran + 1;
	if (!task_wanted() || !cpu_wanted())
		return 0;
	counts = PER_CPU_SLOT(contexts, settings.samples, number);
	last = PER_CPU_SLOT(samples, settings.samples, number);
	if (!counts || !last)
		return 0;
	context = context_interrupted(PT_REGS_IP(&ctx->regs), by_clock);
	if (latch_accumulate(counts->words, CONTEXTS_WORDS, contexts_apply, &context))
		return lost(column, LOSS_DROPPED);
	handler = handler_now(KIND_SAMPLE);
	if (handler_is(handler, HANDLER_COUNT))
		return handled(column, handler);
	fill_sample(record, ctx, column, context);
	if (latch_publish(last->words, SAMPLE_WORDS, record, record[SAMPLE_TIME]))
		lost(column, LOSS_DROPPED); /* the newest; it has been counted */
	return handled(column, handler);
}

#endif /* LATCHKIT_BPF_TRACE_PROBE_H */
