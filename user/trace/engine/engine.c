// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* engine.c - see trace/engine/engine.h */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/trace/shared.h"
#include "cli/diag.h"
#include "cli/errors.h"
#include "host/limits.h"
#include "host/privileges.h"
#include "symbols/types.h"
#include "trace/engine/engine.h"
#include "trace/engine/keyed.h"
#include "trace/engine/settings.h"
#include "trace/engine/spans.h"
#include "trace/engine/swap.h"
#include "trace/probe/span.h"
#include "trace/probe/tracepoint.h"
#include "trace/probe/type.h"

/* The buffer of events that are shown one by one: tens of thousands of them. */
#define LINES_BYTES (8 << 20)

static bool needs(const struct engine *e, const struct probe_type *type)
{
	return probe_list_first(e->probes, type) < e->probes->count;
}

static void load_programs(struct engine *e, const char *const *names)
{
	for (; *names; names++)
		bpf_program__set_autoload(engine_program(e, *names), true);
}

/* Is there a latency that is of calls, not of spans? */
static bool times_calls(const struct engine *e)
{
	for (size_t i = 0; i < e->probes->count; i++)
		if (e->probes->probe[i].kind == KIND_LATENCY &&
		    !probe_is_span(&e->probes->probe[i]))
			return true;
	return false;
}

/* Load only what the probes need: each program may ask the kernel for something it lacks. */
static void choose_programs(struct engine *e)
{
	static const char *const none[] = {NULL};
	static const char *const latencies[] = {"forget_exit", "forget_exec", "forget_free", NULL};
	static const char *const follow[] = {"follow_fork", "follow_exec", "follow_exit", "adopt",
					     NULL};
	static const char *const processes[] = {
		"process_fork",	 "process_exec", "process_rename", "process_exit",
		"process_alive", "cgroup_made",	 "cgroup_gone",	   NULL,
	};

	bpf_image_want(&e->image, none);
	for (size_t i = 0; i < e->probes->count; i++)
		load_programs(e, e->probes->probe[i].type->programs);
	if (times_calls(e))
		load_programs(e, latencies);
	if (e->config.follow)
		load_programs(e, follow);
	if (e->know_processes)
		load_programs(e, processes);
}

static int set_entries(struct engine *e, const char *map, size_t entries)
{
	struct bpf_map *m = bpf_object__find_map_by_name(e->image.object, map);

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
	err = err ? err : set_entries(e, "values", e->has_values ? cpus * e->probes->count : 1);
	err = err ? err : set_entries(e, "losses", cpus * e->probes->count);
	err = err ? err : set_entries(e, "statement_of", e->probes->count);
	err = err ? err
		  : set_entries(e, "calls",
				needs(e, &probe_type_syscall) ? 1 << TRACE_CALL_BITS : 1);
	err = err ? err : set_entries(e, "stacks", stacks ? 16384 : 64);
	err = err ? err : set_entries(e, "stack_counts", stacks ? 16384 : 1);
	err = err ? err : set_entries(e, "lines", e->config.lines ? LINES_BYTES : 4096);
	err = err ? err : set_entries(e, "line_numbers", cpus);
	err = err ? err : set_entries(e, "process_events", e->know_processes ? 4 << 20 : 4096);
	return err;
}

static int explain_descriptors(void)
{
	return fail("trace: cannot load BPF programs: %s; raise the limit of descriptors "
		    "(ulimit -Hn)",
		    error_text(-EMFILE));
}

