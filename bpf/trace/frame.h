/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * frame.h - a task's calls that have not returned, each tied to its frame by the stack pointer. A
 * call may never return (longjmp, exceptions, exec, exit, a return that the kernel missed): what is
 * further down the stack than where the task is now is gone, and is dropped as LOSS_ABANDONED.
 *
 * There are two lists, for user and for kernel functions. The first is the business of the task
 * alone. In the second interrupts of the task put frames of their own, between any two steps, and
 * are done with them when they end. Slots above the depth have a stack pointer of 0; a slot below
 * it that has 0 is just being filled, or emptied, by whoever was interrupted, and is left alone.
 *
 * Stacks grow downwards. Kernel frames lie on the task's stack or on those of interrupts, of which
 * nothing is left when the task itself goes on. Of user stacks only the order is known, as in the
 * kernel's own list of return probes: a program that hops between stacks with open frames on both
 * has those on the lower one dropped when the upper one is used.
 */
#ifndef LATCHKIT_BPF_TRACE_FRAME_H
#define LATCHKIT_BPF_TRACE_FRAME_H

/* Flags start entries of system calls: a return does not know the number of its probe. */
#define START_SYSCALL (1ULL << 32)
/* A start entry whose call has returned, below another of the same call that has not yet. */
#define START_DONE (1ULL << 33)

/* The largest kernel stack. Nothing else lies that near. */
#define KERNEL_STACK_BYTES 32768
/* A return leaves the stack pointer this far above where the entry had it, at most. */
#define RETURN_BYTES 64
/* Interrupt stacks are aligned to 2 to the power of this. */
#define INTERRUPT_STACK_BITS 14

struct xol_area___latchkit {
	unsigned long vaddr;
} __attribute__((preserve_access_index));

struct uprobes_state___latchkit {
	struct xol_area___latchkit *xol_area;
} __attribute__((preserve_access_index));

struct mm_struct___latchkit {
	struct uprobes_state___latchkit uprobes_state;
} __attribute__((preserve_access_index));

struct task_struct___frames {
	void *stack;
	struct mm_struct___latchkit *mm;
} __attribute__((preserve_access_index));

/*
 * Where a task is on a stack: the frames that are live begin at `sp` or above it, less than `span`
 * bytes, counted across the end of the address space.
 */
struct place {
	__u64 sp, span;
};

/*
 * How many frames a program looks through, a constant to it. In the kernel few are ever gone, and
 * the rest go the next time; fexit's programs are verified once for each probe, which takes long.
 */
#define LOOK_USER TRACE_MAX_DEPTH
#define LOOK_KERNEL 12
/* Of frames at one place: probes of one call, calls in the tail of others. */
#define LOOK_SHARED 8

/* A pointer's address. Negated twice, it is a plain number to the verifier. */
static LK_INLINE __u64 address_of(const void *pointer)
{
	__u64 address = (__u64)pointer;

	asm volatile("%0 = -%0\n%0 = -%0" : "+r"(address));
	return address;
}

/* Kernel code: on the task's own stack frames beyond it are gone; else they are the task's. */
static LK_INLINE struct place kernel_place(__u64 sp)
{
	struct task_struct___frames *task = (void *)bpf_get_current_task_btf();
	__u64 stack = (__u64)task->stack;
	__u64 interrupts = (sp - 1) >> INTERRUPT_STACK_BITS << INTERRUPT_STACK_BITS;

	if (sp - 1 - stack < KERNEL_STACK_BYTES)
		return (struct place){sp, stack + KERNEL_STACK_BYTES - sp};
	return (struct place){sp, interrupts - sp};
}

static LK_INLINE struct place user_place(__u64 sp)
{
	return (struct place){sp, -sp};
}

/* Can a call that began at `sp` still return, seen from a place? 0: it is just being listed. */
static LK_INLINE bool frame_is_live(__u64 sp, const struct place *now)
{
	return !sp || sp - now->sp < now->span;
}

static LK_INLINE struct trace_starts *starts_get(bool user, struct task_struct *task, __u64 flags)
{
	return user ? bpf_task_storage_get(&user_starts, task, 0, flags)
		    : bpf_task_storage_get(&kernel_starts, task, 0, flags);
}

