// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* engine.c - see trace/engine/engine.h */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "object/blobs.h"
#include "cli/diag.h"
#include "trace/engine/engine.h"
#include "host/privileges.h"
#include "bpf/trace/shared.h"

static char complaint[512];
static bool verbose;

const char *engine_last_complaint(void)
{
	return complaint;
}

/* Keep the first complaint of a series: the later ones follow from it. */
static int on_libbpf_message(enum libbpf_print_level level, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	if (level == LIBBPF_WARN && !complaint[0]) {
		vsnprintf(complaint, sizeof(complaint), format, args);
		complaint[strcspn(complaint, "\n")] = '\0';
	}
	if (verbose)
		vfprintf(stderr, format, again);
	va_end(again);
	return 0;
}

static bool probes_have(const struct engine *e, enum probe_type type)
{
	for (size_t i = 0; i < e->probes->count; i++)
		if (e->probes->probe[i].type == type)
			return true;
	return false;
}

static bool probes_have_kind(const struct engine *e, enum probe_type type, enum probe_kind kind)
{
	for (size_t i = 0; i < e->probes->count; i++)
		if (e->probes->probe[i].type == type && e->probes->probe[i].kind == kind)
			return true;
	return false;
}

/* Load only what the probes need: each program may ask the kernel for something it lacks. */
static void choose_programs(struct engine *e)
{
	bool cookies = probes_have_kind(e, PROBE_KPROBE, KIND_EVENT) ||
		       probes_have_kind(e, PROBE_UPROBE, KIND_EVENT);
	bool pairs = probes_have_kind(e, PROBE_KPROBE, KIND_LATENCY) ||
		     probes_have_kind(e, PROBE_UPROBE, KIND_LATENCY);
	const struct {
		const char *name;
		bool needed;
	} programs[] = {
		{"hit",
		 probes_have(e, PROBE_TRACEPOINT) || probes_have_kind(e, PROBE_FENTRY, KIND_EVENT)},
		{"enter", probes_have_kind(e, PROBE_FENTRY, KIND_LATENCY)},
		{"leave", probes_have_kind(e, PROBE_FENTRY, KIND_LATENCY)},
		{"hit_cookie", cookies},
		{"enter_cookie", pairs},
		{"leave_cookie", pairs},
		{"hit_usdt", probes_have(e, PROBE_USDT)},
		{"enter_syscall", probes_have(e, PROBE_SYSCALL)},
		{"leave_syscall", probes_have(e, PROBE_SYSCALL)},
		{"sample", probes_have(e, PROBE_PERF)},
		{"follow_fork", e->config.follow},
		{"follow_exec", e->config.follow},
		{"follow_exit", e->config.follow},
		{"adopt", e->config.follow},
		{"process_fork", e->know_processes},
		{"process_exec", e->know_processes},
		{"process_rename", e->know_processes},
		{"process_exit", e->know_processes},
		{"process_alive", e->know_processes},
		{"cgroup_made", e->know_processes},
		{"cgroup_gone", e->know_processes},
	};

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		bpf_program__set_autoload(engine_program(e, programs[i].name), programs[i].needed);
}

static int set_entries(struct engine *e, const char *map, size_t entries)
{
	struct bpf_map *m = bpf_object__find_map_by_name(e->object, map);

	return bpf_map__set_max_entries(m, entries ? (unsigned int)entries : 1);
}

static int size_maps(struct engine *e)
{
	const unsigned int *kinds = e->probes->kinds;
	bool stacks = e->count_stacks;
	size_t cpus = (size_t)e->cpus;
	int err = set_entries(e, "events", cpus * kinds[KIND_EVENT]);

	err = err ? err : set_entries(e, "latencies", cpus * kinds[KIND_LATENCY]);
	err = err ? err : set_entries(e, "contexts", cpus * kinds[KIND_SAMPLE]);
	err = err ? err : set_entries(e, "samples", cpus * kinds[KIND_SAMPLE]);
	err = err ? err : set_entries(e, "losses", cpus * e->probes->count);
	err = err ? err
		  : set_entries(e, "calls",
				probes_have(e, PROBE_SYSCALL) ? 1 << TRACE_CALL_BITS : 1);
	err = err ? err : set_entries(e, "stacks", stacks ? 16384 : 64);
	err = err ? err : set_entries(e, "stack_counts", stacks ? 16384 : 1);
	err = err ? err : set_entries(e, "process_events", e->know_processes ? 4 << 20 : 4096);
	return err;
}