static int explain_load(int err)
{
	const char *complaint = bpf_image_complaint();
	int types = kernel_types_errno();

	if (err == -EMFILE)
		return explain_descriptors();
	if ((err == -EPERM || err == -EACCES) &&
	    (!privileges_have(CAP_BPF) || !privileges_have(CAP_PERFMON)))
		return fail("trace: cannot load BPF programs: %s; run as root, or with CAP_BPF and "
			    "CAP_PERFMON (see latchkit doctor)",
			    error_text(err));
	if (types == ENOENT)
		return fail("trace: this kernel has no type information (" KERNEL_TYPES
			    "): programs cannot be fitted to it; boot one built with "
			    "CONFIG_DEBUG_INFO_BTF");
	if (types)
		return fail("trace: cannot load BPF programs: " KERNEL_TYPES ": %s",
			    error_text(types));
	if (privileges_locked_down())
		return fail("trace: the kernel is locked down (confidentiality): no program may "
			    "read its memory; count tracepoints, or boot with "
			    "lockdown=integrity");
	if (err == -E2BIG)
		return fail("trace: cannot load BPF programs: they are longer than this kernel "
			    "verifies; trace fewer statements at once, with fewer keys and shorter "
			    "expressions");
	return fail("trace: cannot load BPF programs: %s%s%s; see latchkit doctor", error_text(err),
		    complaint[0] ? ": " : "", complaint);
}

static int map_one(struct engine *e, const char *name, size_t columns, struct engine_map *out)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(e->image.object, name);

	out->columns = columns;
	out->stride = bpf_map__value_size(map) / sizeof(lk_u64);
	/* Only handlers are written by this process. */
	if (out == &e->handlers)
		out->words = bpf_image_map(&e->image, name, &out->bytes);
	else
		out->words = bpf_image_map_frozen(&e->image, name, &out->bytes);
	return out->words ? 0 : fail("trace: cannot map %s: %m; see latchkit doctor", name);
}

static int map_all(struct engine *e)
{
	const unsigned int *kinds = e->probes->kinds;
	int r = map_one(e, "events", kinds[KIND_EVENT], &e->events);

	r = r ? r : map_one(e, "latencies", kinds[KIND_LATENCY], &e->latencies);
	r = r ? r : map_one(e, "contexts", kinds[KIND_SAMPLE], &e->contexts);
	r = r ? r : map_one(e, "samples", kinds[KIND_SAMPLE], &e->samples);
	r = r ? r : map_one(e, "losses", e->probes->count, &e->losses);
	if (!r && e->has_values)
		r = map_one(e, "values", e->probes->count, &e->values);
	for (int which = 0; !r && which < TABLES; which++)
		if (keyed_is_used(e, (enum trace_table)which))
			r = map_one(e, keyed_map_name((enum trace_table)which), 1,
				    &e->keyed[which]);
	if (!r && e->probes->hit_count)
		r = map_one(e, "span_starts", 1, &e->span_starts);
	if (!r && e->config.activity) {
		r = map_one(e, "activity", 1, &e->activity);
		r = r ? r : map_one(e, "activity_rest", 1, &e->activity_rest);
	}
	r = r ? r : map_one(e, ".bss", 1, &e->globals);
	if (!r)
		e->counted = (const void *)e->globals.words; /* the only variable */
	if (!r) {
		e->begun = bpf_image_map(&e->image, ".data.begun", &e->begun_bytes);
		if (!e->begun)
			return fail("trace: cannot map the word that begins it: %m; see latchkit "
				    "doctor");
	}
	if (!r && e->config.swappable) {
		r = map_one(e, ".data.handlers", 1, &e->handlers);
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
			    errno == EBADF ? "not a cgroup version 2" : error_text(errno));
	return 0;
}

/* Tell the programs which statement each probe has. */
static int set_statements(const struct engine *e)
{
	int fd = engine_map_fd(e, "statement_of");

	for (size_t i = 0; i < e->probes->count; i++) {
		const struct probe *p = &e->probes->probe[i];
		unsigned int column = engine_loss_column(e, p);

		if (p->statement && bpf_map_update_elem(fd, &column, &p->statement, 0))
			return fail("%s: cannot note its statement: %m", p->name);
	}
	return spans_set_events(e);
}

/*
 * The descriptors that loading takes: asked for before, as libbpf takes a feature of the kernel for
 * absent when there was no descriptor to try it with, and then fails for another cause.
 */
static size_t descriptors_to_load(const struct engine *e)
{
	enum { TRIES = 4 }; /* type information, and what libbpf tries */
	struct bpf_program *program;
	struct bpf_map *map;
	size_t n = TRIES;

	bpf_object__for_each_program (program, e->image.object)
		n += bpf_program__autoload(program);
	bpf_object__for_each_map (map, e->image.object)
		n += bpf_map__autocreate(map);
	return n;
}