/*
 * Returns x, as any number to the verifier: else it follows loops for each range that it knows a
 * number to be in, and loops after them for each of these.
 */
static LK_INLINE __u64 any_number(const struct trace_starts *s, __u64 x)
{
	return x + *(const volatile __u64 *)&s->zero;
}

/*
 * The frame of index `i`, or NULL: also of -1. The mask changes nothing but what the verifier
 * knows, and keeps clang from computing the address beforehand.
 */
static LK_INLINE struct trace_start *start_at(struct trace_starts *s, __u64 i)
{
	if (i >= TRACE_MAX_DEPTH)
		return NULL;
	asm volatile("%0 &= %1" : "+r"(i) : "i"(TRACE_MAX_DEPTH - 1));
	return &s->entry[i];
}

static LK_INLINE __u64 starts_depth(const struct trace_starts *s)
{
	return *(const volatile __u64 *)&s->depth;
}

/* Take the last frame off, which is at `i`. In this order: see above. */
static LK_INLINE void start_remove(struct trace_starts *s, struct trace_start *last, __u64 i)
{
	*(volatile __u64 *)&last->sp = 0;
	*(volatile __u64 *)&s->depth = i;
}

/* Drop the frames that are gone, from a place. Those that have not returned are counted. */
static LK_INLINE void starts_drop(struct trace_starts *s, const struct place *now, int most)
{
	for (int n = 0; n < most; n++) {
		__u64 i = starts_depth(s) - 1, probe;
		struct trace_start *last = start_at(s, i);

		if (!last || frame_is_live(last->sp, now))
			return;
		probe = last->probe;
		start_remove(s, last, i);
		if (!(probe & START_DONE))
			lost(settings.latency_base + (__u32)probe, LOSS_ABANDONED);
	}
}

/* Is one of the last frames, those at `sp`, of this probe? */
static LK_INLINE bool starts_have(struct trace_starts *s, __u64 sp, __u64 probe)
{
	for (int n = 0; n < LOOK_SHARED; n++) {
		struct trace_start *f = start_at(s, starts_depth(s) - 1 - n);

		if (!f || f->sp != sp)
			return false;
		if ((f->probe & (START_DONE | 0xffffffff)) == probe)
			return true;
	}
	return false;
}

/*
 * Does the function that is being entered return to the kernel's trampoline? Then the one that had
 * this frame has jumped to it, in its tail, and both return at once.
 */
static LK_INLINE bool user_tail_call(struct pt_regs *regs)
{
	struct task_struct___frames *task = (void *)bpf_get_current_task();
	__u64 trampoline, returns_to = 0;

	if (!bpf_core_field_exists(((struct xol_area___latchkit *)0)->vaddr))
		return false;
	trampoline = BPF_CORE_READ(task, mm, uprobes_state.xol_area, vaddr);
#ifdef bpf_target_x86
	bpf_probe_read_user(&returns_to, sizeof(returns_to), (void *)PT_REGS_SP(regs));
	if (trampoline <= 0xffffffff)
		returns_to = (__u32)returns_to; /* a 32-bit program */
#else
	returns_to = PT_REGS_RET(regs);
#endif
	return trampoline && returns_to == trampoline;
}

/*
 * A call begins where one did that is still listed: two probes of one call, or a call in the tail
 * of the other; or the other one is gone. User functions: `regs` at the entry. Kernel functions,
 * NULL: they are left only by returning, so that a probe that is listed twice tells.
 */
static LK_INLINE bool frame_is_shared(struct trace_starts *s, const struct trace_start *last,
				      __u64 probe, struct pt_regs *regs)
{
	if (regs && user_tail_call(regs))
		return true;
	if (regs && last->ip != PT_REGS_IP(regs))
		return false;
	return !starts_have(s, last->sp, probe);
}

/* Drop what is gone when a call of `probe` begins. */
static LK_INLINE void starts_drop_at_entry(struct trace_starts *s, const struct place *at,
					   __u64 probe, struct pt_regs *regs)
{
	struct place above = {at->sp + 1, at->span - 1};
	struct trace_start *last;

	starts_drop(s, at, regs ? LOOK_USER : LOOK_KERNEL);
	last = start_at(s, starts_depth(s) - 1);
	if (last && last->sp == at->sp && !frame_is_shared(s, last, probe, regs))
		starts_drop(s, &above, LOOK_SHARED);
}

