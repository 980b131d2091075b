/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * probe.h - what happens at a probe: count, start a latency, end it, take a sample, depending on
 * the handler of the event. `number`: the probe's, within its kind, from 0. Context: any that a
 * program of the probe's type runs in, NMI for samples. All return 0; losses are counted by cause.
 */
#ifndef LATCHKIT_BPF_TRACE_PROBE_H
#define LATCHKIT_BPF_TRACE_PROBE_H

/* An event is done with: it counts for its process, and for its handler. Returns 0. */
static LK_INLINE int done(__u32 column, __u32 handler, enum activity_word what)
{
	activity_add(what);
	return handled(column, handler);
}

/* Keep the value of an event or call; its record is the probe's, whatever its kind. */
static LK_INLINE int value_keep(void *ctx, __u32 column, __u32 handler, __u64 ip,
				struct results *results)
{
	lk_u64 *latch;

	latch = latch_of_key(&keyed_values, TABLE_VALUES, latch_accumulate_words(VALUE_WORDS), ctx,
			     column, column, ip, results);
	if (!latch)
		latch = PER_CPU_SLOT(values, settings.probes, column);
	if (!latch)
		return 0;
	if (latch_accumulate(latch, VALUE_WORDS, value_apply, &results->value))
		return lost(column, LOSS_DROPPED);
	line_send(ctx, column, ip, results->value.value, results);
	if (handler_is(handler, HANDLER_STACKS))
		count_stacks(ctx, column);
	return handled(column, handler);
}

/* `ip`: where the event was, if the program can tell, else 0; `from`: what expressions see. */
static LK_INLINE int probe_hit(void *ctx, __u32 number, __u64 ip, const struct expr_source *from)
{
	lk_u64 *latch;
	__u32 handler;
	struct results results;
	enum wants wants;
	__u64 tgid_pid;

	if (!trace_begun() || !task_wanted() || !cpu_wanted())
		return 0;
	results_begin(&results);
	wants = statement_wants(number, from, &results);
	if (wants == WANTS_NONE)
		return 0;
	if (wants == WANTS_VALUE)
		return value_keep(ctx, number, handler_now(KIND_EVENT), ip, &results);
	latch = latch_of_key(&keyed_events, TABLE_EVENTS, latch_accumulate_words(EVENT_WORDS), ctx,
			     number, number, ip, &results);
	if (!latch)
		latch = PER_CPU_SLOT(events, settings.events, number);
	if (!latch)
		return 0;
	tgid_pid = bpf_get_current_pid_tgid();
	if (latch_accumulate(latch, EVENT_WORDS, event_apply, &tgid_pid))
		return lost(number, LOSS_DROPPED);
	line_send(ctx, number, ip, 0, &results);
	handler = handler_now(KIND_EVENT);
	if (handler_is(handler, HANDLER_STACKS))
		count_stacks(ctx, number);
	return done(number, handler,
		    number == settings.switches ? ACTIVITY_SWITCHES : ACTIVITY_SYSCALLS);
}

/* Finish a call of probe `number` that took from->ns. */
static LK_INLINE int call_done(void *ctx, __u32 number, __u32 handler,
			       const struct expr_source *from)
{
	__u32 column = settings.latency_base + number;
	struct results results;
	enum wants wants;
	__u64 ns = from->ns;
	lk_u64 *latch;

	results_begin(&results);
	wants = statement_wants(column, from, &results);
	if (wants == WANTS_NONE)
		return unwanted(column);
	if (wants == WANTS_VALUE)
		return value_keep(ctx, column, handler, 0, &results);
	if (handler_is(handler, HANDLER_COUNT))
		return done(column, handler, ACTIVITY_SYSCALLS);
	latch = latch_of_key(&keyed_latencies, TABLE_LATENCIES,
			     latch_accumulate_words(LATENCY_WORDS), ctx, column, number, 0,
			     &results);
	if (!latch)
		latch = PER_CPU_SLOT(latencies, settings.latencies, number);
	if (!latch)
		return 0;
	if (latch_accumulate(latch, LATENCY_WORDS, latency_apply, &ns))
		return lost(column, LOSS_DROPPED);
	line_send(ctx, column, 0, ns, &results);
	if (handler_is(handler, HANDLER_STACKS))
		count_stacks(ctx, column);
	return done(column, handler, ACTIVITY_SYSCALLS);
}

