// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * scratch.bpf.c - scratch.h in programs that claim without a release, and release what a run before
 * has claimed: started by BPF_PROG_TEST_RUN. Forms: -Dscratch_free; -Dscratch_checked: with
 * SCRATCH_CHECK; -Dscratch_large: of more than the kernel allocates for each CPU.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#ifdef scratch_checked
#define SCRATCH_CHECK
#endif
#ifdef scratch_large
#define BYTES (64 * 1024)
#else
#define BYTES 8192
#endif
#include "tests/bpf/scratch_test.h"

char LICENSE[] SEC("license") = "GPL";

SCRATCH_MAP(buffers, BYTES, SCRATCH_TEST_WAYS);

struct scratch_test test;
lk_u64 counts[2]; /* refused and misused, of the CPU that looks, or of all CPUs */

SEC("syscall")
int claim(void *ctx)
{
	lk_u64 which = 0, *words = scratch_claim(buffers, &which);

	test.claimed = words != 0;
	if (!words)
		return 0;
	test.which = which;
	test.way = scratch_way(which);
	test.found = words[BYTES / 8 - 1];
	words[0] = test.stamp;
	words[BYTES / 8 - 1] = test.stamp;
	return 0;
}

static LK_INLINE lk_u64 *buffer_at(__u32 index)
{
	return bpf_map_lookup_elem(&buffers, &index);
}

SEC("syscall")
int release(void *ctx)
{
	lk_u64 *buffer = buffer_at(test.way + test.cpu * SCRATCH_TEST_WAYS);

	if (buffer)
		test.error = -scratch_release(buffer + SCRATCH_HEAD_WORDS, test.which);
	return 0;
}

static long count_one(__u32 index, void *ctx)
{
	lk_u64 *buffer = buffer_at(index);

	if (!buffer)
		return 1;
	counts[0] += buffer[SCRATCH_REFUSED];
	counts[1] += buffer[SCRATCH_MISUSED];
	return 0;
}

SEC("syscall")
int count(void *ctx)
{
	counts[0] = counts[1] = 0;
	bpf_loop(SCRATCH_CPUS * SCRATCH_TEST_WAYS, count_one, 0, 0);
	return 0;
}

/* As people use it. */
SEC("syscall")
int use(void *ctx)
{
	lk_u64 which;
	char *bytes = scratch_claim(buffers, &which);

	if (!bytes)
		return 0;
	bytes[test.stamp & (BYTES - 1)] = 1;
	scratch_release(bytes, which);
	return 0;
}
