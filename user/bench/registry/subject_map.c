// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* subject_map.c - a BPF hash map: a lookup is a system call that copies the value. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "bench/registry/subject.h"

static void add(int map, lk_u64 id)
{
	struct bench_payload value = {.words = {id}};

	bpf_map_update_elem(map, &id, &value, BPF_NOEXIST);
}

static void *create(size_t objects)
{
	/* Room for what is replaced by others at once. */
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int *map = malloc(sizeof(*map));

	if (!map)
		return NULL;
	*map = bpf_map_create(BPF_MAP_TYPE_HASH, "lk_bench_reg", sizeof(lk_u64),
			      sizeof(struct bench_payload), (__u32)objects + 64, &opts);
	if (*map < 0) {
		errno = -*map;
		free(map);
		return NULL;
	}
	for (lk_u64 id = 0; id < objects; id++)
		add(*map, id);
	return map;
}

static void destroy(void *table)
{
	close(*(int *)table);
	free(table);
}

static void replace_map(void *table, void *own, lk_u64 id)
{
	(void)own;
	bpf_map_delete_elem(*(int *)table, &id);
	add(*(int *)table, id);
}

BENCH_REGISTRY_SHED(map)

BENCH_REGISTRY_LOOP(map, {
	struct bench_payload value;

	if (bpf_map_lookup_elem(*(int *)t->table, &id, &value))
		t->misses++;
	else
		t->sum += value.words[0];
})

const struct bench_registry_ops bench_registry_ops_bpf_map = {.create = create,
							      .destroy = destroy,
							      .loop = loop_map,
							      .replace = replace_map,
							      .shed = shed_map,
							      .in_kernel = true};
