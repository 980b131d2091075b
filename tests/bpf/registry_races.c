// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * registry_races.c - the registries in BPF where requests meet: storms of two threads, requests in
 * NMIs that interrupt requests; and what needs a kernel that allocates.
 */
#include <sys/syscall.h>

#include <latchkit/record.h>

#include "verify/core/nmi_source.h"
#include "registry_object.h"

/* How often threads of a storm should meet, and how long it may take to get there. */
#define MET_ENOUGH 50
#define STORM_MS 2000
#define STORM_IDS 2
#define ROUNDS_AT_ONCE 2000

lk_u64 storm_made = 200000;

/* -- two threads ------------------------------------------------------------------------------ */

struct stormer {
	const struct registry_bpf *r;
	int cpu;
	lk_u64 ids;
	const lk_u64 *stop;
	long failed;
};

static void *storms(void *arg)
{
	struct stormer *s = arg;
	lk_u64 seed = (lk_u64)s->cpu << 32;

	pin(s->cpu);
	while (!s->failed && !order_load_relaxed(s->stop))
		s->failed = registry_ask(s->r, REGISTRY_STORM, ROUNDS_AT_ONCE, ++seed, s->ids);
	return NULL;
}

/* Lookups that found what another thread had changed under them. */
static lk_u64 met(const struct registry_bpf *r)
{
	return registry_count_of(r, REGISTRY_BPF_DYING) + registry_count_of(r, REGISTRY_BPF_OTHER);
}

/* Both storm until they have met often enough, or time is over. */
static void storm(const struct registry_bpf *r)
{
	struct stormer s[2];
	pthread_t thread[2];
	lk_u64 stop = 0;

	for (int i = 0; i < 2; i++) {
		s[i] = (struct stormer){.r = r, .cpu = i, .ids = STORM_IDS, .stop = &stop};
		assert_int_equal(pthread_create(&thread[i], NULL, storms, &s[i]), 0);
	}
	for (int ms = 0; ms < STORM_MS; ms += 10) {
		if (registry_count_of(r, REGISTRY_BPF_MADE) > storm_made && met(r) > MET_ENOUGH)
			break;
		usleep(10000);
	}
	order_store_relaxed(&stop, 1);
	for (int i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		assert_int_equal(s[i].failed, 0);
	}
}

void nothing_breaks_in_a_storm(void **state)
{
	struct registry_bpf *r;

	skip_with_reason(one_cpu());
	r = registry_begin(*state);
	storm(r);
	print_message(
		"note: %llu made, %llu deleted, %llu hits, %llu misses; met: %llu dying, "
		"%llu another by then, %llu busy\n",
		registry_count_of(r, REGISTRY_BPF_MADE), registry_count_of(r, REGISTRY_BPF_DELETED),
		registry_count_of(r, REGISTRY_BPF_HIT), registry_count_of(r, REGISTRY_BPF_MISS),
		registry_count_of(r, REGISTRY_BPF_DYING), registry_count_of(r, REGISTRY_BPF_OTHER),
		registry_count_of(r, REGISTRY_BPF_INSERT_BUSY) +
			registry_count_of(r, REGISTRY_BPF_DELETE_BUSY) +
			registry_count_of(r, REGISTRY_BPF_QUEUE_BUSY));
	assert_true(registry_count_of(r, REGISTRY_BPF_INSERTED) > 0);
	assert_true(registry_count_of(r, REGISTRY_BPF_HIT) > 0);
	registry_end(r);
	skip_with_reason(met(r) ? NULL : "nothing broke, but the two threads never met");
}

/* -- nested in NMIs --------------------------------------------------------------------------- */

#define SITES 16
#define NMI_ROUNDS 300
#define NMI_PASSES 40
#define NMIS_ENOUGH 500
#define NMI_CPU 0

/* Words that the interrupted program stores to. Returns how many. The first is the key of an
 * element of the hash map, before its value: stored to with the bucket locked. */
static int sites_of(const struct registry_bpf *r, lk_u64 *sites)
{
	static const enum registry_bpf_count counted[] = {REGISTRY_BPF_MADE, REGISTRY_BPF_INSERTED,
							  REGISTRY_BPF_DELETED, REGISTRY_BPF_GOT};
	lk_u64 queue, at;
	int n = 0;

	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 0, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_WHERE, 0, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_DELETE, 0, 0, 0), 0);
	sites[n++] = *registry_global(r, "id_address") - 8;
	for (int i = 0; i < 3 + r->file->kptr; i++)
		sites[n++] = *registry_global(r, "counts_address") + 8 * counted[i];
	if (r->file->kptr) {
		sites[n++] = sites[0] + 8;
		return n;
	}
	for (int i = 0; i < 6; i++) /* ref to payload[0] */
		sites[n++] = *registry_global(r, "object_address") + 8 * (lk_u64)i;
	queue = *registry_global(r, "queue_address");
	at = *registry_global(r, "queue_elements");
	if (at) { /* with the queue locked */
		sites[n++] = (queue + *registry_global(r, "queue_head")) & ~7ULL;
		sites[n++] = (queue + at + 7) & ~7ULL;
	}
	return n;
}

/* Run a short storm with some sites watched, from `first` on. Returns 0 or a negative errno. */
static int watch(const struct registry_bpf *r, const lk_u64 *sites, int first, int n)
{
	const struct bpf_program *p = bpf_object__find_program_by_name(r->image.object, "on_nmi");
	struct nmi_source sources[NMI_WATCHES];
	int err = 0, i;

	for (i = 0; i < NMI_WATCHES && first + i < n && !err; i++)
		err = nmi_source_watch(&sources[i], p, NMI_CPU, sites[first + i],
				       first + i ? 0 : REGISTRY_TEST_LOCKED);
	if (!err)
		assert_int_equal(registry_ask(r, REGISTRY_STORM, NMI_ROUNDS, r->found->nmis,
					      REGISTRY_TEST_NMI_IDS),
				 0);
	while (i-- > 0)
		nmi_source_detach(&sources[i]);
	return err;
}

