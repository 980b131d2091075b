// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * link.c - the program of an attached link is updated while events happen. Few links
 * can be updated: those of XDP, cgroups, network namespaces and iterators. Here XDP, on the
 * loopback device of a network namespace that is made for it and that ends with its thread: nothing
 * of the host's network is touched. An event is a packet.
 */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/dispatch/bpf/link.h"
#include "bench/dispatch/bpf/programs.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/cpus.h"

#define LOOPBACK 1 /* its number in every namespace */
#define SECONDS 60
/* Packets on their way at once: fewer than the kernel queues before it drops. */
#define WINDOW 64
#define PATIENCE_NS 1000000000ULL

struct look {
	struct dispatch_bpf *b;
	struct dispatch_bpf_result *r;
	bool (*stopped)(void);
};

static int swap_link(struct dispatch_bpf_swapper *s, unsigned int next)
{
	struct bpf_program *program = bpf_object__find_program_by_name(
		s->b->image.object, next ? "event_link_1" : "event_link_0");

	return bpf_link__update_program(s->link, program);
}

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
static uint64_t send_packets(const struct look *l, const struct dispatch_bpf_swapper *s, int fd)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	uint64_t magic = DISPATCH_BPF_MAGIC, sent = 0, end;

	end = clock_now_ns() + SECONDS * 1000000000ULL;
	while (!l->stopped() && clock_now_ns() < end &&
	       (sent < DISPATCH_BPF_EVENTS || order_load_relaxed(&s->swaps) < DISPATCH_BPF_SWAPS)) {
		for (int i = 0; i < WINDOW; i++)
			sent += sendto(fd, &magic, sizeof(magic), 0, (struct sockaddr *)&to,
				       sizeof(to)) == sizeof(magic);
		if (!wait_for(l->b, sent))
			break;
	}
	return sent;
}

static void look(struct look *l, int fd)
{
	struct dispatch_bpf_swapper s = {.b = l->b, .swap = swap_link};
	struct bpf_program *first =
		bpf_object__find_program_by_name(l->b->image.object, "event_link_0");
	pthread_t swapper;
	uint64_t events;

	dispatch_bpf_reset(l->b);
	s.link = bpf_program__attach_xdp(first, LOOPBACK);
	if (!s.link || pthread_create(&swapper, NULL, dispatch_bpf_swap_flat_out, &s)) {
		snprintf(l->r->skipped, sizeof(l->r->skipped), "cannot attach XDP to loopback: %s",
			 error_text(errno));
		bpf_link__destroy(s.link);
		return;
	}
	events = send_packets(l, &s, fd);
	order_store_relaxed(&s.stop, 1);
	pthread_join(swapper, NULL);
	bpf_link__destroy(s.link);
	dispatch_bpf_settle(l->r, &s, events);
}

static void *look_main(void *arg)
{
	struct look *l = arg;
	int err = unshare(CLONE_NEWNET) ? -errno : 0, fd;

	if (err) {
		snprintf(l->r->skipped, sizeof(l->r->skipped),
			 "a network namespace of its own: %s: needs CAP_SYS_ADMIN",
			 error_text(err));
		return NULL;
	}
	cpu_pin(cpu_at(0, true));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	err = fd < 0 ? -errno : loopback_up(fd);
	if (err)
		snprintf(l->r->skipped, sizeof(l->r->skipped), "its loopback device: %s",
			 error_text(err));
	else
		look(l, fd);
	if (fd >= 0)
		close(fd);
	return NULL;
}

void dispatch_bpf_link_events(struct dispatch_bpf *b, struct dispatch_bpf_result *r,
			      bool (*stopped)(void))
{
	struct look l = {b, r, stopped};
	pthread_t thread;

	if (pthread_create(&thread, NULL, look_main, &l)) {
		snprintf(r->skipped, sizeof(r->skipped), "no thread: %s", error_text(errno));
		return;
	}
	pthread_join(thread, NULL);
}
