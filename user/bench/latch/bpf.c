// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bpf.c - see bench/latch/bpf.h. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/latch/bpf.h"
#include "cli/errors.h"

/* A peer's programs and map have its name; a latch has one for each workload. */
static void name_of(const struct bench_bpf *b, const char *what, char *buf, size_t size)
{
	const char *which = b->shape.accumulate ? "accumulate" : "publish";

	if (b->subject->is_peer)
		which = b->subject->subject.name;
	snprintf(buf, size, "%s%s_%u", what, which, b->shape.words);
}

struct bpf_program *bench_bpf_program(const struct bench_bpf *b, const char *kind)
{
	char name[64];

	name_of(b, kind, name, sizeof(name));
	return bpf_object__find_program_by_name(b->image.object, name);
}

static int map_all(struct bench_bpf *b)
{
	b->buffers = bpf_image_global(&b->image, "buffers");
	if (!b->buffers)
		return -ENOENT;
	if (b->subject->is_peer) /* no map of a peer can be mapped */
		return 0;
	b->memory = bpf_image_map(&b->image, bpf_map__name(b->map), &b->memory_bytes);
	return b->memory ? 0 : -errno;
}

static const char *const event_kinds[] = {"raw_tp_", "kprobe_", "nmi_"};

static bool is_wanted(const struct bench_bpf *b, const struct bpf_program *program)
{
	bool wanted = program == bench_bpf_program(b, "write_") ||
		      program == bench_bpf_program(b, "read_");

	for (int i = 0; i < BENCH_EVENTS; i++)
		wanted |= (b->events || i == BENCH_EVENT_NMI) &&
			  program == bench_bpf_program(b, event_kinds[i]);
	return wanted;
}

/* Only the programs of this shape, and no map but theirs. Few peers have one that reads. */
static int load(struct bench_bpf *b)
{
	struct bpf_program *write = bench_bpf_program(b, "write_"),
			   *read = bench_bpf_program(b, "read_");
	struct bpf_program *program;
	struct bpf_map *map;
	char name[64];
	int err;

	name_of(b, b->subject->is_peer ? "" : "memory_", name, sizeof(name));
	b->map = bpf_object__find_map_by_name(b->image.object, name);
	if (!write || !b->map || (b->subject->is_peer && b->shape.accumulate))
		return -ENOENT;
	bpf_object__for_each_program (program, b->image.object)
		bpf_program__set_autoload(program, is_wanted(b, program));
	bpf_object__for_each_map (map, b->image.object)
		if (map != b->map && bpf_map__name(map)[0] == 'm')
			bpf_map__set_autocreate(map, false);
	err = bpf_image_load(&b->image);
	if (err)
		return err;
	b->write_fd = bpf_program__fd(write);
	b->read_fd = read ? bpf_program__fd(read) : -1;
	return map_all(b);
}

/* Run a program once; the kernel writes its context back. Returns 0 or a negative errno. */
static int run(int program, struct bench_bpf_args *args)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(*args));

	if (!bpf_prog_test_run_opts(program, &opts))
		return 0;
	args->rounds = 0; /* nothing was done */
	return -errno;
}

/* Both run; later nobody looks. */
static int try_both(const struct bench_bpf *b)
{
	struct bench_bpf_args args = {.rounds = 1};
	int err = run(b->write_fd, &args);

	return err || b->read_fd < 0 ? err : run(b->read_fd, &args);
}

/* What writers publish. */
static int fill_pool(struct bench_bpf *b)
{
	struct bench_thread *t = malloc(sizeof(*t));

	if (!t)
		return -ENOMEM;
	bench_thread_init(t);
	memcpy(b->buffers->pool, t->pool, sizeof(b->buffers->pool));
	free(t);
	return 0;
}

static void explain(int err, const struct bench_latch *subject, const struct bench_shape *shape,
		    char *buf, size_t size)
{
	if (err == -ENOENT && shape->accumulate && subject->is_peer)
		snprintf(buf, size, "publishes only");
	else if (err == -ENOENT)
		snprintf(buf, size, "no BPF program for %u bytes: 8, 64, 256 and 1024 are built in",
			 8 * shape->words);
	else if (err == -EPERM || err == -EACCES)
		snprintf(buf, size, "%s: BPF programs need root, or CAP_BPF and CAP_PERFMON",
			 error_text(err));
	else
		snprintf(buf, size, "the kernel refuses its programs: %s", error_text(err));
}

struct bench_bpf *bench_bpf_open(const struct bench_latch *subject, const struct bench_shape *shape,
				 bool events, char *buf, size_t size)
{
	struct bench_bpf *b = calloc(1, sizeof(*b));
	int err = b ? 0 : -ENOMEM;

	if (!err) {
		b->subject = subject;
		b->shape = *shape;
		b->events = events;
		err = bpf_image_open(&b->image, "bench",
				     subject->is_peer ? "maps" : subject->subject.name);
		err = err ? err : load(b);
	}
	err = err ? err : fill_pool(b);
	err = err ? err : try_both(b);
	if (!err)
		return b;
	explain(err, subject, shape, buf, size);
	bench_bpf_close(b);
	return NULL;
}

void bench_bpf_close(struct bench_bpf *b)
{
	if (!b)
		return;
	if (b->memory)
		munmap(b->memory, b->memory_bytes);
	ring_buffer__free(b->ring);
	bpf_image_close(&b->image);
	free(b);
}

struct ring_buffer *bench_bpf_ring(struct bench_bpf *b, ring_buffer_sample_fn on_record, void *arg)
{
	if (!b->ring)
		b->ring = ring_buffer__new(bpf_map__fd(b->map), on_record, arg, NULL);
	return b->ring;
}

void bench_bpf_write(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	struct bench_bpf_args args = {
		.rounds = (count + BENCH_BPF_STEP - 1) / BENCH_BPF_STEP,
		.stamp = t->bpf->shape.many_writers ? 0 : t->stamp + 1,
	};

	(void)memory;
	run(t->bpf->write_fd, &args);
	t->stamp = args.stamp;
	t->done += args.rounds * BENCH_BPF_STEP;
	t->refused += args.refused;
}

void bench_bpf_read(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	struct bench_bpf_args args = {.rounds = count, .place = t->place % BENCH_BPF_PLACES};
	const struct bench_bpf *b = t->bpf;

	(void)memory;
	run(b->read_fd, &args);
	t->done += args.rounds;
	t->gave_up += args.gave_up;
	t->retries += args.retries;
	for (int i = 0; i < BENCH_BPF_RETRIES; i++)
		t->retried[i] += args.retried[i];
	if (args.retries_max > t->retries_max)
		t->retries_max = args.retries_max;
	if (args.gave_up || !args.rounds)
		return; /* the last copy may be of no use */
	t->checked++;
	t->torn += bench_is_torn((const lk_u64 *)b->buffers->copies[args.place], b->shape.words,
				 b->shape.accumulate);
}

void bench_bpf_read_singly(lk_u64 *memory, lk_u64 count, struct bench_thread *t)
{
	for (lk_u64 i = 0; i < count; i++)
		bench_bpf_read(memory, 1, t);
}
