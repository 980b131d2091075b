// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* kernel.c - probes on kernel functions: kprobe, kretprobe, fentry, fexit. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "host/perf_event.h"
#include "symbols/module_types.h"
#include "trace/probe/attachments.h"
#include "trace/probe/kernel_search.h"
#include "trace/probe/text.h"

static int parse_function(struct probe_list *list, const struct probe_text *text, bool traced)
{
	if (!probe_has_fields(text, 1, 1))
		return probe_bad_form(text);
	return kernel_search(list, text, traced);
}

static int parse_kprobe(struct probe_list *list, const struct probe_text *text)
{
	return parse_function(list, text, false);
}

/* The type of perf event that kprobes are. Returns it or a negative errno. */
static int kprobe_event_type(void)
{
	FILE *f = fopen("/sys/bus/event_source/devices/kprobe/type", "re");
	int type = -1;

	if (!f)
		return -errno;
	if (fscanf(f, "%d", &type) != 1)
		type = -EIO;
	fclose(f);
	return type;
}

/* Several functions may have a name: libbpf attaches by name only. */
static struct bpf_link *attach_address(const struct bpf_program *program, uint64_t address,
				       const struct bpf_kprobe_opts *opts)
{
	LIBBPF_OPTS(bpf_perf_event_opts, event, .bpf_cookie = opts->bpf_cookie);
	int type = kprobe_event_type(), fd = type, err;
	struct perf_event_attr attr = {
		.type = (unsigned int)type,
		.config = opts->retprobe, /* format/retprobe: bit 0 since there are such events */
		.kprobe_addr = address,
	};
	struct bpf_link *link;

	if (type >= 0)
		fd = perf_event_open(&attr, -1, 0);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	link = bpf_program__attach_perf_event_opts(program, fd, &event);
	err = errno;
	if (!link)
		close(fd);
	errno = err;
	return link;
}

/*
 * Attach to each function of the name. Some may refuse, such as those of the tracing code itself:
 * *refused counts them. Returns a negative errno when all do, or for want of something else.
 */
static int attach_places(struct attachments *a, const struct probe *p, const char *name,
			 const struct bpf_kprobe_opts *opts, size_t *refused)
{
	const struct bpf_program *program = attach_program(a, name);
	int err = 0;

	*refused = 0;
	for (size_t i = 0; i < p->offset_count; i++) {
		int one = attach_watch_link(a, p, attach_address(program, p->offsets[i], opts),
					    opts->retprobe);

		if (one && one != -EINVAL)
			return one;
		*refused += one == -EINVAL;
		err = one ? one : err;
	}
	return *refused == p->offset_count ? err : 0;
}

static int attach_name(struct attachments *a, const struct probe *p, const char *name,
		       const struct bpf_kprobe_opts *opts)
{
	return attach_watch_link(
		a, p, bpf_program__attach_kprobe_opts(attach_program(a, name), p->target, opts),
		opts->retprobe);
}

static int attach_kprobe(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .bpf_cookie = p->number);
	size_t refused = 0;
	int err = 0;

	for (int i = 0; !err && p->type->programs[i]; i++) {
		opts.retprobe = probe_type_is_exit(p->type, i);
		err = p->offset_count ? attach_places(a, p, p->type->programs[i], &opts, &refused)
				      : attach_name(a, p, p->type->programs[i], &opts);
	}
	if (!err && refused)
		note("%s: %zu of %zu functions of this name cannot be probed", p->name, refused,
		     p->offset_count);
	return err;
}

static int explain_kprobe(const struct probe *p, int err)
{
	if (access("/sys/bus/event_source/devices/kprobe", F_OK))
		return fail("%s: this kernel has no kprobes; use a tracepoint, or fentry: where "
			    "latchkit doctor says yes",
			    p->name);
	return fail("%s: cannot attach: %s; some functions cannot be probed, their callers can",
		    p->name, error_text(err));
}

static int parse_fentry(struct probe_list *list, const struct probe_text *text)
{
	return parse_function(list, text, true);
}

/* A program for the function, of the kernel or of a module. */
static int load_trampoline(struct attachments *a, const struct probe *p, const char *program,
			   enum bpf_attach_type type)
{
	int btf_id = libbpf_find_vmlinux_btf_id(p->target, type), btf_fd = 0, fd;

	if (btf_id < 0)
		btf_id = module_function_id(p->target, &btf_fd);
	if (btf_id < 0)
		return btf_id;
	fd = attach_copy_module(a, p, program, BPF_PROG_TYPE_TRACING, type, btf_id, btf_fd);
	if (btf_fd > 0)
		close(btf_fd);
	return fd;
}

