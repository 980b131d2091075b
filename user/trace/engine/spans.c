// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spans.c - see trace/engine/spans.h */
#include <bpf/bpf.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "host/memory.h"
#include "trace/engine/spans.h"

static unsigned int exprs_at(const struct engine *e)
{
	unsigned int begin_by = e->config.keys.begin;

	return 1 + (begin_by ? key_part_at(begin_by, KEY_PART_EXPRS) : 0);
}

static unsigned int value_words(const struct engine *e)
{
	return exprs_at(e) + e->probes->begins;
}

/* Two thirds full at most, before which hardly any key finds both its buckets full. */
static unsigned int buckets(const struct engine *e)
{
	size_t most = e->config.spans_most ? e->config.spans_most : SPANS_DEFAULT;
	size_t places = most * 3 / 2;
	unsigned int n = 2;

	while (n < 1U << 28 && (size_t)n * SPANS_WAYS < places)
		n *= 2;
	return n;
}

static int check_memory(const struct engine *e, size_t bytes)
{
	size_t available = memory_available();

	if (e->config.verbose)
		note("--spans: a table of %.1f MiB", (double)bytes / (1 << 20));
	if (bytes <= available / 2)
		return 0;
	return fail("trace: --spans: a table for so many takes %zu MiB, more than half of the %zu "
		    "MiB that are available; ask for fewer",
		    bytes >> 20, available >> 20);
}

static int size_maps(struct engine *e)
{
	struct bpf_map *starts = bpf_object__find_map_by_name(e->image.object, "span_starts");
	struct bpf_map *of = bpf_object__find_map_by_name(e->image.object, "span_of");
	size_t bytes = spans_bucket_words(SPAN_KEY_WORDS, value_words(e)) * sizeof(lk_u64);
	int r = check_memory(e, bytes * buckets(e)), err;

	if (r)
		return r;
	err = bpf_map__set_value_size(starts, (unsigned int)bytes);
	err = err ? err : bpf_map__set_max_entries(starts, buckets(e));
	err = err ? err : bpf_map__set_max_entries(of, e->probes->kinds[KIND_EVENT]);
	return err ? fail("trace: cannot size the table of spans: %s", error_text(err)) : 0;
}

static void set_settings(struct engine *e, struct trace_span_settings *s)
{
	const struct engine_config *c = &e->config;

	s->hits = (unsigned int)e->probes->hit_count;
	s->value_words = value_words(e);
	s->buckets = buckets(e);
	s->begin_by = c->keys.begin;
	s->exprs_at = exprs_at(e);
	s->filtered = c->tgid || c->tid || c->follow || c->cgroup || c->by_cpu;
	/* Whoever chooses keys must not know which of them meet in a bucket. */
	if (getrandom(&s->seed, sizeof(s->seed), GRND_NONBLOCK) < 0)
		s->seed = (unsigned long long)getpid();
}

int spans_set_up(struct engine *e)
{
	struct trace_span_settings *s = bpf_image_constant(&e->image, "span_settings");
	struct trace_span_hit *hits = bpf_image_constant(&e->image, "span_hits");

	if (!e->probes->hit_count)
		return 0;
	if (!s || !hits)
		return fail("trace: the BPF object has no spans; rebuild latchkit");
	set_settings(e, s);
	memcpy(hits, e->probes->hit, sizeof(e->probes->hit));
	for (size_t i = 0; i < e->probes->hit_count; i++)
		hits[i].row = e->probes->probe[e->probes->hit[i].row].number;
	return size_maps(e);
}

int spans_set_events(const struct engine *e)
{
	const struct bpf_map *of = bpf_object__find_map_by_name(e->image.object, "span_of");
	int fd = bpf_map__fd(of);

	for (size_t i = 0; i < e->probes->count; i++) {
		const struct probe *p = &e->probes->probe[i];

		if (p->hits && bpf_map_update_elem(fd, &p->number, &p->hits, 0))
			return fail("%s: cannot note its span: %m", p->name);
	}
	return 0;
}

unsigned int spans_expr_at(const struct engine *e, unsigned int i)
{
	return exprs_at(e) + i;
}

static struct spans_table table_of(const struct engine *e)
{
	return (struct spans_table){
		.words = (lk_u64 *)e->span_starts.words, /* it is only read */
		.buckets = buckets(e),
		.key_words = SPAN_KEY_WORDS,
		.value_words = value_words(e),
		.bucket_words = (unsigned int)e->span_starts.stride,
	};
}

unsigned int spans_room(const struct engine *e)
{
	return e->span_starts.words ? buckets(e) * SPANS_WAYS : 0;
}

unsigned int spans_next_open(const struct engine *e, unsigned int at, struct open_span *open)
{
	struct spans_table table = table_of(e);
	lk_u64 key[SPAN_KEY_WORDS];

	if (!e->span_starts.words)
		return 0;
	at = spans_next(&table, at, key, open->value);
	if (at == spans_places(&table))
		return at;
	open->row = (unsigned int)key[0];
	memcpy(open->tie, key + 1, sizeof(open->tie));
	open->time_ns = open->value[0];
	return at;
}

unsigned long long spans_open(const struct engine *e, unsigned int row)
{
	unsigned int room = spans_room(e);
	unsigned long long count = 0;
	struct open_span open;

	for (unsigned int at = spans_next_open(e, 0, &open); at < room;
	     at = spans_next_open(e, at + 1, &open))
		count += open.row == row;
	return count;
}
