// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* types.c - built for BPF, for its type information only: the prototypes that probes have. */
#include "tests/unit/statement/types.h"

typedef int (*btf_trace_unnamed)(void *, struct sample *, int);
typedef unsigned int count_t;

/* Keeps the types that no prototype has. */
struct keep {
	btf_trace_unnamed unnamed;
	struct tcp_sock tcp;
	struct task_struct task;
	struct request request;
	struct request_queue queue;
	struct gendisk disk;
	struct block_device device;
	count_t count;
	unsigned long ul;
	char c;
} kept;

int __traceiter_sample(void *data, struct sample *p, int n, unsigned short narrow, _Bool yes)
{
	(void)data;
	return p->s32 + n + narrow + yes;
}

int __traceiter_sockets(void *data, struct sock *sk, struct request *rq, unsigned int dev)
{
	(void)data;
	return sk->sk_state + (int)rq->__data_len + (int)dev;
}

short does(struct sample *p, long size)
{
	return (short)(p->s16 + size);
}

void gives_nothing(char *name)
{
	*name = 0;
}
