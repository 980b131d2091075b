/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * trace_probe.h - what happens at a probe: count, start a latency, end it, take a sample.
 * `number` counts the probes of one kind from 0. All return 0, as programs do.
 */
#ifndef LATCHKIT_TRACE_PROBE_H
#define LATCHKIT_TRACE_PROBE_H

/* Marks start entries of system calls, whose return does not know its number. */
#define START_SYSCALL (1ULL << 32)

static LK_INLINE int probe_hit(__u32 number)
{
	struct event_latch *latch;
	__u64 who;

	if (!task_wanted() || !cpu_wanted())
		return 0;
	latch = PER_CPU_SLOT(events, settings.events, number);
	if (!latch)
		return 0;
	who = bpf_get_current_pid_tgid();
	if (latch_accumulate(latch->words, EVENT_WORDS, event_apply, &who))
		return lost(number, LOSS_DROPPED);
	return 0;
}

/*
 * Remember when the current task entered `probe`. Another probe may hit between any two of these
 * steps.
 */
static LK_INLINE int start_push(struct task_struct *current, __u64 probe)
{
	struct trace_starts *s;
	__u64 depth;

	s = bpf_task_storage_get(&task_starts, current, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s)
		return lost(settings.latency_base + (__u32)probe, LOSS_MAP_FULL);
	depth = s->depth;
	*(volatile __u64 *)&s->depth = depth + 1; /* take the place before filling it */
	if (depth >= TRACE_MAX_DEPTH)
		return lost(settings.latency_base + (__u32)probe, LOSS_TOO_DEEP);
	s->entry[depth].probe = probe;
	s->entry[depth].time_ns = bpf_ktime_get_ns();
	return 0;
}

static LK_INLINE int latency_add(__u32 number, __u64 ns)
{
	struct latency_latch *latch = PER_CPU_SLOT(latencies, settings.latencies, number);

	if (!latch)
		return 0;
	if (latch_accumulate(latch->words, LATENCY_WORDS, latency_apply, &ns))
		return lost(settings.latency_base + number, LOSS_DROPPED);
	return 0;
}

static LK_INLINE bool start_matches(__u64 have, __u64 wanted)
{
	return wanted == START_SYSCALL ? (have & START_SYSCALL) != 0 : have == wanted;
}

/*
 * Find the innermost entry of `wanted`; those further in have missed their returns. The common
 * case is the last one. Returns its index, or -1.
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

/* End the latency of `wanted`, or of the system call with START_SYSCALL. */
static LK_INLINE int start_pop(__u64 wanted)
{
	__u64 now = bpf_ktime_get_ns(), depth, probe, since;
	struct trace_starts *s;
	int i;

	s = bpf_task_storage_get(&task_starts, bpf_get_current_task_btf(), 0, 0);
	if (!s)
		return 0; /* this task has entered nothing since the trace began */
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
	return latency_add((__u32)probe, now > since ? now - since : 0);
}

static LK_INLINE int probe_enter(__u32 number)
{
	if (!task_wanted() || !cpu_wanted())
		return 0;
	return start_push(bpf_get_current_task_btf(), number);
}

static LK_INLINE int probe_leave(__u32 number)
{
	return task_wanted() ? start_pop(number) : 0;
}

static LK_INLINE void count_stack(__u32 number, int kernel_stack, int user_stack)
{
	struct trace_stack_key key = {
		.probe = number,
		.tgid = bpf_get_current_pid_tgid() >> 32,
		.kernel_stack = kernel_stack,
		.user_stack = user_stack,
	};
	__u64 one = 1, *count;

	bpf_get_current_comm(key.comm, sizeof(key.comm));
	count = bpf_map_lookup_elem(&stack_counts, &key);
	if (!count && bpf_map_update_elem(&stack_counts, &key, &one, BPF_NOEXIST) == 0)
		return;
	if (!count)
		count = bpf_map_lookup_elem(&stack_counts, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		lost(settings.sample_base + number, LOSS_MAP_FULL);
}

/* The stack's id, negative when there is none. -EEXIST and -ENOMEM mean that the map is full. */
static LK_INLINE int stack_id(void *ctx, __u32 number, __u64 flags)
{
	long id;

	if (!settings.count_stacks)
		flags |= BPF_F_REUSE_STACKID;
	id = bpf_get_stackid(ctx, &stacks, flags);
	if (settings.count_stacks && (id == -17 || id == -12))
		lost(settings.sample_base + number, LOSS_MAP_FULL);
	return id;
}

static LK_INLINE void fill_sample(lk_u64 *record, struct bpf_perf_event_data *ctx, __u32 number,
				  enum sample_context context)
{
	int kernel_stack = stack_id(ctx, number, 0);
	int user_stack = stack_id(ctx, number, BPF_F_USER_STACK);

	record[SAMPLE_TIME] = bpf_ktime_get_ns();
	record[SAMPLE_WHO] = bpf_get_current_pid_tgid();
	bpf_get_current_comm(&record[SAMPLE_COMM0], 16);
	record[SAMPLE_WHERE] = ((__u64)context << 32) | bpf_get_smp_processor_id();
	record[SAMPLE_IP] = PT_REGS_IP(&ctx->regs);
	record[SAMPLE_STACKS] = ((__u64)(__u32)user_stack << 32) | (__u32)kernel_stack;
	record[SAMPLE_CGROUP] = bpf_get_current_cgroup_id();
	record[SAMPLE_CHECK] = sample_check(record);
	if (settings.count_stacks)
		count_stack(number, kernel_stack, user_stack);
}

static LK_INLINE int probe_sample(struct bpf_perf_event_data *ctx, __u32 number)
{
	__u32 column = settings.sample_base + number;
	struct trace_losses *own = PER_CPU_SLOT(losses, settings.probes, column);
	struct contexts_latch *counts;
	struct sample_latch *last;
	lk_u64 record[SAMPLE_WORDS];
	__u64 context;

	if (own) /* this CPU's programs of one probe do not interrupt each other */
		*(volatile __u64 *)&own->ran = own->ran + 1;
	if (!task_wanted() || !cpu_wanted())
		return 0;
	counts = PER_CPU_SLOT(contexts, settings.samples, number);
	last = PER_CPU_SLOT(samples, settings.samples, number);
	if (!counts || !last)
		return 0;
	context = context_now();
	if (latch_accumulate(counts->words, CONTEXTS_WORDS, contexts_apply, &context))
		return lost(column, LOSS_DROPPED);
	fill_sample(record, ctx, number, context);
	if (latch_publish(last->words, SAMPLE_WORDS, record, record[SAMPLE_TIME]))
		return lost(column, LOSS_DROPPED);
	return 0;
}

#endif /* LATCHKIT_TRACE_PROBE_H */
