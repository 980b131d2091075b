/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memory.h - what the compiler's atomic built-ins mean to CBMC. Include it before the headers.
 *
 * The headers of include/latchkit are checked as they are, order_user.h included: only the
 * `__atomic` built-ins below it are replaced, because CBMC takes them for sequentially consistent.
 *
 * Each word of latch memory is a variable of its own and each access chooses one: a store through
 * a computed index would read and write the whole array. `memory` itself is never touched, only
 * pointed to.
 *
 *   model   loads            stores                   read-modify-write
 *   sc      in order         in order                 one step
 *   tso     in order         in order, may be late    one step, full barrier
 *   pso     in order         in any order             its load and its store are two steps: the
 *                                                     store may be late as any other store may
 *
 * In the last case other writers keep off the word between the two steps (memory_taken), which is
 * what makes it atomic. A plain store to such a word is done before later accesses of its thread:
 * stronger than pso, for these words only (MEMORY_CLAIMS, a bit for each). Not so for two kinds:
 *
 *   MEMORY_LOCKS     only their owner stores, others compare and exchange: late as any store is
 *   MEMORY_COUNTERS  the store is late, but until it is seen no other read-modify-write of that
 *                    word passes; loads do. That costs time, so it is asked for where it matters
 *
 * Loads are in order in all three, so acquire and the read barrier have nothing to do here, and
 * whether they are missing cannot be seen.
 */
#ifndef CBMC_MEMORY_H
#define CBMC_MEMORY_H

typedef unsigned long long memory_word;

memory_word memory[MEMORY_WORDS];
static memory_word memory_value[MEMORY_WORDS];
static _Bool memory_taken[MEMORY_WORDS];

#define memory_index(p) (__CPROVER_POINTER_OFFSET(p) / sizeof(memory_word))
#define memory_among(k, words) (((words) >> (k)) & 1)
#define memory_claimable(k) memory_among(k, MEMORY_CLAIMS)
#ifndef MEMORY_LOCKS
#define MEMORY_LOCKS 0
#endif
#define memory_lock(k) memory_among(k, MEMORY_LOCKS)
#ifndef MEMORY_COUNTERS
#define MEMORY_COUNTERS 0
#endif
#define memory_counter(k) memory_among(k, MEMORY_COUNTERS)
/*
 * Where records begin, where parts of them that are read alone begin, and where everything else is,
 * a bit for each word: which of them an access through a computed index can mean. It is asserted.
 */
#ifndef MEMORY_RECORDS
#define MEMORY_RECORDS 0
#endif
#ifndef MEMORY_PARTS
#define MEMORY_PARTS 0
#endif
#ifndef MEMORY_CONTROL
#define MEMORY_CONTROL ~0ULL
#endif
#define memory_wmb() __CPROVER_fence("WWfence")
#define memory_mb() __CPROVER_fence("WWfence", "WRfence")
#define memory_releases(order) ((order) >= __ATOMIC_RELEASE)

/* What is done once for each word. */
#define MEMORY_EACH_1(_) _(0)
#define MEMORY_EACH_4(_) MEMORY_EACH_1(_) _(1) _(2) _(3)
#define MEMORY_EACH_6(_) MEMORY_EACH_4(_) _(4) _(5)
#define MEMORY_EACH_8(_) MEMORY_EACH_6(_) _(6) _(7)
#define MEMORY_EACH_10(_) MEMORY_EACH_8(_) _(8) _(9)
#define MEMORY_EACH_12(_) MEMORY_EACH_10(_) _(10) _(11)
#define MEMORY_EACH_16(_) MEMORY_EACH_12(_) _(12) _(13) _(14) _(15)
#define MEMORY_EACH_18(_) MEMORY_EACH_16(_) _(16) _(17)
#define MEMORY_EACH_21(_) MEMORY_EACH_18(_) _(18) _(19) _(20)
#define MEMORY_PASTE_(a, b) a##b
#define MEMORY_PASTE(a, b) MEMORY_PASTE_(a, b)
#define memory_each(_) MEMORY_PASTE(MEMORY_EACH_, MEMORY_WORDS)(_)

/* No two words of memory are the same variable, and none is outside of those that `among` has. */
static inline void memory_check(const memory_word *p, memory_word among)
{
	__CPROVER_assert(__CPROVER_same_object(p, memory) && memory_index(p) < MEMORY_WORDS &&
				 (among >> memory_index(p)) & 1,
			 "within the latch");
}

