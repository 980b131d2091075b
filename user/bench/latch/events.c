// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* events.c - see bench/latch/events.h. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/perf_event.h"
#include "bench/latch/events.h"
#include "bpf/bench/latch_shared.h"

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

/* One attachment serves all threads, but for watchpoints. */
static bool is_attached(struct bpf_link *const *links, size_t room, const struct bench_thread *t)
{
	return t->event != BENCH_EVENT_NMI && t->event < room && links[t->event];
}

int bench_events_attach(struct bench_bpf *b, struct bench_thread *t)
{
	struct bench_bpf_buffers *buffers = bench_bpf_buffers(b);
	size_t room, i = t->event;
	struct bpf_link **links = bench_bpf_links(b, &room);

	buffers->tgid = (unsigned long long)getpid();
	buffers->syscall = SYS_getppid;
	if (is_attached(links, room, t))
		return 0;
	while (i < room && links[i])
		i++;
	if (i == room)
		return -ENOSPC;
	links[i] = attach(b, t);
	if (links[i])
		return 0;
	return errno == ENOENT || errno == ENODEV ? -EOPNOTSUPP : -errno;
}

void bench_events_detach(struct bench_bpf *b)
{
	size_t room;
	struct bpf_link **links = bench_bpf_links(b, &room);

	for (size_t i = 0; i < room; i++) {
		bpf_link__destroy(links[i]);
		links[i] = NULL;
	}
}

static const struct bench_bpf_events *events_of(const struct bench_thread *t)
{
	return &bench_bpf_buffers(t->bpf)->events[t->event][t->cpu % BENCH_BPF_CPUS];
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
