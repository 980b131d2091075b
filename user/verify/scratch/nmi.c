// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nmi.c - an NMI right after each store of a BPF program that claims, uses and releases a buffer.
 *
 * x86 reports the hit of a hardware watchpoint as an NMI. So a watchpoint on the word of each
 * buffer that says who owns it, and on each word of the first buffer, stops the program right after
 * its store to that word; the program that runs in the NMI claims, uses and releases a buffer, too.
 * The context probe says that it was an NMI.
 *
 * Who comes in an NMI is the first to go. A flag and a nesting counter are right then: the check
 * preempt shows them fail.
 */
#include <errno.h>
#include <stdio.h>

#include <latchkit/record.h>

#include "bpf/verify/scratch_shared.h"

#include "bpf/trace/shared.h"
#include "host/cpus.h"
#include "verify/core/nmi_sites.h"
#include "verify/core/watch.h"
#include "verify/scratch/program.h"
#include "verify/scratch/set.h"

/* Loops while the same words are watched, without --seconds. */
#define ROUNDS 4
_Static_assert(SCRATCH_NMI_SITES % NMI_WATCHES == 0, "all sites are watched");
#define WATCHED (SCRATCH_NMI_SITES / NMI_WATCHES)

struct nmi {
	struct nmi_sites at;
	struct scratch_program program;
};

static struct verify_failure failed_at(const struct nmi *t, size_t site)
{
	struct verify_failure f = nmi_failure(&t->at, site, "claims");

	if (site < SCRATCH_TEST_WAYS)
		snprintf(f.site, sizeof(f.site), "a store to the owner of buffer %zu", site);
	else
		snprintf(f.site, sizeof(f.site), "a store to word %zu of buffer 0",
			 site - SCRATCH_TEST_WAYS);
	return f;
}

static void judge(struct nmi *t)
{
	const lk_u64 *contexts = bpf_image_global(&t->program.image, "contexts");
	const lk_u64 *hits = bpf_image_global(&t->program.image, "hits");
	const lk_u64 *inside = bpf_image_global(&t->program.image, "inside");
	struct verify_failure f;
	size_t last = 0;

	for (size_t i = 0; i < SCRATCH_NMI_SITES; i++) {
		verify_count(t->at.verdict, "NMIs", hits[i]);
		verify_count(t->at.verdict, "inside", inside[i]);
		verify_count(t->at.verdict, "sites", hits[i] != 0);
		last = hits[i] ? i : last;
	}
	f = failed_at(t, last);
	scratch_program_judge(&t->program, t->at.verdict, SCRATCH_LOOP, SCRATCH_NMI, &f);
	nmi_judge_contexts(&t->at, contexts);
}

/* Where that word is, in the kernel. */
static lk_u64 address_of(const struct nmi_sites *sites, size_t site)
{
	const struct nmi *t = (const struct nmi *)sites;

	if (site < SCRATCH_TEST_WAYS)
		return t->program.addresses[site] + 8 * SCRATCH_OWNER;
	return t->program.addresses[0] + 8 * (SCRATCH_HEAD_WORDS + site - SCRATCH_TEST_WAYS);
}

/* Loop while the words of some sites are watched. */
static int run(struct nmi_sites *sites, size_t first)
{
	struct nmi *t = (struct nmi *)sites;
	int err = 0;

	(void)first;
	verify_part(t->at.options, 0, WATCHED);
	for (int round = 0; !err && (round < ROUNDS || !verify_part_is_over()); round++) {
		err = bpf_image_run(&t->program.image, "loop");
		verify_alive();
	}
	return err;
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct nmi t = {.at = {.options = options,
			       .verdict = v,
			       .cpu = cpu_at(0, false),
			       .count = SCRATCH_NMI_SITES,
			       .address = address_of,
			       .run = run}};
	int err;

	if (!nmi_sites_possible(&t.at))
		return;
	cpu_pin(t.at.cpu);
	err = scratch_program_open(&t.program, v->subject, t.at.cpu, 1, NULL);
	if (err) {
		nmi_unavailable(&t.at, "%s", scratch_program_why(err));
	} else {
		t.at.program = scratch_program_named(&t.program, "on_event");
		nmi_sites_watch(&t.at);
	}
	if (!t.at.stop)
		judge(&t);
	cpu_unpin();
	scratch_program_close(&t.program);
}

const struct verify_check verify_scratch_nmi = {
	"nmi",	   "an NMI right after any store of a BPF program that holds a buffer gets another",
	"NMIs",	   scratch_expects_nested,
	run_check, {"NMIs", "inside", "sites", "claims", "refused", "shared", "torn"}};
