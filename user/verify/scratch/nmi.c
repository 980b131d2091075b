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
#include <stdarg.h>
#include <stdio.h>

#include <latchkit/record.h>

#include "bpf/verify/scratch_shared.h"

#include "bpf/trace/shared.h"
#include "host/cpus.h"
#include "verify/core/nmi_source.h"
#include "verify/core/watch.h"
#include "verify/scratch/program.h"
#include "verify/scratch/set.h"

/* Loops while the same words are watched, without --seconds. */
#define ROUNDS 4
_Static_assert(SCRATCH_NMI_SITES % NMI_WATCHES == 0, "all sites are watched");
#define WATCHED (SCRATCH_NMI_SITES / NMI_WATCHES)

/* Is the hit of a watchpoint an NMI here? */
#ifdef __x86_64__
#define NMI_WATCHPOINTS true
#else
#define NMI_WATCHPOINTS false
#endif

static const char *const numbers[VERIFY_SITE_NUMBERS] = {"site"};

struct nmi {
	const struct verify_options *options;
	struct verify_verdict *verdict;
	struct scratch_program program;
	int cpu;
	bool stop;
};

/* The check, or the rest of it, cannot be done here. */
static __attribute__((format(printf, 2, 3))) void unavailable(struct nmi *t, const char *format,
							      ...)
{
	char why[192];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	t->stop = true;
	if (t->options->require_nmi)
		verify_fail(t->verdict, VERIFY_IDLE, NULL, "%s", why);
	else
		verify_skip(t->verdict, "%s", why);
}

static struct verify_failure failed_at(const struct nmi *t, size_t site)
{
	const struct verify_site where = {numbers, {site}};
	struct verify_failure f = {0};

	snprintf(f.workload, sizeof(f.workload), "claims");
	if (site < SCRATCH_TEST_WAYS)
		snprintf(f.site, sizeof(f.site), "a store to the owner of buffer %zu", site);
	else
		snprintf(f.site, sizeof(f.site), "a store to word %zu of buffer 0",
			 site - SCRATCH_TEST_WAYS);
	snprintf(f.context, sizeof(f.context), "a BPF program on CPU %d, interrupted by an NMI",
		 t->cpu);
	verify_site_tell(&where, &f);
	return f;
}

static void judge(struct nmi *t)
{
	const lk_u64 *contexts = bpf_image_global(&t->program.image, "contexts");
	const lk_u64 *hits = bpf_image_global(&t->program.image, "hits");
	const lk_u64 *inside = bpf_image_global(&t->program.image, "inside");
	struct verify_failure f;
	lk_u64 nmis;
	size_t last = 0;

	for (size_t i = 0; i < SCRATCH_NMI_SITES; i++) {
		verify_count(t->verdict, "NMIs", hits[i]);
		verify_count(t->verdict, "inside", inside[i]);
		verify_count(t->verdict, "sites", hits[i] != 0);
		last = hits[i] ? i : last;
	}
	f = failed_at(t, last);
	scratch_program_judge(&t->program, t->verdict, SCRATCH_LOOP, SCRATCH_NMI, &f);
	nmis = verify_counted(t->verdict, "NMIs");
	if (nmis && !contexts[SAMPLED_NMI] && contexts[SAMPLED_UNKNOWN])
		unavailable(t, "this kernel does not tell where a program runs: no NMI is proven");
	else if (contexts[SAMPLED_NMI] < nmis)
		verify_fail(t->verdict, VERIFY_IDLE, NULL,
			    "%llu of %llu events were no NMIs, says the context probe",
			    nmis - contexts[SAMPLED_NMI], nmis);
}

/* Where that word is, in the kernel. */
static lk_u64 address_of(const struct nmi *t, size_t site)
{
	if (site < SCRATCH_TEST_WAYS)
		return t->program.addresses[site] + 8 * SCRATCH_OWNER;
	return t->program.addresses[0] + 8 * (SCRATCH_HEAD_WORDS + site - SCRATCH_TEST_WAYS);
}

/* Loop while the words of some sites are watched. */
static void watch(struct nmi *t, size_t first)
{
	const struct bpf_program *program = scratch_program_named(&t->program, "on_event");
	struct nmi_source sources[NMI_WATCHES] = {0};
	int err = 0;

	verify_part(t->options, 0, WATCHED);
	for (size_t i = 0; i < NMI_WATCHES && !err; i++)
		err = nmi_source_watch(&sources[i], program, t->cpu, address_of(t, first + i),
				       first + i);
	for (int round = 0; !err && (round < ROUNDS || !verify_part_is_over()); round++) {
		err = bpf_image_run(&t->program.image, "loop");
		verify_alive();
	}
	for (size_t i = 0; i < NMI_WATCHES; i++)
		nmi_source_detach(&sources[i]);
	if (err)
		unavailable(t, "%s", nmi_source_why(err));
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	struct nmi t = {.options = options, .verdict = v, .cpu = cpu_at(0, false)};
	int err;

	if (!NMI_WATCHPOINTS) {
		unavailable(&t, "data watchpoints are no NMIs on this machine");
		return;
	}
	cpu_pin(t.cpu);
	err = scratch_program_open(&t.program, v->subject, t.cpu, 1, NULL);
	if (err)
		unavailable(&t, "%s", scratch_program_why(err));
	for (size_t site = 0; site < SCRATCH_NMI_SITES && !t.stop; site += NMI_WATCHES)
		watch(&t, site);
	if (!t.stop)
		judge(&t);
	cpu_unpin();
	scratch_program_close(&t.program);
}

const struct verify_check verify_scratch_nmi = {
	"nmi",	   "an NMI right after any store of a BPF program that holds a buffer gets another",
	"NMIs",	   scratch_expects_nested,
	run_check, {"NMIs", "inside", "sites", "claims", "refused", "shared", "torn"}};