/* The time since a start. */
static LK_INLINE __u64 since_ns(__u64 start_ns, __u64 now_ns)
{
	return now_ns > start_ns ? now_ns - start_ns : 0;
}

/* A call begins at a place; `regs` at the entry of a user function, else NULL. */
static LK_INLINE int probe_enter(__u32 number, const struct place *at, struct pt_regs *regs)
{
	if (!trace_begun() || !task_wanted() || !cpu_wanted())
		return 0;
	entered(number);
	return start_push(at, number, handler_now(KIND_LATENCY), regs);
}

/* A call that has returned: its probe, and its handler. */
struct returned {
	__u32 number, handler;
};

/*
 * Take the start of the call of probe `wanted` that has returned: see start_pop(). Returns true,
 * *call and the time in *from; false: it has none, which is counted.
 */
static LK_INLINE bool call_take(bool user, const struct place *now, __u64 wanted,
				struct expr_source *from, struct returned *call)
{
	__u64 now_ns = bpf_ktime_get_ns();
	struct trace_start start;

	if (!start_pop(user, now, wanted, &start))
		return false;
	from->ns = since_ns(start.time_ns, now_ns);
	call->number = (__u32)start.probe;
	call->handler = start_handler(start.probe);
	return true;
}

/* *from: all that expressions see of the call but the time. */
static LK_INLINE int probe_leave(void *ctx, __u32 number, bool user, const struct place *now,
				 struct expr_source *from)
{
	struct returned call;

	if (!trace_begun() || !task_wanted() || !call_take(user, now, number, from, &call))
		return 0;
	return call_done(ctx, call.number, call.handler, from);
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
	if (settings.count_stacks && !left_out())
		count_stack(column, kernel_stack, user_stack);
}

static LK_INLINE int probe_sample(struct bpf_perf_event_data *ctx, __u32 number, bool by_clock)
{
	__u32 column = settings.sample_base + number;
	struct trace_losses *own = PER_CPU_SLOT(losses, settings.probes, column);
	struct sample_latch *last;
	lk_u64 *counts;
	struct expr_source from = {.args = EXPR_ARGS_NONE};
	lk_u64 record[SAMPLE_WORDS];
	struct results results;
	__u64 context;
	__u32 handler;

	if (!trace_begun())
		return 0;
	if (own) /* this CPU's programs of one probe do not interrupt each other */
		*(volatile __u64 *)&own->ran = own->ran + 1;
	if (!task_wanted() || !cpu_wanted())
		return 0;
	results_begin(&results);
	if (statement_wants(column, &from, &results) == WANTS_NONE)
		return 0;
	counts = latch_of_key(&keyed_contexts, TABLE_CONTEXTS,
			      latch_accumulate_words(CONTEXTS_WORDS), ctx, column, number,
			      PT_REGS_IP(&ctx->regs), &results);
	if (!counts)
		counts = PER_CPU_SLOT(contexts, settings.samples, number);
	last = PER_CPU_SLOT(samples, settings.samples, number);
	if (!counts || !last)
		return 0;
	context = context_interrupted(PT_REGS_IP(&ctx->regs), by_clock);
	if (latch_accumulate(counts, CONTEXTS_WORDS, contexts_apply, &context))
		return lost(column, LOSS_DROPPED);
	line_send(ctx, column, PT_REGS_IP(&ctx->regs), 0, &results);
	handler = handler_now(KIND_SAMPLE);
	if (handler_is(handler, HANDLER_COUNT))
		return done(column, handler, ACTIVITY_SAMPLES);
	if (settings.by) /* who was there is in the keys */
		return done(column, handler, ACTIVITY_SAMPLES);
	fill_sample(record, ctx, column, context);
	if (latch_publish(last->words, SAMPLE_WORDS, record, record[SAMPLE_TIME]))
		lost(column, LOSS_DROPPED); /* the newest; it has been counted */
	return done(column, handler, ACTIVITY_SAMPLES);
}

#endif /* LATCHKIT_BPF_TRACE_PROBE_H */
