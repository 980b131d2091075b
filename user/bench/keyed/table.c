// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* table.c - see bench/keyed/table.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bench/keyed/table.h"
#include "cli/errors.h"
#include "host/memory.h"

const char *const bench_keyed_records[BENCH_KEYED_RECORDS] = {"count", "latency"};

unsigned int bench_keyed_words(unsigned int record)
{
	return record == BENCH_KEYED_LATENCY ? LATENCY_WORDS : BENCH_KEYED_COUNT_WORDS;
}

static unsigned int bucket_words(const struct bench_keyed_load *load)
{
	return keyed_bucket_words(load->key_words,
				  latch_accumulate_words(bench_keyed_words(load->record)));
}

/* Two thirds full at most, as those of latchkit trace. */
static unsigned int buckets_for(size_t room)
{
	unsigned int buckets = 2;

	while ((size_t)buckets * KEYED_WAYS < room * 3 / 2)
		buckets *= 2;
	return buckets;
}

/* -- loading ----------------------------------------------------------------------------------- */

static int size_table(struct bench_keyed_table *t)
{
	struct bpf_map *map = bpf_object__find_map_by_name(t->image.object, "table");
	unsigned int *buckets = bpf_image_constant(&t->image, "buckets");
	lk_u64 *seed = bpf_image_constant(&t->image, "seed");
	int err;

	if (!map || !buckets || !seed)
		return -ENOENT;
	*buckets = t->buckets;
	*seed = t->seed;
	err = bpf_map__set_value_size(map, bucket_words(t->load) * sizeof(lk_u64));
	return err ? err : bpf_map__set_max_entries(map, t->buckets);
}

static int size_map(const struct bench_keyed_table *t)
{
	struct bpf_map *map = bpf_object__find_map_by_name(t->image.object, "map");
	int err = map ? bpf_map__set_type(map, t->ops->type) : -ENOENT;

	err = err ? err : bpf_map__set_key_size(map, t->load->key_words * sizeof(lk_u64));
	err = err ? err
		  : bpf_map__set_value_size(map, bench_keyed_words(t->load->record) *
							 (unsigned int)sizeof(lk_u64));
	return err ? err : bpf_map__set_max_entries(map, (unsigned int)t->load->room);
}

/* Load none but the two programs, and find what they have. */
static int load_programs(struct bench_keyed_table *t)
{
	char empty[32], update[48];
	const char *wanted[] = {empty, update, NULL};
	struct bpf_program *p, *q;
	int err;

	snprintf(empty, sizeof(empty), "lk_bench_empty_%u", t->load->key_words);
	snprintf(update, sizeof(update), "lk_bench_%s_%s%u", t->ops->program,
		 bench_keyed_records[t->load->record], t->load->key_words);
	bpf_image_want(&t->image, wanted);
	err = bpf_image_load(&t->image);
	if (err)
		return err;
	p = bpf_object__find_program_by_name(t->image.object, empty);
	q = bpf_object__find_program_by_name(t->image.object, update);
	t->runs = bpf_image_global(&t->image, "runs");
	if (!p || !q || !t->runs)
		return -ENOENT;
	t->empty_fd = bpf_program__fd(p);
	t->update_fd = bpf_program__fd(q);
	return 0;
}

static int find_memory(struct bench_keyed_table *t)
{
	t->map_fd = bpf_map__fd(bpf_object__find_map_by_name(t->image.object, "map"));
	if (t->ops->type != BPF_MAP_TYPE_UNSPEC)
		return 0;
	t->words = bpf_image_map(&t->image, "table", &t->bytes);
	return t->words ? 0 : -errno;
}

static int load(struct bench_keyed_table *t)
{
	int err = bpf_image_open(&t->image, "bench", "keyed");

	if (!err)
		err = t->ops->type == BPF_MAP_TYPE_UNSPEC ? size_table(t) : size_map(t);
	err = err ? err : load_programs(t);
	err = err ? err : find_memory(t);
	/* Different in each place, the same in each table. */
	for (unsigned int i = 0; !err && i < BENCH_KEYED_RUNS; i++) {
		t->runs[i].keys = t->load->keys;
		t->runs[i].random = 0x9e3779b97f4a7c15ULL * (i + 1);
	}
	return err;
}

static void explain(int err, char *buf, size_t size)
{
	if (err == -EPERM || err == -EACCES)
		snprintf(buf, size,
			 "%s: BPF programs need root, or CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN: "
			 "run it as root, such as by sudo",
			 error_text(err));
	else
		snprintf(buf, size, "the kernel refuses its programs: %s%s%s", error_text(err),
			 bpf_image_complaint()[0] ? ": " : "", bpf_image_complaint());
}

/* Is there memory for the table? The kernel takes all of it at once. */
static bool too_large(const struct bench_keyed_table *t, char *buf, size_t size)
{
	size_t bytes = (size_t)t->buckets * bucket_words(t->load) * sizeof(lk_u64);

	if (t->ops->type != BPF_MAP_TYPE_UNSPEC || bytes <= memory_available() / 2)
		return false;
	snprintf(buf, size, "a table of %zu MiB is more than half of the memory that is available",
		 bytes >> 20);
	return true;
}

struct bench_keyed_table *bench_keyed_open(const struct bench_subject *subject,
					   const struct bench_keyed_load *load_wanted, char *buf,
					   size_t size)
{
	static lk_u64 seed;
	struct bench_keyed_table *t = calloc(1, sizeof(*t));
	int err = -ENOMEM;

	if (t) {
		t->ops = subject->ops;
		t->load = load_wanted;
		t->buckets = buckets_for(load_wanted->room);
		t->seed = ++seed; /* other places for the keys in each round */
		if (too_large(t, buf, size)) {
			free(t);
			return NULL;
		}
		err = load(t);
	}
	if (!err)
		return t;
	explain(err, buf, size);
	bench_keyed_close(t);
	return NULL;
}

void bench_keyed_close(struct bench_keyed_table *t)
{
	if (!t)
		return;
	if (t->words)
		munmap(t->words, t->bytes);
	bpf_image_close(&t->image);
	free(t);
}

/* -- running ----------------------------------------------------------------------------------- */

int bench_keyed_call(const struct bench_keyed_table *t, int program, unsigned int place,
		     size_t count)
{
	struct __sk_buff context = {.cb = {place}};
	char packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .ctx_in = &context, .ctx_size_in = sizeof(context));

	t->runs[place].count = count;
	return bpf_prog_test_run_opts(program, &opts) ? -errno : 0;
}

int bench_keyed_fill(const struct bench_keyed_table *t)
{
	lk_u64 random = t->runs[0].random;
	int err;

	t->runs[0].random = 0; /* in order */
	err = bench_keyed_call(t, t->update_fd, 0, t->load->keys);
	t->runs[0].random = random;
	return err;
}
