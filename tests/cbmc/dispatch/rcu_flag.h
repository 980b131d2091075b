/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * rcu_flag - a flavour of RCU for CBMC: one reader, one flag, full barriers. A grace period lasts
 * until the flag is down: executions in which it is not are not looked at.
 */
#ifndef CBMC_DISPATCH_RCU_FLAG_H
#define CBMC_DISPATCH_RCU_FLAG_H

typedef struct {
	int unused;
} dispatch_rcu_head;

static _Bool rcu_flag;
static __CPROVER_thread_local _Bool rcu_flag_inside;

static inline bool dispatch_rcu_enter(void)
{
	rcu_flag = 1;
	memory_mb();
	rcu_flag_inside = 1;
	return true;
}

static inline void dispatch_rcu_leave(void)
{
	memory_mb();
	rcu_flag_inside = 0;
	rcu_flag = 0;
}

static inline bool dispatch_rcu_inside(void)
{
	return rcu_flag_inside;
}

static inline void dispatch_rcu_synchronize(void)
{
	memory_mb();
	__CPROVER_assume(!rcu_flag);
	memory_mb();
}

static inline void dispatch_rcu_call(dispatch_rcu_head *head,
				     void (*function)(dispatch_rcu_head *head))
{
	dispatch_rcu_synchronize();
	function(head);
}

#endif /* CBMC_DISPATCH_RCU_FLAG_H */