static int attach_trampoline(struct attachments *a, const struct probe *p, const char *program,
			     enum bpf_attach_type type)
{
	int fd = load_trampoline(a, p, program, type), err;

	if (fd < 0)
		return fd;
	err = attach_watch(a, p, fd, true, type == BPF_TRACE_FEXIT);
	if (err)
		return err;
	fd = bpf_link_create(fd, 0, type, NULL);
	return fd < 0 ? fd : attach_keep_fd(a, fd);
}

static int attach_fentry(struct attachments *a, const struct probe *p)
{
	int err = 0;

	for (int i = 0; !err && p->type->programs[i]; i++)
		err = attach_trampoline(a, p, p->type->programs[i],
					probe_type_is_exit(p->type, i) ? BPF_TRACE_FEXIT
								       : BPF_TRACE_FENTRY);
	return err;
}

static int explain_fentry(const struct probe *p, int err)
{
	return fail("%s: cannot attach: %s; latchkit doctor says whether this kernel has fentry, "
		    "kprobe: may do",
		    p->name, error_text(err));
}

#define KPROBE \
	.pairs = true, .parse = parse_kprobe, .attach = attach_kprobe, .explain = explain_kprobe

#define KPROBE_IN_SPAN .spans = true, .attach = attach_kprobe, .explain = explain_kprobe

static const struct probe_type kprobe_in_span = {
	PROBE_SPELLED("kprobe", "k", "kprobe:FUNCTION"),
	.kind = KIND_EVENT,
	KPROBE_IN_SPAN,
	.has_ip = true,
	.programs = {"span_cookie"},
};

static const struct probe_type kretprobe_in_span = {
	PROBE_SPELLED("kretprobe", "kr", "kretprobe:FUNCTION"),
	.kind = KIND_EVENT,
	.at_return = true,
	KPROBE_IN_SPAN,
	.programs = {"span_return"},
};

const struct probe_type probe_type_kprobe = {
	PROBE_SPELLED("kprobe", "k", "kprobe:FUNCTION"),
	.help = "  kprobe:FUNCTION  kretprobe:FUNCTION   kernel function, how often; how long it "
		"takes\n",
	.kind = KIND_EVENT,
	KPROBE,
	.has_ip = true,
	.programs = {"hit_cookie"},
	.in_span = &kprobe_in_span,
};

static const struct probe_type kprobe_return = {
	PROBE_SPELLED("kretprobe", "kr", "kretprobe:FUNCTION"),
	.kind = KIND_EVENT,
	KPROBE,
	.at_return = true,
	.programs = {"hit_cookie"},
};

const struct probe_type probe_type_kretprobe = {
	PROBE_SPELLED("kretprobe", "kr", "kretprobe:FUNCTION"),
	.kind = KIND_LATENCY,
	KPROBE,
	.returns = &kprobe_return,
	.programs = {"leave_kernel", "enter_kernel"},
	.in_span = &kretprobe_in_span,
};

#define FENTRY \
	.pairs = true, .parse = parse_fentry, .attach = attach_fentry, .explain = explain_fentry

#define FENTRY_IN_SPAN \
	.spans = true, .attach = attach_fentry, .explain = explain_fentry, .programs = {"span"}

static const struct probe_type fentry_in_span = {
	PROBE_SPELLED("fentry", "f", "fentry:FUNCTION"),
	.kind = KIND_EVENT,
	FENTRY_IN_SPAN,
};

static const struct probe_type fexit_in_span = {
	PROBE_SPELLED("fexit", "fr", "fexit:FUNCTION"),
	.kind = KIND_EVENT,
	.at_return = true,
	FENTRY_IN_SPAN,
};

const struct probe_type probe_type_fentry = {
	PROBE_SPELLED("fentry", "f", "fentry:FUNCTION"),
	.help = "  fentry:FUNCTION  fexit:FUNCTION       the same, cheaper\n",
	.kind = KIND_EVENT,
	FENTRY,
	.programs = {"hit"},
	.in_span = &fentry_in_span,
};

static const struct probe_type fentry_return = {
	PROBE_SPELLED("fexit", "fr", "fexit:FUNCTION"),
	.kind = KIND_EVENT,
	FENTRY,
	.at_return = true,
	.programs = {"hit"},
};

const struct probe_type probe_type_fexit = {
	PROBE_SPELLED("fexit", "fr", "fexit:FUNCTION"),
	.kind = KIND_LATENCY,
	FENTRY,
	.returns = &fentry_return,
	.programs = {"leave", "enter"},
	.in_span = &fexit_in_span,
};