static inline memory_word memory_load_among(const memory_word *p, memory_word among)
{
	unsigned long index = memory_index(p);
	memory_word value;

	memory_check(p, among);
#define MEMORY_LOAD(k) \
	if (memory_among(k, among) && index == k) \
		value = memory_value[k];
	memory_each(MEMORY_LOAD);
	return value;
}

static inline memory_word memory_load(const memory_word *p)
{
	return memory_load_among(p, MEMORY_CONTROL);
}

/* Of a latch of several parts, those words that this thread accesses now. */
static __CPROVER_thread_local memory_word memory_part = ~0ULL; /* a bit for each */

static inline memory_word memory_load_record(const memory_word *p, unsigned int place)
{
	return memory_load_among(p, memory_part & ((memory_word)(MEMORY_RECORDS) << place |
						   (place ? 0 : (memory_word)(MEMORY_PARTS))));
}

static inline void memory_store_record(memory_word *p, unsigned int place, memory_word value)
{
	memory_word among = memory_part & ((memory_word)(MEMORY_RECORDS) << place);
	unsigned long index = memory_index(p);

	memory_check(p, among);
#define MEMORY_STORE_RECORD(k) \
	if (memory_among(k, among) && index == k) \
		memory_value[k] = value;
	memory_each(MEMORY_STORE_RECORD);
}

static inline void memory_store(memory_word *p, memory_word value, int order)
{
	unsigned long index = memory_index(p);

	memory_check(p, MEMORY_CONTROL);
#ifdef MEMORY_LATE_RMW
#define MEMORY_STORE_TAKE(k) \
	if (memory_counter(k) && index == k) { \
		__CPROVER_atomic_begin(); \
		__CPROVER_assume(!memory_taken[k]); \
		memory_taken[k] = 1; \
		__CPROVER_atomic_end(); \
	}
	memory_each(MEMORY_STORE_TAKE);
#define MEMORY_STORE(k) \
	if (memory_among(k, MEMORY_CONTROL) && index == k) { \
		if (memory_counter(k)) { \
			__CPROVER_atomic_begin(); \
			memory_value[k] = value; \
			memory_taken[k] = 0; \
			__CPROVER_atomic_end(); \
		} else if (memory_claimable(k) && !memory_lock(k)) { \
			__CPROVER_atomic_begin(); \
			__CPROVER_assume(!memory_taken[k]); \
			memory_value[k] = value; \
			__CPROVER_atomic_end(); \
		} else { \
			memory_value[k] = value; \
		} \
	}
#else
#define MEMORY_STORE(k) \
	if (memory_among(k, MEMORY_CONTROL) && index == k) \
		memory_value[k] = value;
#endif
	if (memory_releases(order))
		memory_wmb();
	memory_each(MEMORY_STORE);
}

static inline void memory_fence(int order)
{
	if (memory_releases(order))
		memory_wmb();
}

/* Around a read-modify-write: in tso it is a full barrier whatever its order. */
static inline void memory_before_step(int order)
{
#ifdef MEMORY_LATE_RMW
	if (order != __ATOMIC_SEQ_CST) {
		memory_fence(order);
		return;
	}
#endif
	memory_mb();
}

static inline void memory_after_step(int order)
{
#ifdef MEMORY_LATE_RMW
	if (order != __ATOMIC_SEQ_CST)
		return;
#endif
	memory_mb();
}

enum memory_rmw {
	MEMORY_ADD,
	MEMORY_OR,
	MEMORY_EXCHANGE,
	MEMORY_CMPXCHG,
};

static inline memory_word memory_changed(enum memory_rmw what, memory_word old, memory_word operand)
{
	return what == MEMORY_ADD ? old + operand : what == MEMORY_OR ? old | operand : operand;
}