static int explain_load(int err)
{
	if (err == -EPERM || err == -EACCES)
		return fail("trace: cannot load BPF programs: %s; run as root, or with CAP_BPF and "
			    "CAP_PERFMON (see latchkit doctor)",
			    strerror(-err));
	if (access("/sys/kernel/btf/vmlinux", R_OK) || strstr(complaint, "kernel BTF"))
		return fail("trace: this kernel has no type information "
			    "(/sys/kernel/btf/vmlinux): programs cannot be fitted to it; boot one "
			    "built with CONFIG_DEBUG_INFO_BTF");
	if (privileges_locked_down())
		return fail("trace: the kernel is locked down (confidentiality): no program may "
			    "read its memory; count tracepoints, or boot with "
			    "lockdown=integrity");
	return fail("trace: cannot load BPF programs: %s%s%s; see latchkit doctor", strerror(-err),
		    complaint[0] ? ": " : "", complaint);
}

static int map_memory(struct engine *e, const char *name, int access, size_t columns,
		      struct engine_map *out)
{
	struct bpf_map *map = bpf_object__find_map_by_name(e->object, name);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;

	out->columns = columns;
	out->stride = bpf_map__value_size(map) / sizeof(lk_u64);
	out->bytes = (size_t)bpf_map__value_size(map) * bpf_map__max_entries(map);
	out->bytes = (out->bytes + page - 1) / page * page;
	memory = mmap(NULL, out->bytes, access, MAP_SHARED, bpf_map__fd(map), 0);
	if (memory == MAP_FAILED) {
		out->bytes = 0;
		return fail("trace: cannot map %s: %m; see latchkit doctor", name);
	}
	out->words = memory;
	return 0;
}

/* Map read-only first: a frozen map can still be written by programs, but by nobody else. */
static int map_one(struct engine *e, const char *name, size_t columns, struct engine_map *out)
{
	int r = map_memory(e, name, PROT_READ, columns, out);

	if (!r && bpf_map_freeze(engine_map_fd(e, name)))
		return fail("trace: cannot freeze %s: %m; see latchkit doctor", name);
	return r;
}

static int map_all(struct engine *e)
{
	const unsigned int *kinds = e->probes->kinds;
	int r = map_one(e, "events", kinds[KIND_EVENT], &e->events);

	r = r ? r : map_one(e, "latencies", kinds[KIND_LATENCY], &e->latencies);
	r = r ? r : map_one(e, "contexts", kinds[KIND_SAMPLE], &e->contexts);
	r = r ? r : map_one(e, "samples", kinds[KIND_SAMPLE], &e->samples);
	r = r ? r : map_one(e, "losses", e->probes->count, &e->losses);
	r = r ? r : map_one(e, ".bss", 1, &e->globals);
	if (!r)
		e->counted = (const void *)e->globals.words; /* the only variable */
	if (!r && e->config.swappable) {
		r = map_memory(e, ".data.handlers", PROT_READ | PROT_WRITE, 1, &e->handlers);
		engine_set_handler(e, e->config.handler);
	}
	return r;
}

