/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rcu_proof.h - a flavour of RCU that does nothing, for the proofs of what the pointers order.
 * Grace periods are judged by the tests written by hand, under the Linux kernel's model.
 */
#ifndef LATCHKIT_PROOF_RCU_H
#define LATCHKIT_PROOF_RCU_H

typedef lk_u64 dispatch_rcu_head;

static LK_INLINE bool dispatch_rcu_enter(void)
{
	return true;
}

static LK_INLINE void dispatch_rcu_leave(void)
{
}

static LK_INLINE bool dispatch_rcu_inside(void)
{
	return false;
}

static LK_INLINE void dispatch_rcu_synchronize(void)
{
}

static LK_INLINE void dispatch_rcu_call(dispatch_rcu_head *head,
					void (*function)(dispatch_rcu_head *head))
{
	(void)head;
	(void)function;
}

#endif /* LATCHKIT_PROOF_RCU_H */
