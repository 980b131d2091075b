/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * keys.h - the record of an event's key. Which keys there are the settings tell, constants to the
 * verifier: it removes the code of all others. A key that finds no room has no record of its own:
 * the caller takes the probe's, so that the records of a probe add up to its total.
 */
#ifndef LATCHKIT_BPF_TRACE_KEYS_H
#define LATCHKIT_BPF_TRACE_KEYS_H

/* What the expressions of an event's statement came to; the key, where they are last, is whole. */
struct results {
	struct value_delta value;
	lk_u64 key[KEYED_MAX_KEY_WORDS];
};

static LK_INLINE bool keyed_by(enum trace_key key)
{
	return settings.by & KEY_BIT(key);
}

/* All words of the key begin as zeros. Volatile, or the compiler calls memset(), which is not. */
static LK_INLINE void results_begin(struct results *r)
{
	if (settings.by)
		KEYED_EACH_WORD(i, settings.key_words, *(volatile lk_u64 *)&r->key[i] = 0);
}

/* Kernel addresses are the upper half, on all machines that run BPF programs in 64 bits. */
static LK_INLINE bool is_user_address(__u64 ip)
{
	return (__s64)ip > 0;
}

static LK_INLINE __u64 key_small(__u32 number)
{
	__u64 word = number;

	if (keyed_by(KEY_CPU))
		word |= bpf_get_smp_processor_id() << 16;
	if (keyed_by(KEY_UID))
		word |= bpf_get_current_uid_gid() << 32;
	return word;
}

/* Both words at once: the kernel fills a name up with zeros. */
static LK_INLINE void key_comm(lk_u64 *words, const struct task_struct *task)
{
	words[0] = *(const volatile __u64 *)&task->comm[0];
	words[1] = *(const volatile __u64 *)&task->comm[8];
}

/* The process, unless only an address of the kernel would need it. */
static LK_INLINE void key_process(lk_u64 *words, const struct task_struct *task, __u64 ip)
{
	if (!keyed_by(KEY_PID) && !keyed_by(KEY_USTACK) && !is_user_address(ip))
		return;
	words[0] = task->self_exec_id << 32 | bpf_get_current_pid_tgid() >> 32;
	words[1] = task->group_leader->start_boottime;
}

static LK_INLINE __u64 key_stacks(void *ctx, __u32 column)
{
	__u32 kernel = keyed_by(KEY_KSTACK) ? stack_id(ctx, column, 0) : 0;
	__u64 user = keyed_by(KEY_USTACK) ? stack_id(ctx, column, BPF_F_USER_STACK) : 0;

	return user << 32 | kernel;
}

/* Fill in a key of zeros but for its expressions; `ip`: where the event was, for KEY_FUNC. */
static LK_INLINE void key_fill(lk_u64 *key, void *ctx, __u32 column, __u32 number, __u64 ip)
{
	const struct task_struct *task = bpf_get_current_task_btf(); /* fields are plain loads */
	lk_u64 *words = key + 1;

	key[0] = key_small(number);
	if (keyed_by(KEY_COMM)) {
		key_comm(words, task);
		words += 2;
	}
	if (key_part_words(settings.by, KEY_PART_PROCESS)) {
		key_process(words, task, ip);
		words += 2;
	}
	if (keyed_by(KEY_TID)) {
		words[0] = (__u32)bpf_get_current_pid_tgid();
		words[1] = task->start_boottime;
		words += 2;
	}
	if (key_part_words(settings.by, KEY_PART_STACKS))
		*words++ = key_stacks(ctx, column);
	if (keyed_by(KEY_CGROUP))
		*words++ = bpf_get_current_cgroup_id();
	if (keyed_by(KEY_FUNC))
		*words = ip;
}

/* A key is new: if its addresses are a process's, the loader is told, as that may be gone soon. */
static LK_INLINE void key_made(const lk_u64 *key, __u32 column, __u64 ip)
{
	const lk_u64 *process = key + key_part_at(settings.by, KEY_PART_PROCESS);
	struct trace_stack_key of = {.probe = column, .user_stack = -1, .kernel_stack = -1};

	if (!keyed_by(KEY_USTACK) && !(keyed_by(KEY_FUNC) && is_user_address(ip)))
		return;
	of.tgid = process[0];
	of.program = process[0] >> 32;
	of.start_ns = process[1];
	if (keyed_by(KEY_USTACK))
		of.user_stack = key[key_part_at(settings.by, KEY_PART_STACKS)] >> 32;
	process_report_stack(&of, keyed_by(KEY_FUNC) && is_user_address(ip) ? ip : 0);
}

/*
 * The latch of this event's key, in the table of its kind of probe; NULL: there is no room, or
 * records have no keys. Any context.
 */
static LK_INLINE lk_u64 *latch_of_key(void *table, enum trace_table which, unsigned int latch_words,
				      void *ctx, __u32 column, __u32 number, __u64 ip,
				      struct results *results)
{
	lk_u64 *key = results->key, *first, *second, *latch, hash;
	__u32 a, b;

	if (!settings.by || settings.lines)
		return NULL;
	key_fill(key, ctx, column, number, ip);
	hash = keyed_hash(key, settings.key_words, settings.key_seed);
	a = keyed_first(hash, settings.key_buckets[which]);
	first = bpf_map_lookup_elem(table, &a);
	if (!first)
		return NULL;
	latch = keyed_lookup(first, key, settings.key_words, latch_words, hash);
	if (latch)
		return latch;
	b = keyed_second(hash, settings.key_buckets[which]);
	second = bpf_map_lookup_elem(table, &b);
	if (!second)
		return NULL;
	latch = keyed_lookup(second, key, settings.key_words, latch_words, hash);
	if (latch)
		return latch;
	latch = keyed_make(first, second, key, settings.key_words, latch_words, hash);
	if (latch)
		key_made(key, column, ip);
	return latch;
}

#endif /* LATCHKIT_BPF_TRACE_KEYS_H */
