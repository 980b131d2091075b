// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* context.c - see host/context.h */
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>

#include "host/context.h"
#include "bpf/trace/shared.h"

/* Anonymous members nest two or three deep; anything deeper is not what is looked for. */
#define MAX_NESTING 8

/* Returns the offset in bytes of a member, searching anonymous members too, or -1. */
static long member_offset(const struct btf *btf, const struct btf_type *t, const char *name,
			  int nesting)
{
	const struct btf_member *m;

	if (!t || !btf_is_composite(t) || nesting > MAX_NESTING)
		return -1;
	m = btf_members(t);
	for (int i = 0; i < btf_vlen(t); i++, m++) {
		long start = btf_member_bit_offset(t, (unsigned int)i) / 8, inner;

		if (m->name_off) {
			if (strcmp(btf__name_by_offset(btf, m->name_off), name) == 0)
				return start;
			continue;
		}
		inner = member_offset(btf, btf__type_by_id(btf, m->type), name, nesting + 1);
		if (inner >= 0)
			return start + inner;
	}
	return -1;
}

static long struct_member(const struct btf *btf, const char *type, const char *member)
{
	int id = btf__find_by_name_kind(btf, type, BTF_KIND_STRUCT);

	return id > 0 ? member_offset(btf, btf__type_by_id(btf, (unsigned int)id), member, 0) : -1;
}

/* Returns the offset of a variable in the kernel's per-CPU section, or -1. */
static long percpu_offset(const struct btf *btf, const char *name)
{
	int id = btf__find_by_name_kind(btf, ".data..percpu", BTF_KIND_DATASEC);
	const struct btf_type *section = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;
	const struct btf_var_secinfo *v = section ? btf_var_secinfos(section) : NULL;

	for (int i = 0; section && i < btf_vlen(section); i++, v++) {
		const struct btf_type *var = btf__type_by_id(btf, v->type);

		if (var && strcmp(btf__name_by_offset(btf, var->name_off), name) == 0)
			return v->offset;
	}
	return -1;
}

/* Returns the count's offset in the per-CPU section, or -1; sets *how when found. */
static long percpu_preempt_count(const struct btf *btf, const char **how)
{
	long count = percpu_offset(btf, "__preempt_count"), hot, inner;

	if (count >= 0) {
		*how = "per-CPU __preempt_count";
		return count;
	}
	hot = percpu_offset(btf, "pcpu_hot");
	inner = struct_member(btf, "pcpu_hot", "preempt_count");
	if (hot < 0 || inner < 0)
		return -1;
	*how = "per-CPU pcpu_hot.preempt_count";
	return hot + inner;
}

/* Does the BTF have the members from the current task to its CPU's run queue? */
static bool runqueue_reachable(const struct btf *btf)
{
	return struct_member(btf, "task_struct", "se") >= 0 &&
	       struct_member(btf, "sched_entity", "cfs_rq") >= 0 &&
	       struct_member(btf, "cfs_rq", "rq") >= 0 && struct_member(btf, "rq", "cpu") >= 0;
}

/*
 * The bits of the count. Up to Linux 7.2 the count has 4 bits for hard interrupts from bit 16 on
 * and above them 4 for NMIs. Since then those from bit 16 on count how often interrupts were
 * disabled, which brought the per-CPU variable that tells it; hard interrupts and NMIs follow from
 * bits 24 and 28 on. Bit 31 may mean something else.
 */
static void search_bits(const struct btf *btf, struct context_offsets *out)
{
	bool moved = btf && percpu_offset(btf, "local_interrupt_disable_state") >= 0;

	out->hardirq = moved ? 0x0f000000 : 0x000f0000;
	out->nmi = moved ? 0x70000000 : 0x00f00000;
}

static void search(const struct btf *btf, struct context_offsets *out)
{
	long queues, count;

	if (struct_member(btf, "thread_info", "preempt_count") >= 0 &&
	    struct_member(btf, "task_struct", "thread_info") >= 0) {
		out->have = out->in_thread_info = true;
		out->how = "thread_info.preempt_count";
		return;
	}
	out->how = "no preempt count in the kernel's BTF";
	count = percpu_preempt_count(btf, &out->how);
	if (count < 0)
		return;
	queues = percpu_offset(btf, "runqueues");
	if (queues < 0 || !runqueue_reachable(btf)) {
		out->how = "no way from the current task to its CPU's run queue in the BTF";
		return;
	}
	out->delta = count - queues;
	out->have = true;
}

int context_offsets(struct context_offsets *out)
{
	struct btf *btf = btf__load_vmlinux_btf();

	*out = (struct context_offsets){.how = "the kernel's BTF cannot be read"};
	search_bits(btf, out);
	if (!btf)
		return errno ? -errno : -ENOENT;
	search(btf, out);
	btf__free(btf);
	return 0;
}

void context_settings(struct trace_settings *settings)
{
	struct context_offsets offsets;
	int err = context_offsets(&offsets);

	settings->context_nmi = offsets.nmi;
	settings->context_hardirq = offsets.hardirq;
	settings->context_known = !err && offsets.have && !offsets.in_thread_info;
	settings->context_delta = offsets.delta;
}
