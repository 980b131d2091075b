/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * activity.h - how much each process does, beside the records of probes: its samples, context
 * switches and system calls, in a table of its own (latchkit/keyed.h). In traces without probes
 * alone: else the verifier removes this code. It is on the path of every system call of the host:
 * no helper is called but look-ups that the kernel inlines. Any context.
 */
#ifndef LATCHKIT_BPF_TRACE_ACTIVITY_H
#define LATCHKIT_BPF_TRACE_ACTIVITY_H

#define ACTIVITY_LATCH_WORDS latch_accumulate_words(ACTIVITY_WORDS)

/* The latch of the current task's process; NULL: there is no room. */
static LK_INLINE lk_u64 *activity_latch_of(const struct task_struct *task)
{
	lk_u64 key[ACTIVITY_KEY_WORDS], *first, *second, hash;
	__u32 a, b;
	int made;

	key[0] = (__u32)task->tgid;
	key[1] = task->group_leader->start_boottime;
	hash = keyed_hash(key, ACTIVITY_KEY_WORDS, settings.key_seed);
	a = keyed_first(hash, settings.activity_buckets);
	b = keyed_second(hash, settings.activity_buckets);
	first = bpf_map_lookup_elem(&activity, &a);
	second = bpf_map_lookup_elem(&activity, &b);
	if (!first || !second)
		return NULL;
	return keyed_latch(first, second, key, ACTIVITY_KEY_WORDS, ACTIVITY_LATCH_WORDS, hash,
			   &made);
}

/* Count what the current task's process did; `what`: an enum activity_word. */
static LK_INLINE void activity_add(__u64 what)
{
	lk_u64 *latch;

	if (!settings.activity_buckets)
		return;
	latch = activity_latch_of(bpf_get_current_task_btf());
	if (!latch)
		latch = PER_CPU_SLOT(activity_rest, 1, 0);
	if (latch && latch_accumulate(latch, ACTIVITY_WORDS, activity_apply, &what))
		__sync_fetch_and_add(&globals.activity_dropped, 1);
}

#endif /* LATCHKIT_BPF_TRACE_ACTIVITY_H */
