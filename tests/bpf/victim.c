// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * victim.c - for tests to interrupt.
 *
 * Usage: victim kprobe|raw_tp  attach a writer of a latch to getppid, print the kernel address of a
 *                              word that each call stores to, wait to be ended
 *        victim hold           take all hardware watchpoints of all CPUs, print "held", wait
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/perf_event.h"
#include "object/image.h"
#include "host/context.h"
#include "bpf/trace/shared.h"

static int wait_for_the_end(void)
{
	fflush(stdout);
	pause();
	return 0;
}

static struct bpf_link *attach(const struct bpf_program *p, const char *kind)
{
	if (strcmp(kind, "kprobe"))
		return bpf_program__attach(p);
#ifdef __aarch64__
	return bpf_program__attach_kprobe(p, false, "__arm64_sys_getppid");
#else
	return bpf_program__attach_kprobe(p, false, "__x64_sys_getppid");
#endif
}

static int be_victim(const char *kind)
{
	char program[32];
	const char *programs[] = {"where", program, NULL};
	struct bpf_image image;
	int err;

	snprintf(program, sizeof(program), "victim_%s", kind);
	err = bpf_image_open(&image, "nmi", "seqcount_latch");
	if (!err) {
		context_settings(bpf_image_constant(&image, "settings"));
		*(int *)bpf_image_constant(&image, "accumulates") = 1;
		*(unsigned long long *)bpf_image_constant(&image, "victim_syscall") = SYS_getppid;
		bpf_image_want(&image, programs);
		err = bpf_image_load(&image);
	}
	err = err ? err : bpf_image_run(&image, "where");
	if (!err && !attach(bpf_object__find_program_by_name(image.object, program), kind))
		err = -errno;
	if (err) {
		fprintf(stderr, "victim %s: %s\n", kind, strerror(-err));
		return 1;
	}
	/* The lock: stored to twice by each write. */
	printf("%#llx\n", *(lk_u64 *)bpf_image_global(&image, "address") + 8);
	return wait_for_the_end();
}

static int hold(void)
{
	static long words[4];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (int cpu = 0; cpu < cpus; cpu++)
		for (int i = 0; i < 4; i++) {
			struct perf_event_attr attr = {
				.type = PERF_TYPE_BREAKPOINT,
				.bp_type = HW_BREAKPOINT_W,
				.bp_addr = (unsigned long)&words[i],
				.bp_len = 8,
				.sample_period = 1,
				.exclude_kernel = 1,
			};

			if (perf_event_open(&attr, -1, cpu) < 0) {
				fprintf(stderr, "victim hold: %s\n", strerror(errno));
				return 1;
			}
		}
	puts("held");
	return wait_for_the_end();
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "hold") == 0)
		return hold();
	if (argc == 2 && (strcmp(argv[1], "kprobe") == 0 || strcmp(argv[1], "raw_tp") == 0))
		return be_victim(argv[1]);
	fprintf(stderr, "Usage: victim kprobe|raw_tp|hold\n");
	return 2;
}
