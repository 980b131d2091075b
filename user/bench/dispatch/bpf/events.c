// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * events.c - see bench/dispatch/bpf/events.h: each event is counted here and by the handler that
 * saw it. Events are system calls of this thread; or packets, while the program of an attached link
 * is updated. Few links can be updated: those of XDP, cgroups, network namespaces and iterators.
 * Here XDP, on the loopback device of a network namespace that is made for it and that ends with
 * its thread: nothing of the host's network is touched.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/dispatch/bpf/events.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/cpus.h"

/* At most; waiting for grace periods takes a while. */
#define SECONDS 30
#define BATCH 1024

#define LOOPBACK 1 /* its number in every namespace */
#define LINK_SECONDS 60
/* Packets on their way at once: fewer than the kernel queues before it drops. */
#define WINDOW 64
#define PATIENCE_NS 1000000000ULL

/* What becomes of events of one way. */
struct look {
	struct dispatch_bpf_swapper swapper;
	struct dispatch_bpf_result *r;
	bool (*stopped)(void);
	int fd; /* to send packets */
};

static struct bpf_program *program_of(const struct dispatch_bpf *b, const char *name)
{
	return bpf_object__find_program_by_name(b->image.object, name);
}

/* -- ways to swap ----------------------------------------------------------------------------- */

static int swap_selector(struct dispatch_bpf_swapper *s, unsigned int next)
{
	dispatch_selector_set(&s->b->shared->selector, dispatch_selector(next, next));
	return 0;
}

static int swap_split(struct dispatch_bpf_swapper *s, unsigned int next)
{
	/* Release: as dispatch_selector_set(), twice; reading the clock takes a while. */
	order_store_release(&s->b->shared->split[1], next);
	clock_now_ns();
	order_store_release(&s->b->shared->split[0], next);
	return 0;
}

static int update(struct dispatch_bpf_swapper *s, const char *array, const char *program)
{
	int fd = dispatch_bpf_program_fd(s->b, program);
	__u32 zero = 0;

	return bpf_map_update_elem(dispatch_bpf_map_fd(s->b, array), &zero, &fd, BPF_ANY) ? -errno
											  : 0;
}

static int swap_constant(struct dispatch_bpf_swapper *s, unsigned int next)
{
	return update(s, "event_constant",
		      next ? "event_tail_constant_1" : "event_tail_constant_0");
}

static int swap_variable(struct dispatch_bpf_swapper *s, unsigned int next)
{
	return update(s, "event_variable",
		      next ? "event_tail_variable_1" : "event_tail_variable_0");
}

static int swap_deleted(struct dispatch_bpf_swapper *s, unsigned int next)
{
	__u32 zero = 0;

	bpf_map_delete_elem(dispatch_bpf_map_fd(s->b, "event_constant"), &zero);
	return swap_constant(s, next);
}

static int swap_link(struct dispatch_bpf_swapper *s, unsigned int next)
{
	return bpf_link__update_program(s->link,
					program_of(s->b, next ? "event_link_1" : "event_link_0"));
}

static const struct {
	const char *program;
	int (*swap)(struct dispatch_bpf_swapper *s, unsigned int next);
	bool kept;
} ways[DISPATCH_BPF_WAYS] = {
	[DISPATCH_BPF_SWITCH] = {"event_switch", swap_selector, false},
	[DISPATCH_BPF_SWITCH_KEPT] = {"event_switch", swap_selector, true},
	[DISPATCH_BPF_SPLIT] = {"event_split", swap_split, false},
	[DISPATCH_BPF_CONSTANT] = {"event_tail_constant", swap_constant, false},
	[DISPATCH_BPF_CONSTANT_KEPT] = {"event_tail_constant", swap_constant, true},
	[DISPATCH_BPF_CONSTANT_DELETED] = {"event_tail_constant", swap_deleted, false},
	[DISPATCH_BPF_VARIABLE] = {"event_tail_variable", swap_variable, false},
};

/* -- a look ----------------------------------------------------------------------------------- */

/* Not yet enough of them, or of swaps, and time left. */
static bool go_on(const struct look *l, uint64_t events, uint64_t end_ns)
{
	return !l->stopped() && clock_now_ns() < end_ns &&
	       (events < DISPATCH_BPF_EVENTS ||
		order_load_relaxed(&l->swapper.swaps) < DISPATCH_BPF_SWAPS);
}

/*
 * Have events happen while a swapper runs flat out, and count them. `link` attaches the program;
 * without one it says where that failed.
 */
static void look(struct look *l, struct bpf_link *link, const char *where,
		 uint64_t (*make_events)(const struct look *l))
{
	struct dispatch_bpf_swapper *s = &l->swapper;
	pthread_t swapper;
	uint64_t events;

	s->link = link;
	if (!link || pthread_create(&swapper, NULL, dispatch_bpf_swap_flat_out, s)) {
		snprintf(l->r->cell.skipped, sizeof(l->r->cell.skipped), "cannot attach %s: %s",
			 where, error_text(errno));
		bpf_link__destroy(link);
		return;
	}
	events = make_events(l);
	order_store_relaxed(&s->stop, 1);
	pthread_join(swapper, NULL);
	bpf_link__destroy(link);
	dispatch_bpf_settle(l->r, s, events);
}

