// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* events.c - see bench/latch/events.h. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/perf_event.h"
#include "bench/latch/events.h"

#ifdef __aarch64__
#define GETPPID "__arm64_sys_getppid"
#else
#define GETPPID "__x64_sys_getppid"
#endif

static struct bpf_link *attach_kprobe(struct bench_bpf *b)
{
	return bpf_program__attach_kprobe(bench_bpf_program(b, "kprobe_"), false, GETPPID);
}

/* Whatever runs on that CPU and stores there; the address is one of ours. */
static struct bpf_link *attach_watchpoint(struct bench_bpf *b, struct bench_thread *t)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (uintptr_t)&t->watched,
		.bp_len = 8,
		.sample_period = 1,
	};
	struct bpf_link *link;
	int fd;

#ifndef __x86_64__
	errno = EOPNOTSUPP; /* no NMI there */
	return NULL;
#endif
	fd = perf_event_open(&attr, -1, (int)t->cpu);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	link = bpf_program__attach_perf_event(bench_bpf_program(b, "nmi_"), fd);
	if (!link)
		close(fd);
	return link;
}

static struct bpf_link *attach(struct bench_bpf *b, struct bench_thread *t)
{
	switch (t->event) {
	case BENCH_EVENT_RAW_TP:
		return bpf_program__attach(bench_bpf_program(b, "raw_tp_"));
	case BENCH_EVENT_KPROBE:
		return attach_kprobe(b);
	default:
		return attach_watchpoint(b, t);
	}
}

int bench_events_attach(struct bench_bpf *b, struct bench_thread *t)
{
	size_t i = t->event;

	b->buffers->tgid = (unsigned long long)getpid();
	b->buffers->syscall = SYS_getppid;
	/* One attachment serves all threads, but for watchpoints. */
	if (t->event != BENCH_EVENT_NMI && b->links[i])
		return 0;
	while (i < BENCH_BPF_LINKS && b->links[i])
		i++;
	if (i == BENCH_BPF_LINKS)
		return -ENOSPC;
	b->links[i] = attach(b, t);
	if (b->links[i])
		return 0;
	return errno == ENOENT || errno == ENODEV ? -EOPNOTSUPP : -errno;
}

void bench_events_detach(struct bench_bpf *b)
{
	for (size_t i = 0; i < BENCH_BPF_LINKS; i++) {
		bpf_link__destroy(b->links[i]);
		b->links[i] = NULL;
	}
}

static const struct bench_bpf_events *events_of(const struct bench_thread *t)
{
	return &t->bpf->buffers->events[t->event][t->cpu % BENCH_BPF_CPUS];
}

static void count_events(struct bench_thread *t, const struct bench_bpf_events *before)
{
	const struct bench_bpf_events *now = events_of(t);

	/* Relaxed: this thread runs on the CPU that counts. */
	t->done += order_load_relaxed(&now->ran) - before->ran;
	t->refused += order_load_relaxed(&now->refused) - before->refused;
}

void bench_events_syscall(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	struct bench_bpf_events before = *events_of(t);

	(void)memory;
	for (lk_u64 i = 0; i < count; i++)
		syscall(SYS_getppid);
	count_events(t, &before);
}

void bench_events_store(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	struct bench_bpf_events before = *events_of(t);

	(void)memory;
	for (lk_u64 i = 0; i < count; i++)
		t->watched = i;
	count_events(t, &before);
}
