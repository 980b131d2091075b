// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* programs.c - see bench/registry/bpf/programs.h. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/registry/bpf/programs.h"
#include "cli/errors.h"

/* Room for those that are replaced while the kernel has not taken the old ones back. */
#define SPARE 64
/* The kernel allocates for BPF from a reserve, which it fills up a little later. */
#define FILLS 200
#define FILL_PAUSE_US 1000
#define LOG_BYTES (1 << 20)

static const char *const variants[BENCH_BPF_OBJECTS] = {"registry_maps", "registry_array",
							"registry_kptr"};

/* -- why not ---------------------------------------------------------------------------------- */

/* What registry/kptr.h needs and this kernel's programs cannot call; NULL: nothing is missing. */
static const char *missing_function(void)
{
	static const char *const needed[] = {"bpf_obj_new_impl", "bpf_obj_drop_impl",
					     "bpf_refcount_acquire_impl", "bpf_rcu_read_lock"};
	struct btf *btf = btf__load_vmlinux_btf();
	const char *missing = NULL;

	for (size_t i = 0; btf && !missing && i < sizeof(needed) / sizeof(needed[0]); i++)
		if (btf__find_by_name_kind(btf, needed[i], BTF_KIND_FUNC) < 0)
			missing = needed[i];
	btf__free(btf);
	return missing;
}

/* The verifier's last line but that which counts what it did. */
static const char *last_word(char *log)
{
	const char *last = "";

	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
		if (strncmp(line, "processed ", 10) != 0)
			last = line;
	return last;
}

/* Without it the verifier looks at what a processor may guess, too, and finds that too much. */
static bool has_perfmon(void)
{
	return !capng_get_caps_process() && (capng_have_capability(CAPNG_EFFECTIVE, CAP_PERFMON) ||
					     capng_have_capability(CAPNG_EFFECTIVE, CAP_SYS_ADMIN));
}

static void refuse(struct bench_registry_bpf_loaded *l, int err, char *log)
{
	const char *said = log ? last_word(log) : "";

	if (err == -EPERM || !has_perfmon())
		snprintf(l->refused, sizeof(l->refused),
			 "%s: BPF programs need root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: "
			 "run it as root, such as by sudo",
			 error_text(err));
	else
		snprintf(l->refused, sizeof(l->refused), "the kernel refuses its programs: %s%s%s",
			 error_text(err), *said ? ": " : "", said);
}

/* -- loading ---------------------------------------------------------------------------------- */

static void make_room(const struct bpf_image *image, size_t objects)
{
	struct bpf_map *map;

	bpf_object__for_each_map (map, image->object)
		if (bpf_map__max_entries(map) == BENCH_REGISTRY_BPF_OBJECTS)
			bpf_map__set_max_entries(map, (__u32)objects + SPARE);
}

/* All programs write to the same log: the first that is refused is the last that is loaded. */
static void keep_log(const struct bpf_image *image, char *log)
{
	struct bpf_program *p;

	bpf_object__for_each_program (p, image->object)
		bpf_program__set_log_buf(p, log, LOG_BYTES);
}

static int load(struct bench_registry_bpf_loaded *l, enum bench_registry_bpf_object which,
		size_t objects, char *log)
{
	int err = bpf_image_open(&l->image, "bench", variants[which]);

	if (err)
		return err;
	make_room(&l->image, objects);
	if (log)
		keep_log(&l->image, log);
	err = bpf_image_load(&l->image);
	if (err)
		return err;
	l->run = bpf_image_global(&l->image, "run");
	if (!l->run)
		return -ENOENT;
	l->run->objects = objects;
	l->run->random = 0x9e3779b97f4a7c15ULL;
	return which == BENCH_BPF_ARRAY ? bench_registry_bpf_call(l, "lk_bench_create") : 0;
}

void bench_registry_bpf_load(struct bench_registry_bpf_loaded *l,
			     enum bench_registry_bpf_object which, size_t objects)
{
	char *log = l->tried ? NULL : calloc(1, LOG_BYTES);
	const char *missing;
	int err;

	if (l->tried)
		return;
	l->tried = true;
	err = load(l, which, objects, log);
	missing = err && err != -EPERM && has_perfmon() && which == BENCH_BPF_KPTR
			  ? missing_function()
			  : NULL;
	if (missing)
		snprintf(l->refused, sizeof(l->refused),
			 "programs of this kernel cannot allocate: it has no %s (Linux 6.12 has)",
			 missing);
	else if (err)
		refuse(l, err, log);
	else
		bench_registry_bpf_fill(l);
	free(log);
}

void bench_registry_bpf_unload(struct bench_registry_bpf_loaded *l)
{
	if (l->tried)
		bpf_image_close(&l->image);
}

/* -- running ---------------------------------------------------------------------------------- */

int bench_registry_bpf_call(const struct bench_registry_bpf_loaded *l, const char *program)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(l->image.object, program);
	char packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet));

	if (!p)
		return -ENOENT;
	return bpf_prog_test_run_opts(bpf_program__fd(p), &opts) ? -errno : 0;
}

int bench_registry_bpf_fill(struct bench_registry_bpf_loaded *l)
{
	for (int i = 0; i < FILLS; i++) {
		int err = bench_registry_bpf_call(l, "lk_bench_fill");

		if (err) {
			refuse(l, err, NULL);
			return err;
		}
		if (!l->run->failed)
			return 0;
		usleep(FILL_PAUSE_US);
	}
	snprintf(l->refused, sizeof(l->refused),
		 "it could not be filled: the kernel refused %llu of %llu objects to the last",
		 l->run->failed, l->run->objects);
	return -ENOMEM;
}