static int set_cgroup(struct engine *e)
{
	unsigned int zero = 0;

	if (!e->config.cgroup)
		return 0;
	e->cgroup_fd = open(e->config.cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (e->cgroup_fd < 0)
		return fail("--cgroup %s: %m; give a directory of the unified hierarchy",
			    e->config.cgroup);
	if (bpf_map_update_elem(engine_map_fd(e, "wanted_cgroup"), &zero, &e->cgroup_fd, 0))
		return fail("--cgroup %s: %s; give a directory of the unified (version 2) "
			    "hierarchy",
			    e->config.cgroup,
			    errno == EBADF ? "not a cgroup version 2" : strerror(errno));
	return 0;
}

static int load(struct engine *e)
{
	int err;

	complaint[0] = '\0';
	choose_programs(e);
	err = size_maps(e);
	if (err)
		return fail("trace: cannot size the maps: %s", strerror(-err));
	err = engine_set_settings(e);
	if (err)
		return err;
	err = bpf_object__load(e->object);
	return err ? explain_load(err) : 0;
}

/* Calls that are only counted are in no record. */
bool engine_counts_handled(const struct engine *e, enum probe_kind kind)
{
	return e->config.swappable || (kind == KIND_LATENCY && e->handler[kind] == HANDLER_COUNT);
}

unsigned int engine_handler(const struct engine *e, enum probe_kind kind)
{
	return e->handler[kind] | (engine_counts_handled(e, kind) ? HANDLER_COUNTED : 0);
}

void engine_set_handler(struct engine *e, const struct handler *handler)
{
	lk_u64 *words = (lk_u64 *)e->handlers.words;

	for (int kind = 0; kind < KIND_COUNT; kind++) {
		e->handler[kind] = handler_for(handler, kind);
		if (words) /* relaxed: a program that reads it needs nothing else of ours */
			order_store_relaxed(&words[kind], engine_handler(e, kind));
	}
}

static void set_handlers(struct engine *e)
{
	const struct handler *wanted = e->config.handler;

	engine_set_handler(e, wanted);
	e->count_stacks = e->config.count_stacks || e->config.swappable ||
			  (wanted && wanted->id == HANDLER_STACKS);
	e->know_processes = e->config.processes || e->count_stacks || e->probes->kinds[KIND_SAMPLE];
}

struct engine *engine__new(const struct engine_config *config, const struct probe_list *probes)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "latchkit");
	struct engine *e = calloc(1, sizeof(*e));
	const void *blob;
	size_t size;

	if (!e) {
		fail("trace: out of memory");
		return NULL;
	}
	e->config = *config;
	e->variant = config->variant;
	e->probes = probes;
	e->cgroup_fd = -1;
	e->cpus = libbpf_num_possible_cpus();
	set_handlers(e);
	verbose = config->verbose;
	libbpf_set_print(on_libbpf_message);
	blob = blob_find("trace", config->variant->name, &size);
	e->object = bpf_object__open_mem(blob, size, &opts);
	if (!e->object) {
		fail("trace: cannot open the BPF object: %m%s%s", complaint[0] ? ": " : "",
		     complaint);
	} else if (!load(e) && !map_all(e) && !set_cgroup(e)) {
		return e;
	}
	engine__free(e);
	return NULL;
}

static void unmap(struct engine_map *map)
{
	if (map->bytes)
		munmap((void *)map->words, map->bytes);
}

void engine__free(struct engine *e)
{
	if (!e)
		return;
	unmap(&e->globals);
	unmap(&e->handlers);
	unmap(&e->events);
	unmap(&e->latencies);
	unmap(&e->contexts);
	unmap(&e->samples);
	unmap(&e->losses);
	if (e->cgroup_fd >= 0)
		close(e->cgroup_fd);
	bpf_object__close(e->object);
	free(e);
}

unsigned int engine_loss_column(const struct engine *e, const struct probe *probe)
{
	if (probe->kind == KIND_SAMPLE)
		return e->sample_base + probe->number;
	return probe->kind == KIND_LATENCY ? e->latency_base + probe->number : probe->number;
}

struct bpf_program *engine_program(const struct engine *e, const char *name)
{
	return bpf_object__find_program_by_name(e->object, name);
}

int engine_map_fd(const struct engine *e, const char *name)
{
	return bpf_map__fd(bpf_object__find_map_by_name(e->object, name));
}
