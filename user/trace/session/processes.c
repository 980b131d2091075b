// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* processes.c - see trace/session/processes.h */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* liburcu inline, which our licence allows; see registry.h. */
#define _LGPL_SOURCE
#define REGISTRY_RCU memb
#include <latchkit/registry.h>

#include "bpf/trace/shared.h"
#include "cli/diag.h"
#include "cli/errors.h"
#include "host/cgroups.h"
#include "host/pressure.h"
#include "host/scarcity.h"
#include "trace/session/processes.h"

/* Memory is scarce when tasks have waited for it for 100 ms of 2 s. */
#define STALL_US 100000
#define WINDOW_US 2000000

/* How many threads one call of registry_shrink() looks at. */
#define SHED_AT_ONCE 4096

struct processes {
	struct registry *registry;
	struct engine *engine;
	struct ring_buffer *events;
	struct cgroups *cgroups; /* paths of the cgroups that threads are in */
	struct pressure pressure;
	bool knows_pressure; /* pressure is open: this host tells when memory is scarce */
	struct processes_listener listener;
	unsigned long long began, ended_count, shed, kept_most;
	size_t ended_kept; /* ended threads that are still in the registry */
};

/*
 * A tid has 22 bits at most. The other 42 are the start time in units of 1024 ns, which wrap after
 * 52 days: only a thread with the same tid that starts 52 days later, to the microsecond, collides.
 */
static lk_u64 id_of(unsigned int tid, unsigned long long start_ns)
{
	return (start_ns >> 10) << 22 | tid;
}

/* Threads that have not ended are never reclaimed. */
static bool keep(const struct registry_object *o, void *arg)
{
	const struct process *process = registry_payload((struct registry_object *)o);

	(void)arg;
	return !process->end_ns;
}

static void fill(struct process *to, const struct process_event *e)
{
	*to = (struct process){
		.tid = e->tid,
		.tgid = e->tgid,
		.parent = e->parent,
		.start_ns = e->start_ns,
		.leader_start_ns = e->leader_start_ns,
		.inner = e->numbers.inner,
		.cgroup = e->cgroup,
	};
	memcpy(to->name, e->name, sizeof(to->name));
}

/* Find or add the thread of an event. Returns it with a reference, or NULL: no memory. */
static struct registry_object *thread_of(struct processes *p, const struct process_event *e)
{
	lk_u64 id = id_of(e->tid, e->start_ns);
	struct registry_object *o = registry_lookup(p->registry, id);
	size_t size;

	if (o)
		return o;
	o = registry_new(p->registry, id);
	if (!o)
		return NULL;
	fill(registry_payload(o), e);
	registry_get(p->registry, o); /* one for the registry, one for the caller */
	if (registry_insert(p->registry, o)) /* only this thread inserts */
		registry_put(p->registry, o);
	size = registry_size(p->registry);
	if (size > p->kept_most)
		p->kept_most = size;
	return o;
}

static void end(struct processes *p, struct registry_object *o, unsigned long long time_ns)
{
	struct process *process = registry_payload(o);

	if (process->end_ns)
		return;
	process->end_ns = time_ns;
	p->ended_kept++;
	registry_touch(p->registry, o); /* its age counts from now */
}

/* The process has ended: that is recorded in its leader, which has its name. */
static void end_process(struct processes *p, const struct process_event *e)
{
	struct registry_object *leader =
		registry_lookup(p->registry, id_of(e->tgid, e->leader_start_ns));

	if (!leader)
		return;
	end(p, leader, e->time_ns);
	if (e->flags & PROCESS_WANTED && p->listener.ended)
		p->listener.ended(registry_payload(leader), p->listener.arg);
	registry_put(p->registry, leader);
}

struct looked_for {
	unsigned int tid, tgid;
	lk_u64 id; /* found; 0: not */
};

static int is_looked_for(struct registry_object *o, void *arg)
{
	const struct process *process = registry_payload(o);
	struct looked_for *l = arg;

	if (process->tid != l->tid || process->tgid != l->tgid || process->end_ns)
		return 0;
	l->id = registry_id(o);
	return 1;
}

/*
 * A thread other than the leader that calls execve() takes over the leader's tid and start time;
 * its own entry has to end. The event has no start time of it, so all threads are walked: rare.
 */
static void end_old_self(struct processes *p, const struct process_event *e)
{
	struct looked_for l = {.tid = e->old_tid, .tgid = e->tgid};
	struct registry_object *o;

	registry_walk(p->registry, is_looked_for, &l);
	o = l.id ? registry_lookup(p->registry, l.id) : NULL;
	if (!o)
		return;
	end(p, o, e->time_ns);
	registry_put(p->registry, o);
}

static void take_in(struct processes *p, const struct process_event *e)
{
	struct registry_object *o = thread_of(p, e);
	struct process *process;

	if (!o)
		return;
	process = registry_payload(o);
	process->cgroup = e->cgroup;
	memcpy(process->name, e->name, sizeof(process->name));
	if (e->kind == PROCESS_EXEC) {
		process->execs++;
		if (e->old_tid != e->tid)
			end_old_self(p, e);
	}
	p->began += e->kind == PROCESS_FORK;
	if (e->kind == PROCESS_EXIT) {
		p->ended_count++;
		/* A leader that exits before its threads stays a zombie until they have exited. */
		if (e->tid != e->tgid || e->flags & PROCESS_GROUP_ENDED)
			end(p, o, e->time_ns);
		if (e->flags & PROCESS_GROUP_ENDED)
			end_process(p, e);
	}
	registry_put(p->registry, o);
}

