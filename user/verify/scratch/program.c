// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* program.c - see verify/scratch/program.h. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "bpf/verify/scratch_shared.h"

#include "cli/errors.h"
#include "host/context.h"
#include "verify/scratch/program.h"

int scratch_program_open(struct scratch_program *p, const struct verify_subject *subject, int cpu,
			 unsigned int rounds, const char *const *wanted)
{
	int err = bpf_image_open(&p->image, "scratch", subject->name);

	if (err)
		return err;
	context_settings(bpf_image_constant(&p->image, "settings"));
	*(unsigned int *)bpf_image_constant(&p->image, "tgid") = (unsigned int)getpid();
	*(unsigned int *)bpf_image_constant(&p->image, "cpu") = (unsigned int)cpu;
	*(unsigned int *)bpf_image_constant(&p->image, "rounds") = rounds;
	if (wanted)
		bpf_image_want(&p->image, wanted);
	err = bpf_image_load(&p->image);
	err = err ? err : bpf_image_run(&p->image, "where");
	p->tallies = bpf_image_global(&p->image, "tallies");
	p->addresses = bpf_image_global(&p->image, "addresses");
	return err;
}

void scratch_program_close(struct scratch_program *p)
{
	bpf_image_close(&p->image);
}

const struct bpf_program *scratch_program_named(const struct scratch_program *p, const char *name)
{
	return bpf_object__find_program_by_name(p->image.object, name);
}

const char *scratch_program_why(int err)
{
	static char why[192];

	if (err == -EPERM || err == -EACCES)
		return "BPF programs need root, or CAP_BPF and CAP_PERFMON";
	snprintf(why, sizeof(why), "the kernel refuses the programs: %s", error_text(err));
	return why;
}

void scratch_program_judge(const struct scratch_program *p, struct verify_verdict *v,
			   unsigned int who, unsigned int other, const struct verify_failure *f)
{
	const struct scratch_tally *a = &p->tallies[who], *b = &p->tallies[other];
	lk_u64 claims = a->claims + b->claims, refused = a->refused + b->refused;
	lk_u64 shared = a->shared + b->shared, torn = a->torn + b->torn;

	verify_count(v, "claims", claims);
	verify_count(v, "refused", refused);
	verify_count(v, "shared", shared);
	verify_count(v, "torn", torn);
	if (shared)
		verify_fail(v, VERIFY_SHARED, f,
			    "a buffer had two owners in %llu of %llu claims, and %llu found in it "
			    "what another had written",
			    shared, claims, torn);
	else if (torn)
		verify_fail(v, VERIFY_TORN, f, "%llu of %llu claims found what another had written",
			    torn, claims);
	if (refused && v->subject->holds)
		verify_fail(v, VERIFY_REFUSED, f,
			    "%llu of %llu claims were refused, though %d buffers are there",
			    refused, claims + refused, SCRATCH_TEST_WAYS);
}
