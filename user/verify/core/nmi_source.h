/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nmi_source.h - what interrupts a program so that another one runs in the interrupt: a hardware
 * watchpoint (on x86 an NMI, right after a store), a counter of the PMU that overflows (on x86 an
 * NMI, anywhere) or else the CPU clock (an ordinary interrupt), NMIs injected from outside.
 */
#ifndef LATCHKIT_USER_VERIFY_CORE_NMI_SOURCE_H
#define LATCHKIT_USER_VERIFY_CORE_NMI_SOURCE_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include <latchkit/order.h>

/* Something attached. */
struct nmi_source {
	struct bpf_link *link;
	int fd; /* of the perf event, which the link owns; -1: none */
};

/* Hardware watchpoints at once. */
#define NMI_WATCHES 4

/*
 * Each attaches the program on one CPU and returns 0 or a negative errno. `cookie` is what the
 * program gets. nmi_source_detach() also of what was not attached.
 */
/* Run it after each store to the 8 bytes at `address`, in the kernel. */
int nmi_source_watch(struct nmi_source *s, const struct bpf_program *program, int cpu,
		     lk_u64 address, lk_u64 cookie);
/* Run it by the PMU, or else by the clock, every so often; *is_nmi says which. */
int nmi_source_sample(struct nmi_source *s, const struct bpf_program *program, int cpu,
		      lk_u64 cookie, bool *is_nmi);
void nmi_source_detach(struct nmi_source *s);
/* Events so far, those for which the kernel did not run the program included. */
lk_u64 nmi_source_events(const struct nmi_source *s);
/* Why watching failed, in words. */
const char *nmi_source_why(int err);

/*
 * Ask whoever runs this machine to inject `count` NMIs: tools/vm does, when a line says so in the
 * file that LATCHKIT_INJECT names. Returns false if nobody is there to ask.
 */
bool nmi_source_request(unsigned int count);

#endif /* LATCHKIT_USER_VERIFY_CORE_NMI_SOURCE_H */
