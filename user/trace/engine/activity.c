// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* activity.c - see trace/engine/activity.h */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "trace/engine/activity.h"
#include "trace/engine/keyed.h"

#define BUCKETS (ACTIVITY_PLACES / KEYED_WAYS)

static unsigned int latch_words(const struct engine *e)
{
	return (unsigned int)e->variant->ops->accumulate_words(ACTIVITY_WORDS);
}

static unsigned int bucket_words(const struct engine *e)
{
	return keyed_bucket_words(ACTIVITY_KEY_WORDS, latch_words(e));
}

/* The event that counts context switches, or one that there is not. */
static unsigned int switches_of(const struct engine *e)
{
	for (size_t i = 0; i < e->probes->count; i++)
		if (strcmp(e->probes->probe[i].name, "tracepoint:sched:sched_switch") == 0)
			return e->probes->probe[i].number;
	return e->probes->kinds[KIND_EVENT];
}

int activity_set_up(struct engine *e, struct trace_settings *s)
{
	struct bpf_map *map = bpf_object__find_map_by_name(e->image.object, "activity");
	struct bpf_map *rest = bpf_object__find_map_by_name(e->image.object, "activity_rest");
	int err;

	if (!e->config.activity)
		return 0;
	/* Whoever chooses pids must not know which of them meet in a bucket. */
	if (getrandom(&s->key_seed, sizeof(s->key_seed), GRND_NONBLOCK) < 0)
		s->key_seed = (unsigned long long)getpid();
	e->key_seed = s->key_seed;
	s->activity_buckets = BUCKETS;
	s->switches = switches_of(e);
	err = bpf_map__set_value_size(map, bucket_words(e) * (unsigned int)sizeof(lk_u64));
	err = err ? err : bpf_map__set_max_entries(map, BUCKETS);
	return err ? err : bpf_map__set_max_entries(rest, (unsigned int)e->cpus);
}

bool activity_rows_init(struct activity_rows *rows, const struct engine *e)
{
	if (!e->activity.words)
		return true;
	rows->table = (struct keyed_table){
		.words = (lk_u64 *)e->activity.words, /* it is only read */
		.buckets = BUCKETS,
		.key_words = ACTIVITY_KEY_WORDS,
		.latch_words = latch_words(e),
		.bucket_words = (unsigned int)e->activity.stride,
		.seed = e->key_seed,
	};
	rows->row = calloc(keyed_places(&rows->table) + 1, sizeof(*rows->row));
	return rows->row;
}

void activity_rows_free(struct activity_rows *rows)
{
	free(rows->row);
	memset(rows, 0, sizeof(*rows));
}

bool activity_row_at(struct activity_rows *rows, unsigned int at)
{
	struct activity_row *row = &rows->row[at];

	if (row->known)
		return true;
	row->known = keyed_key(&rows->table, at, row->key);
	if (row->known && at >= rows->used)
		rows->used = (size_t)at + 1;
	return row->known;
}
