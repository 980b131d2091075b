/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * order_bpf.h - order.h for BPF programs (clang 14 and newer, -mcpu=v3). Include order.h.
 *
 * What the BPF memory model gives: an atomic operation whose result is used (its FETCH form) is
 * a full barrier; everything else is unordered. The non-FETCH form, which the compiler emits when
 * the result is unused, is no barrier, so every result here is handed to an asm statement.
 *
 * Two spellings:
 *  - objects for x86 (__TARGET_ARCH_x86): the JIT translates each load and store to one plain
 *    instruction, in program order, and the processor keeps loads in order, stores in order, and
 *    never moves a load after a later store. Acquire, release and the write barrier then need
 *    nothing but the compiler's order.
 *  - all other objects, or -DLK_ORDER_MODEL: only what the BPF model promises. Release and acquire
 *    use the store-release and load-acquire instructions where the loader found that the kernel
 *    has them (lk_order_acqrel, in read-only data, so that the verifier drops the other branch),
 *    else a FETCH operation. Such an object may run on x86 too: the tests do that.
 *
 * clang 14 crashes on __atomic_load_n and friends for BPF: hence volatile accesses and __sync.
 */
#ifndef LATCHKIT_ORDER_BPF_H
#define LATCHKIT_ORDER_BPF_H

#if !defined(__TARGET_ARCH_x86) && !defined(LK_ORDER_MODEL)
#define LK_ORDER_MODEL
#endif

/* Keep the compiler from moving memory accesses across, and from dropping an unused result. */
#define lk_compiler_barrier() asm volatile("" ::: "memory")
#define lk_use(value) asm volatile("" ::"r"(value) : "memory")

static LK_INLINE lk_u64 order_load_relaxed(const lk_u64 *p)
{
	return *(const volatile lk_u64 *)p;
}

static LK_INLINE void order_store_relaxed(lk_u64 *p, lk_u64 v)
{
	*(volatile lk_u64 *)p = v;
}

static LK_INLINE lk_u64 lk_full_fetch_add(lk_u64 *p, lk_u64 v)
{
	lk_u64 old = __sync_fetch_and_add(p, v);

	lk_use(old);
	return old;
}

static LK_INLINE void lk_full_exchange(lk_u64 *p, lk_u64 v)
{
	lk_u64 old = __sync_lock_test_and_set(p, v);

	lk_use(old);
}

static LK_INLINE lk_u64 lk_full_cmpxchg(lk_u64 *p, lk_u64 expected, lk_u64 desired)
{
	lk_u64 old = __sync_val_compare_and_swap(p, expected, desired);

	lk_use(old);
	return old;
}

#ifdef LK_ORDER_MODEL

/* Set by the loader before loading when the kernel accepts load-acquire and store-release. */
const volatile unsigned int lk_order_acqrel __attribute__((weak, section(".rodata"))) = 0;

/* The two instructions as bytes: clang 14 has no name for them (opcode 0xdb, imm 0x100, 0x110). */
static LK_INLINE lk_u64 lk_load_acquire_insn(const lk_u64 *p)
{
	register lk_u64 value asm("r0");
	register const lk_u64 *addr asm("r1") = p;

	asm volatile(".byte 0xdb,0x10,0,0,0,1,0,0" : "=r"(value) : "r"(addr) : "memory");
	return value;
}

static LK_INLINE void lk_store_release_insn(lk_u64 *p, lk_u64 v)
{
	register lk_u64 value asm("r2") = v;
	register lk_u64 *addr asm("r1") = p;

	asm volatile(".byte 0xdb,0x21,0,0,0x10,1,0,0" ::"r"(value), "r"(addr) : "memory");
}

static LK_INLINE lk_u64 order_load_acquire(const lk_u64 *p)
{
	if (lk_order_acqrel)
		return lk_load_acquire_insn(p);
	return lk_full_fetch_add((lk_u64 *)p, 0);
}

static LK_INLINE void order_store_release(lk_u64 *p, lk_u64 v)
{
	if (lk_order_acqrel)
		lk_store_release_insn(p, v);
	else
		lk_full_exchange(p, v);
}

/* A load-acquire would not do: it orders what follows, and here the loads before it matter. */
static LK_INLINE lk_u64 order_load_recheck(const lk_u64 *p)
{
	return lk_full_fetch_add((lk_u64 *)p, 0);
}

static LK_INLINE void order_store_announce(lk_u64 *p, lk_u64 v)
{
	lk_full_exchange(p, v);
}

#else /* x86 */

static LK_INLINE lk_u64 order_load_acquire(const lk_u64 *p)
{
	lk_u64 v = order_load_relaxed(p);

	lk_compiler_barrier();
	return v;
}

static LK_INLINE void order_store_release(lk_u64 *p, lk_u64 v)
{
	lk_compiler_barrier();
	order_store_relaxed(p, v);
}

static LK_INLINE lk_u64 order_load_recheck(const lk_u64 *p)
{
	lk_compiler_barrier();
	return order_load_relaxed(p);
}

static LK_INLINE void order_store_announce(lk_u64 *p, lk_u64 v)
{
	lk_compiler_barrier();
	order_store_relaxed(p, v);
	lk_compiler_barrier();
}

#endif /* LK_ORDER_MODEL */

/* There is no such instruction. */
static LK_INLINE void order_prefetch(const lk_u64 *p)
{
	(void)p;
}

/* The atomic operation before it was a FETCH form, hence a full barrier already. */
static LK_INLINE void order_wmb_after_rmw(void)
{
	lk_compiler_barrier();
}

/* Full barriers all of them, whatever less their names ask for. */
#define order_fetch_add_relaxed lk_full_fetch_add
#define order_fetch_add_acquire lk_full_fetch_add
#define order_fetch_add_acq_rel lk_full_fetch_add
#define order_fetch_add_release lk_full_fetch_add
#define order_cmpxchg_relaxed lk_full_cmpxchg
#define order_cmpxchg_acquire lk_full_cmpxchg
#define order_cmpxchg_acq_rel lk_full_cmpxchg
#define order_cmpxchg_full lk_full_cmpxchg

static LK_INLINE lk_u64 order_fetch_or_acquire(lk_u64 *p, lk_u64 v)
{
	lk_u64 old = __sync_fetch_and_or(p, v);

	lk_use(old);
	return old;
}

#endif /* LATCHKIT_ORDER_BPF_H */
