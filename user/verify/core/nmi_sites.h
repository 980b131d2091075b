/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nmi_sites.h - interrupt a BPF program by an NMI right after each of its stores: x86 reports the
 * hit of a hardware watchpoint as an NMI. What a check has of its own is which words are watched,
 * the program, and what must hold afterwards.
 */
#ifndef LATCHKIT_USER_VERIFY_CORE_NMI_SITES_H
#define LATCHKIT_USER_VERIFY_CORE_NMI_SITES_H

#include "verify/core/nmi_source.h"
#include "verify/core/verdict.h"

/* A check that is under way. A check's own state begins with it. */
struct nmi_sites {
	const struct verify_options *options;
	struct verify_verdict *verdict;
	const struct bpf_program *program; /* that runs in the NMI; its cookie is the site */
	int cpu;
	bool stop; /* it has failed, or cannot go on */
	size_t count; /* sites: words that are watched; a multiple of NMI_WATCHES */
	/* Where the word of a site is, in the kernel. */
	lk_u64 (*address)(const struct nmi_sites *t, size_t site);
	/* Run what is interrupted, while NMI_WATCHES sites from `first` on are watched. Returns 0
	 * or a negative errno. */
	int (*run)(struct nmi_sites *t, size_t first);
};

/*
 * The check, or the rest of it, cannot be done here: it is skipped, or with --require-nmi it fails,
 * for this reason; t->stop.
 */
void nmi_unavailable(struct nmi_sites *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Is the hit of a watchpoint an NMI on this machine? If not, that is told. */
bool nmi_sites_possible(struct nmi_sites *t);
/* Tell why the programs could not be loaded: a negative errno. */
void nmi_not_loaded(struct nmi_sites *t, int err);
/* A failure at a site, of that workload, but for f->site and f->words. */
struct verify_failure nmi_failure(const struct nmi_sites *t, size_t site, const char *workload);
/* Watch all sites, one after the other, until t->stop. The caller has pinned itself to t->cpu. */
void nmi_sites_watch(struct nmi_sites *t);
/*
 * Were those that the verdict has counted as "NMIs" any? `contexts`: what the context probe says of
 * them, by enum sample_context.
 */
void nmi_judge_contexts(struct nmi_sites *t, const lk_u64 *contexts);

#endif /* LATCHKIT_USER_VERIFY_CORE_NMI_SITES_H */