static void on_process(struct processes *p, const struct process_event *e)
{
	take_in(p, e);
	if (e->kind == PROCESS_EXEC && e->flags & PROCESS_WANTED && p->listener.executed)
		p->listener.executed(e, p->listener.arg);
}

static int on_event(void *arg, void *data, size_t size)
{
	const struct process_event *e = data;
	const struct cgroup_event *group = data;
	struct processes *p = arg;

	if (e->kind == PROCESS_STACK && size >= sizeof(struct stack_event)) {
		if (p->listener.stack)
			p->listener.stack(data, p->listener.arg);
		return 0;
	}
	if (size < sizeof(*e))
		return 0;
	if (e->kind == PROCESS_CGROUP_MADE)
		cgroups_made(p->cgroups, group->id, group->path);
	else if (e->kind == PROCESS_CGROUP_GONE)
		cgroups_gone(p->cgroups, group->id);
	else
		on_process(p, e);
	return 0;
}

int processes_begin(struct processes *p)
{
	struct bpf_link *link =
		bpf_program__attach_iter(engine_program(p->engine, "process_alive"), NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1, err = 0;
	struct process_event e[64];
	ssize_t bytes = 0;

	while (fd >= 0 && (bytes = read(fd, e, sizeof(e))) > 0)
		for (size_t i = 0; i < (size_t)bytes / sizeof(e[0]); i++)
			if (!(e[i].flags & PROCESS_GROUP_ENDED))
				take_in(p, &e[i]);
	if (fd < 0 || bytes < 0)
		err = fail("trace: cannot list the threads of this host: %m; see latchkit doctor");
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	return err;
}

static int set_up(struct processes *p)
{
	const struct registry_config config = {.payload_bytes = sizeof(struct process),
					       .keep = keep};
	char why[512];
	int err = scarcity_of_threads();

	if (err)
		return fail("trace: cannot start a thread: %s; raise ulimit -u, or pids.max of "
			    "this cgroup",
			    error_text(err));
	p->cgroups = cgroups__new();
	if (!p->cgroups)
		return fail("trace: cannot list the cgroups: %m");
	if (registry_create(&p->registry, &config))
		return fail("trace: out of memory");
	p->events = ring_buffer__new(engine_map_fd(p->engine, "process_events"), on_event, p, NULL);
	if (!p->events)
		return fail("trace: cannot map the lives of threads: %m; see latchkit doctor");
	p->knows_pressure = pressure_open(&p->pressure, STALL_US, WINDOW_US, why, sizeof(why)) == 0;
	return 0;
}

struct processes *processes__new(struct engine *engine, const struct processes_listener *listener)
{
	struct processes *p = calloc(1, sizeof(*p));

	if (!p) {
		fail("trace: out of memory");
		return NULL;
	}
	p->engine = engine;
	p->listener = *listener;
	urcu_memb_register_thread();
	if (set_up(p) == 0)
		return p;
	processes__free(p);
	return NULL;
}

void processes__free(struct processes *p)
{
	if (!p)
		return;
	ring_buffer__free(p->events);
	if (p->knows_pressure)
		pressure_close(&p->pressure);
	if (p->registry)
		registry_destroy(p->registry, REGISTRY_WAIT);
	cgroups__free(p->cgroups);
	urcu_memb_unregister_thread();
	free(p);
}

int processes_fd(const struct processes *p)
{
	return ring_buffer__epoll_fd(p->events);
}

static void shed(struct processes *p, unsigned long long age_ns, size_t scan)
{
	size_t n = registry_shrink(p->registry, age_ns, scan);

	p->shed += n;
	p->ended_kept -= n;
}

void processes_serve(struct processes *p)
{
	unsigned long long age = PROCESSES_KEPT_S * 1000000000ULL;

	ring_buffer__consume(p->events);
	cgroups_serve(p->cgroups);
	shed(p, age, SHED_AT_ONCE);
	if (p->ended_kept > PROCESSES_MOST ||
	    (p->knows_pressure && pressure_wait(&p->pressure, 0) > 0)) {
		if (p->listener.forgets)
			p->listener.forgets(p->listener.arg);
		shed(p, 0, registry_size(p->registry));
	}
}

bool processes_find(struct processes *p, unsigned int tid, unsigned long long start_ns,
		    struct process *found)
{
	struct registry_object *o = registry_lookup(p->registry, id_of(tid, start_ns));

	if (!o)
		return false;
	*found = *(const struct process *)registry_payload(o);
	registry_put(p->registry, o);
	return true;
}

bool processes_cgroup(struct processes *p, unsigned long long id, char *path, size_t size)
{
	return cgroups_path(p->cgroups, id, path, size);
}

struct processes_counts processes_count(struct processes *p)
{
	return (struct processes_counts){
		.began = p->began,
		.ended = p->ended_count,
		.shed = p->shed,
		.alive = registry_size(p->registry) - p->ended_kept,
		.kept = registry_size(p->registry),
		.kept_most = p->kept_most,
		.lost = p->engine->counted->process_events_lost,
	};
}