/* Returns the old value. With MEMORY_CMPXCHG nothing is stored unless that is `expected`. */
static inline memory_word memory_rmw(enum memory_rmw what, memory_word *p, memory_word expected,
				     memory_word operand, int order)
{
	unsigned long index = memory_index(p);
	memory_word old;
	_Bool stores;

	memory_check(p, MEMORY_CLAIMS);
	memory_before_step(order);
#ifdef MEMORY_LATE_RMW
#define MEMORY_RMW(k) \
	if (index == k) { \
		__CPROVER_assert(memory_claimable(k), "MEMORY_CLAIMS names the word"); \
		__CPROVER_atomic_begin(); \
		__CPROVER_assume(!memory_taken[k]); \
		old = memory_value[k]; \
		stores = what != MEMORY_CMPXCHG || old == expected; \
		if (stores) \
			memory_taken[k] = 1; \
		__CPROVER_atomic_end(); \
		if (stores) { \
			__CPROVER_atomic_begin(); \
			memory_value[k] = memory_changed(what, old, operand); \
			memory_taken[k] = 0; \
			__CPROVER_atomic_end(); \
		} \
	}
#else
#define MEMORY_RMW(k) \
	if (index == k) { \
		__CPROVER_atomic_begin(); \
		old = memory_value[k]; \
		stores = what != MEMORY_CMPXCHG || old == expected; \
		if (stores) \
			memory_value[k] = memory_changed(what, old, operand); \
		__CPROVER_atomic_end(); \
	}
#endif
	memory_each(MEMORY_RMW);
	memory_after_step(order);
	return old;
}

/*
 * Pointers: CBMC does not follow a pointer that another thread stores. So their words are numbers,
 * too, and the harness's memory_known() returns the object or function that has this address.
 */
void *memory_known(memory_word address);

static inline void *memory_load_ptr(void *const *p)
{
	return memory_known(memory_load((const memory_word *)p));
}

static inline void memory_store_ptr(void **p, void *value, int order)
{
	memory_store((memory_word *)p, (memory_word)value, order);
}

static inline void *memory_exchange_ptr(void **p, void *value, int order)
{
	return memory_known(
		memory_rmw(MEMORY_EXCHANGE, (memory_word *)p, 0, (memory_word)value, order));
}

/* Compare-exchange: returns the old value. */
static inline void *memory_cmpxchg_ptr(void **p, void *expected, void *desired, int order)
{
	return memory_known(memory_rmw(MEMORY_CMPXCHG, (memory_word *)p, (memory_word)expected,
				       (memory_word)desired, order));
}

static inline _Bool memory_cmpxchg(memory_word *p, memory_word *expected, memory_word desired,
				   int order)
{
	memory_word old = memory_rmw(MEMORY_CMPXCHG, p, *expected, desired, order);
	_Bool done = old == *expected;

	*expected = old;
	return done;
}

/* clang-format off */
#define __atomic_load_n(p, order) \
	_Generic((p), void *const *: memory_load_ptr, void **: memory_load_ptr, \
		 default: memory_load)(p)
#define __atomic_store_n(p, v, order) \
	_Generic((p), void **: memory_store_ptr, default: memory_store)(p, v, order)
/* clang-format on */
#define __atomic_exchange_n(p, v, order) memory_exchange_ptr(p, v, order)
#define __atomic_compare_exchange_n(p, expected, desired, weak, order, failure) \
	memory_cmpxchg(p, expected, desired, order)
#define __atomic_fetch_add(p, v, order) memory_rmw(MEMORY_ADD, p, 0, v, order)
#define __atomic_fetch_or(p, v, order) memory_rmw(MEMORY_OR, p, 0, v, order)
#define __atomic_thread_fence(order) memory_fence(order)
#define __builtin_prefetch(p) ((void)(p))

/* Three functions of order_user.h keep a pointer where CBMC takes it for shared: replaced whole. */
#define order_ptr_cmpxchg_acquire order_user_cmpxchg_acquire
#define order_ptr_cmpxchg_release order_user_cmpxchg_release
#define order_ptr_cmpxchg_acq_rel order_user_cmpxchg_acq_rel
#include <latchkit/order.h>
#undef order_ptr_cmpxchg_acquire
#undef order_ptr_cmpxchg_release
#undef order_ptr_cmpxchg_acq_rel
#define order_ptr_cmpxchg_acquire(p, old, new) memory_cmpxchg_ptr(p, old, new, __ATOMIC_ACQUIRE)
#define order_ptr_cmpxchg_release(p, old, new) memory_cmpxchg_ptr(p, old, new, __ATOMIC_RELEASE)
#define order_ptr_cmpxchg_acq_rel(p, old, new) memory_cmpxchg_ptr(p, old, new, __ATOMIC_ACQ_REL)

/* The program: `prepare`, then three threads side by side. */
#define MEMORY_MAIN(prepare, one, two, three) \
	int main(void) \
	{ \
		prepare; \
	__CPROVER_ASYNC_1: \
		one; \
	__CPROVER_ASYNC_2: \
		two; \
	__CPROVER_ASYNC_3: \
		three; \
		return 0; \
	}

#endif /* CBMC_MEMORY_H */
