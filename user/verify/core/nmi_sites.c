// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nmi_sites.c - see verify/core/nmi_sites.h */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include <latchkit/record.h>

#include "cli/errors.h"
#include "verify/core/nmi_sites.h"
#include "verify/core/watch.h"

#ifdef __x86_64__
#define NMI_WATCHPOINTS true
#else
#define NMI_WATCHPOINTS false
#endif

/* A site, as a record numbers it. */
static const char *const numbers[VERIFY_SITE_NUMBERS] = {"site"};

void nmi_unavailable(struct nmi_sites *t, const char *format, ...)
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

bool nmi_sites_possible(struct nmi_sites *t)
{
	if (!NMI_WATCHPOINTS)
		nmi_unavailable(t, "data watchpoints are no NMIs on this machine");
	return NMI_WATCHPOINTS;
}

void nmi_not_loaded(struct nmi_sites *t, int err)
{
	if (err == -EPERM || err == -EACCES)
		nmi_unavailable(t, "BPF programs need root, or CAP_BPF and CAP_PERFMON");
	else
		nmi_unavailable(t, "the kernel refuses the programs: %s", error_text(err));
}

struct verify_failure nmi_failure(const struct nmi_sites *t, size_t site, const char *workload)
{
	const struct verify_site where = {numbers, {site}};
	struct verify_failure f = {0};

	snprintf(f.workload, sizeof(f.workload), "%s", workload);
	snprintf(f.context, sizeof(f.context), "a BPF program on CPU %d, interrupted by an NMI",
		 t->cpu);
	verify_site_tell(&where, &f);
	return f;
}

static void watch(struct nmi_sites *t, size_t first)
{
	struct nmi_source sources[NMI_WATCHES] = {0};
	int err = 0;

	for (size_t i = 0; i < NMI_WATCHES && !err; i++)
		err = nmi_source_watch(&sources[i], t->program, t->cpu, t->address(t, first + i),
				       first + i);
	if (!err)
		err = t->run(t, first);
	for (size_t i = 0; i < NMI_WATCHES; i++)
		nmi_source_detach(&sources[i]);
	verify_alive();
	if (err)
		nmi_unavailable(t, "%s", nmi_source_why(err));
}

void nmi_sites_watch(struct nmi_sites *t)
{
	for (size_t site = 0; site < t->count && !t->stop; site += NMI_WATCHES)
		watch(t, site);
}

void nmi_judge_contexts(struct nmi_sites *t, const lk_u64 *contexts)
{
	lk_u64 nmis = verify_counted(t->verdict, "NMIs");

	if (nmis && !contexts[SAMPLED_NMI] && contexts[SAMPLED_UNKNOWN])
		nmi_unavailable(t,
				"this kernel does not tell where a program runs: no NMI is proven");
	else if (contexts[SAMPLED_NMI] < nmis)
		verify_fail(t->verdict, VERIFY_IDLE, NULL,
			    "%llu of %llu events were no NMIs, says the context probe",
			    nmis - contexts[SAMPLED_NMI], nmis);
}