static int load(struct engine *e)
{
	int err;

	choose_programs(e);
	if (!limits_leave(descriptors_to_load(e)))
		return explain_descriptors();
	err = size_maps(e);
	if (err)
		return fail("trace: cannot size the maps: %s", error_text(err));
	err = engine_set_settings(e);
	if (err)
		return err;
	err = keyed_check_memory(e);
	err = err ? err : spans_set_up(e);
	if (err)
		return err;
	err = bpf_object__load(e->image.object);
	return err ? explain_load(err) : 0;
}

/* Is there a key that is the name of a kernel function? */
static bool names_functions(const struct probe_list *probes)
{
	for (size_t i = 0; i < probes->statements; i++)
		for (int k = 0; k < TRACE_KEY_EXPRS; k++)
			if (probes->statement[i].key_as[k] == EXPR_AS_SYM)
				return true;
	return false;
}

static void set_handlers(struct engine *e)
{
	const struct handler *wanted = e->config.handler;
	const struct key_list *keys = &e->config.keys;

	engine_set_handler(e, wanted);
	e->count_stacks = e->config.count_stacks || e->config.swappable ||
			  (wanted && wanted->id == HANDLER_STACKS);
	e->user_addresses =
		e->count_stacks || keys_have(keys, KEY_USTACK) || keys_have(keys, KEY_FUNC);
	e->kernel_addresses = e->user_addresses || e->probes->kinds[KIND_SAMPLE] ||
			      keys_have(keys, KEY_KSTACK) || names_functions(e->probes);
	e->know_processes = e->config.processes || e->user_addresses ||
			    e->probes->kinds[KIND_SAMPLE] || keys_have(keys, KEY_PID) ||
			    keys_have(keys, KEY_TID) || keys_have(keys, KEY_CGROUP);
}

static int open_object(struct engine *e)
{
	const char *complaint = bpf_image_complaint();
	int err;

	bpf_image_set_verbose(e->config.verbose);
	err = bpf_image_open(&e->image, "trace", e->variant->name);
	return err ? fail("trace: cannot open the BPF object: %s%s%s", error_text(err),
			  complaint[0] ? ": " : "", complaint)
		   : 0;
}

struct engine *engine__new(const struct engine_config *config, const struct probe_list *probes)
{
	struct engine *e = calloc(1, sizeof(*e));

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
	for (size_t i = 0; i < probes->count; i++)
		e->has_values |= probes->probe[i].has_value;
	if (!open_object(e) && !load(e) && !map_all(e) && !set_cgroup(e) && !set_statements(e))
		return e;
	engine__free(e);
	return NULL;
}

static void unmap(struct engine_map *map)
{
	if (map->words)
		munmap((void *)map->words, map->bytes);
}

void engine__free(struct engine *e)
{
	if (!e)
		return;
	if (e->begun)
		munmap(e->begun, e->begun_bytes);
	unmap(&e->globals);
	unmap(&e->handlers);
	unmap(&e->events);
	unmap(&e->latencies);
	unmap(&e->contexts);
	unmap(&e->samples);
	unmap(&e->losses);
	unmap(&e->values);
	for (int which = 0; which < TABLES; which++)
		unmap(&e->keyed[which]);
	unmap(&e->span_starts);
	unmap(&e->activity);
	unmap(&e->activity_rest);
	if (e->cgroup_fd >= 0)
		close(e->cgroup_fd);
	bpf_image_close(&e->image);
	free(e);
}

bool engine_cgroup_is_gone(const struct engine *e)
{
	return e->cgroup_fd >= 0 && faccessat(e->cgroup_fd, "cgroup.procs", F_OK, 0) &&
	       (errno == ENOENT || errno == ENODEV);
}

struct bpf_program *engine_program(const struct engine *e, const char *name)
{
	return bpf_object__find_program_by_name(e->image.object, name);
}

int engine_map_fd(const struct engine *e, const char *name)
{
	return bpf_map__fd(bpf_object__find_map_by_name(e->image.object, name));
}