/* List a call of `probe` that begins at a place; `regs` of a user function, else NULL. */
static LK_INLINE int start_push(const struct place *at, __u64 probe, __u32 handler,
				struct pt_regs *regs)
{
	__u32 column = settings.latency_base + (__u32)probe;
	struct trace_start *f;
	struct trace_starts *s;
	__u64 depth;

	s = starts_get(regs != NULL, bpf_get_current_task_btf(), BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s)
		return unlisted(column);
	starts_drop_at_entry(s, at, (__u32)probe, regs);
	depth = starts_depth(s);
	f = start_at(s, depth);
	if (!f)
		return lost(column, LOSS_TOO_DEEP);
	*(volatile __u64 *)&s->depth = depth + 1;
	f->probe = start_with_handler(probe, handler);
	f->ip = regs ? PT_REGS_IP(regs) : 0;
	f->time_ns = handler_is(handler, HANDLER_COUNT) ? 0 : bpf_ktime_get_ns();
	*(volatile __u64 *)&f->sp = at->sp;
	return 0;
}

static LK_INLINE bool start_matches(__u64 have, __u64 wanted)
{
	have = start_without_handler(have);
	return wanted == START_SYSCALL ? (have & START_SYSCALL) != 0 : have == wanted;
}

/*
 * Find the frame of probe `wanted` that returns, from the place where it has: of those below it the
 * uppermost one; of several there the last. Returns its index, or -1.
 */
static LK_INLINE __u64 start_find(struct trace_starts *s, const struct place *now, __u64 wanted,
				  int most)
{
	__u64 found = any_number(s, -1), uppermost = any_number(s, 0);

	for (int n = 0; n < most; n++) {
		__u64 i = starts_depth(s) - 1 - n;
		struct trace_start *f = start_at(s, i);

		if (!f || frame_is_live(f->sp, now))
			break;
		if (now->sp - f->sp <= RETURN_BYTES && f->sp > uppermost &&
		    start_matches(f->probe, wanted)) {
			uppermost = f->sp;
			found = any_number(s, i);
		}
	}
	return found;
}

/* Take a frame out. Those of the same call stay, above it, until they return. */
static LK_INLINE void start_finish(struct trace_starts *s, struct trace_start *f)
{
	f->probe = START_DONE;
	for (int n = 0; n < LOOK_SHARED; n++) {
		__u64 i = starts_depth(s) - 1;
		struct trace_start *last = start_at(s, i);

		if (!last || !last->sp || last->probe != START_DONE)
			return;
		start_remove(s, last, i);
	}
}

/* A return without its entry. The host's CPUs may be chosen, entries on others are not listed. */
static LK_INLINE int return_unpaired(__u64 wanted)
{
	if (wanted != START_SYSCALL && !settings.by_cpu)
		lost(settings.latency_base + (__u32)wanted, LOSS_UNPAIRED);
	return 0;
}

/*
 * A call of probe `wanted` has returned: frames below `now` are gone. START_SYSCALL: any system
 * call. Returns true, and the start in *out; false, and why is counted.
 */
static LK_INLINE bool start_pop(bool user, const struct place *now, __u64 wanted,
				struct trace_start *out)
{
	int most = user ? LOOK_USER : LOOK_KERNEL;
	struct place returned;
	struct trace_starts *s;
	struct trace_start *f;

	s = starts_get(user, bpf_get_current_task_btf(), 0);
	if (!s)
		return return_unpaired(wanted);
	f = start_at(s, start_find(s, now, wanted, most));
	if (!f) /* full: it was counted as too deep when it began */
		return starts_depth(s) < TRACE_MAX_DEPTH ? return_unpaired(wanted) : false;
	*out = *f;
	returned = (struct place){f->sp, now->span + (now->sp - f->sp)};
	starts_drop(s, &returned, most);
	start_finish(s, f);
	return true;
}

/* None of the calls in a task's list will return. May be NULL. */
static LK_INLINE void starts_forget(struct trace_starts *s)
{
	struct place above_all = {.span = 0};

	if (s)
		starts_drop(s, &above_all, TRACE_MAX_DEPTH);
}

#endif /* LATCHKIT_BPF_TRACE_FRAME_H */