/* -- system calls ----------------------------------------------------------------------------- */

/* Returns how many there were. */
static uint64_t make_calls(const struct look *l)
{
	uint64_t end = clock_now_ns() + SECONDS * 1000000000ULL, events = 0;

	cpu_pin(cpu_at(0, true));
	while (go_on(l, events, end)) {
		for (int i = 0; i < BATCH; i++)
			syscall(SYS_getppid);
		events += BATCH;
	}
	cpu_unpin();
	return events;
}

static void look_at_calls(struct dispatch_bpf_results *r, int way, bool (*stopped)(void))
{
	struct dispatch_bpf *b = r->programs;
	struct look l = {.swapper = {.b = b, .swap = ways[way].swap, .kept = ways[way].kept},
			 .r = &r->way[way],
			 .stopped = stopped};

	dispatch_bpf_reset(b);
	b->shared->tgid = (unsigned long long)getpid();
	b->shared->syscall = SYS_getppid;
	look(&l, bpf_program__attach(program_of(b, ways[way].program)), "to sys_enter", make_calls);
}

/* -- packets ---------------------------------------------------------------------------------- */

static int loopback_up(int s)
{
	struct ifreq request = {.ifr_name = "lo"};

	if (ioctl(s, SIOCGIFFLAGS, &request))
		return -errno;
	request.ifr_flags |= IFF_UP | IFF_RUNNING;
	return ioctl(s, SIOCSIFFLAGS, &request) ? -errno : 0;
}

/* Until all that were sent are handled; those that are not in time are missed. */
static bool wait_for(const struct dispatch_bpf *b, uint64_t sent)
{
	uint64_t end = clock_now_ns() + PATIENCE_NS;

	while (dispatch_bpf_calls(b) < sent)
		if (clock_now_ns() > end)
			return false;
	return true;
}

/* Returns how many packets were sent. Ends early when one of them is missed. */
static uint64_t send_packets(const struct look *l)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	uint64_t magic = DISPATCH_BPF_MAGIC, sent = 0;
	uint64_t end = clock_now_ns() + LINK_SECONDS * 1000000000ULL;

	while (go_on(l, sent, end)) {
		for (int i = 0; i < WINDOW; i++)
			sent += sendto(l->fd, &magic, sizeof(magic), 0, (struct sockaddr *)&to,
				       sizeof(to)) == sizeof(magic);
		if (!wait_for(l->swapper.b, sent))
			break;
	}
	return sent;
}

static void *look_at_packets(void *arg)
{
	struct look *l = arg;
	int err = unshare(CLONE_NEWNET) ? -errno : 0;

	if (err) {
		snprintf(l->r->cell.skipped, sizeof(l->r->cell.skipped),
			 "a network namespace of its own: %s: needs CAP_SYS_ADMIN",
			 error_text(err));
		return NULL;
	}
	cpu_pin(cpu_at(0, true));
	l->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	err = l->fd < 0 ? -errno : loopback_up(l->fd);
	if (err) {
		snprintf(l->r->cell.skipped, sizeof(l->r->cell.skipped), "its loopback device: %s",
			 error_text(err));
	} else {
		dispatch_bpf_reset(l->swapper.b);
		look(l, bpf_program__attach_xdp(program_of(l->swapper.b, "event_link_0"), LOOPBACK),
		     "XDP to loopback", send_packets);
	}
	if (l->fd >= 0)
		close(l->fd);
	return NULL;
}

static void look_at_link(struct dispatch_bpf_results *r, bool (*stopped)(void))
{
	struct look l = {.swapper = {.b = r->programs, .swap = swap_link},
			 .r = &r->way[DISPATCH_BPF_LINK],
			 .stopped = stopped};
	pthread_t thread;

	if (pthread_create(&thread, NULL, look_at_packets, &l))
		snprintf(l.r->cell.skipped, sizeof(l.r->cell.skipped), "no thread: %s",
			 error_text(errno));
	else
		pthread_join(thread, NULL);
}

/* -- all of them ------------------------------------------------------------------------------ */

/* What the kernel says to an update of the link that the other ways are attached by. */
static void try_raw_tp(const struct dispatch_bpf *b, struct dispatch_bpf_result *r)
{
	struct bpf_link *link = bpf_program__attach(program_of(b, "event_switch"));
	int err = link ? bpf_link__update_program(link, program_of(b, "event_tail_constant"))
		       : -errno;

	bpf_link__destroy(link);
	if (err)
		snprintf(r->cell.skipped, sizeof(r->cell.skipped),
			 "bpf_link__update_program: %s: the kernel has no update of links of raw "
			 "tracepoints",
			 error_text(err));
	else
		snprintf(r->cell.skipped, sizeof(r->cell.skipped),
			 "the kernel allows the update; latchkit measures that of XDP links only");
}

void dispatch_bpf_events(struct dispatch_bpf_results *r, bool (*stopped)(void))
{
	if (!r->programs)
		return;
	for (int i = 0; i < DISPATCH_BPF_WAYS && !stopped(); i++)
		if (ways[i].program && !r->way[i].cell.skipped[0])
			look_at_calls(r, i, stopped);
	if (!stopped())
		look_at_link(r, stopped);
	try_raw_tp(r->programs, &r->way[DISPATCH_BPF_LINK_RAW_TP]);
}