/* Everything that an NMI can do, and that can be refused there. */
static bool nmis_did_it_all(const struct registry_bpf *r)
{
	const struct registry_found *f = r->found;

	if (f->nmis < NMIS_ENOUGH || !f->nmi_inserted || !f->nmi_deleted || !f->nmi_hit ||
	    !f->nmi_insert_busy || !f->nmi_delete_busy)
		return false;
	return r->file->kptr || !*registry_global(r, "queue_elements") ||
	       (registry_count_of(r, REGISTRY_BPF_QUEUE_BUSY) &&
		registry_count_of(r, REGISTRY_BPF_STRANDED));
}

void nothing_breaks_in_an_nmi(void **state)
{
	struct registry_file *f = *state;
	lk_u64 sites[SITES], stop = 0, nmis;
	struct stormer s = {.cpu = 1, .ids = REGISTRY_TEST_NMI_IDS, .stop = &stop};
	const struct registry_found *found;
	struct registry_bpf *r;
	pthread_t thread;
	int n, err = 0;

#ifndef __x86_64__
	skip_with_reason("data watchpoints are no NMIs on this machine");
#endif
	r = registry_begin(f);
	found = r->found;
	pin(NMI_CPU);
	n = sites_of(r, sites);
	s.r = r;
	assert_int_equal(pthread_create(&thread, NULL, storms, &s), 0);
	for (int pass = 0; pass < NMI_PASSES && !err && !nmis_did_it_all(r); pass++)
		for (int i = 0; i < n && !err; i += NMI_WATCHES)
			err = watch(r, sites, i, n);
	order_store_relaxed(&stop, 1);
	pthread_join(thread, NULL);
	pin(-1);
	assert_int_equal(s.failed, 0);
	nmis = found->nmis;
	print_message("note: %llu NMIs: %llu inserted, %llu deleted, %llu hits; refused: %llu no "
		      "object, %llu inserts, %llu deletes busy; queue busy %llu, stranded %llu\n",
		      nmis, found->nmi_inserted, found->nmi_deleted, found->nmi_hit,
		      found->nmi_no_object, found->nmi_insert_busy, found->nmi_delete_busy,
		      registry_count_of(r, REGISTRY_BPF_QUEUE_BUSY),
		      registry_count_of(r, REGISTRY_BPF_STRANDED));
	if (err || (nmis && found->contexts[SAMPLED_UNKNOWN] == nmis)) {
		registry_end(r);
		skip_with_reason(err ? nmi_source_why(err)
				     : "this kernel does not tell where a program runs");
	}
	assert_int_equal(found->contexts[SAMPLED_NMI], nmis);
	assert_true(nmis_did_it_all(r));
	registry_end(r);
}

/* -- what only a kernel that allocates can do -------------------------------------------------- */

void a_tracepoint_finds_it(void **state)
{
	struct registry_bpf *r = registry_begin(*state);
	struct bpf_link *link;

	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 1, 0, 0), 0);
	*registry_global(r, "syscall_number") = SYS_getppid;
	*registry_global(r, "tgid") = (lk_u64)getpid();
	link = bpf_program__attach(
		bpf_object__find_program_by_name(r->image.object, "on_tracepoint"));
	assert_non_null(link);
	syscall(SYS_getppid);
	syscall(SYS_getppid);
	assert_int_equal(*registry_global(r, "tracepoint_hits"), 2);
	assert_int_equal(*registry_global(r, "tracepoint_result"), 0);
	bpf_link__destroy(link);
	registry_end(r);
}

/* In an NMI the kernel has a reserve only; what it refuses is counted, and it recovers. */
void allocation_ends_in_an_nmi(void **state)
{
	const struct bpf_program *p;
	struct nmi_source source;
	struct registry_bpf *r;
	lk_u64 made, refused;
	int err;

#ifndef __x86_64__
	skip_with_reason("data watchpoints are no NMIs on this machine");
#endif
	r = registry_begin(*state);
	pin(NMI_CPU);
	assert_int_equal(registry_ask(r, REGISTRY_INSERT, 0, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_WHERE, 0, 0, 0), 0);
	assert_int_equal(registry_ask(r, REGISTRY_NEW_MANY, 255, 0, 0), 255);
	assert_int_equal(registry_count_of(r, REGISTRY_BPF_NO_OBJECT), 0);
	*registry_global(r, "make_in_nmi") = 255;
	p = bpf_object__find_program_by_name(r->image.object, "on_nmi");
	err = nmi_source_watch(&source, p, NMI_CPU,
			       *registry_global(r, "counts_address") + 8 * REGISTRY_BPF_HIT, 0);
	if (err) {
		registry_end(r);
		skip_with_reason(nmi_source_why(err));
	}
	assert_int_equal(registry_ask(r, REGISTRY_LOOKUP, 0, 0, 0), 0);
	nmi_source_detach(&source);
	pin(-1);
	made = *registry_global(r, "made_in_nmi");
	*registry_global(r, "make_in_nmi") = 0;
	refused = registry_count_of(r, REGISTRY_BPF_NO_OBJECT);
	print_message("note: bpf_obj_new made %llu objects in one NMI, then refused\n", made);
	assert_int_equal(r->found->nmis, 1);
	assert_true(made > 0);
	assert_int_equal(refused, made < 255);
	assert_int_equal(registry_ask(r, REGISTRY_NEW_MANY, 255, 0, 0), 255);
	registry_end(r);
}
