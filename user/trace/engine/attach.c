// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* attach.c - see trace/engine/attach.h. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "host/limits.h"
#include "host/privileges.h"
#include "host/progress.h"
#include "trace/engine/attach.h"
#include "trace/engine/missed.h"
#include "trace/probe/type.h"

/* Attach those of a NULL-terminated list that were loaded, where their sections say. */
static int attach_programs(struct attachments *a, const char *const *programs)
{
	int err = 0;

	for (; !err && *programs; programs++) {
		struct bpf_program *program = attach_program(a, *programs);

		if (bpf_program__autoload(program))
			err = attach_keep_link(a, bpf_program__attach(program));
		if (err)
			fail("trace: cannot attach %s: %s; see latchkit doctor", *programs,
			     error_text(err));
	}
	return err;
}

/* What belongs to no probe; and what serves all system calls, its entries last. */
static int attach_shared(struct attachments *a)
{
	static const char *const shared[] = {
		"process_exit", "process_rename", "process_exec",  "process_fork", "cgroup_gone",
		"cgroup_made",	"follow_exec",	  "follow_fork",   "forget_free",  "forget_exec",
		"forget_exit",	"leave_syscall",  "enter_syscall", NULL,
	};

	return attach_programs(a, shared);
}

/*
 * The kernel runs a tracepoint's programs in the order in which they were attached: follow_exit is
 * the last, for process_exit and probes on a thread's exit ask whether it is followed.
 */
static int attach_last(struct attachments *a)
{
	static const char *const last[] = {"follow_exit", NULL};

	return attach_programs(a, last);
}

/* The kernel refused it for want of a right: which? */
static int explain_refusal(const struct probe *p, int err)
{
	const char *reason = error_text(err);

	if (privileges_locked_down())
		return fail("%s: cannot attach: the kernel is locked down (confidentiality); use "
			    "tracepoints, or boot with lockdown=integrity",
			    p->name);
	if (privileges_have(CAP_SYS_ADMIN))
		return fail("%s: cannot attach: %s, even to root: this kernel refuses it; see "
			    "latchkit doctor",
			    p->name, reason);
	if (!privileges_have(CAP_BPF) || !privileges_have(CAP_PERFMON))
		return fail("%s: cannot attach: %s; run as root, or with CAP_BPF and CAP_PERFMON%s",
			    p->name, reason, p->type->user ? " and CAP_SYS_ADMIN" : "");
	if (p->type->user)
		return fail("%s: cannot attach: %s; for probes in user space the kernel wants "
			    "CAP_SYS_ADMIN, too: run as root, or with it",
			    p->name, reason);
	return fail("%s: cannot attach: %s, even with CAP_BPF and CAP_PERFMON; run as root, see "
		    "latchkit doctor",
		    p->name, reason);
}

static int explain_limit(const struct probe *p, int err)
{
	return fail("%s: cannot attach: %s; %s", p->name, error_text(err),
		    err == -EMFILE ? "raise the limit of descriptors (ulimit -Hn), or attach fewer "
				     "probes"
				   : "raise fs.file-max, or attach fewer probes");
}

static int explain(const struct probe *p, int err)
{
	if (err == -EMFILE || err == -ENFILE)
		return explain_limit(p, err);
	if (err == -EPERM || err == -EACCES)
		return explain_refusal(p, err);
	if (p->type->explain)
		return p->type->explain(p, err);
	return fail("%s: cannot attach: %s; see latchkit doctor", p->name, error_text(err));
}

/* Without a descriptor to try it with, libbpf takes a feature of the kernel for absent. */
static int attach_one(struct attachments *a, const struct probe *p)
{
	enum { TRIES = 2 };
	int err = p->type->attach ? p->type->attach(a, p) : 0;

	return err && !limits_leave(TRIES) ? -EMFILE : err;
}

static int attach_probes(struct attachments *a)
{
	const struct probe_list *list = a->probes;
	struct progress progress;

	progress_begin(&progress, "probes attached");
	for (size_t i = 0; i < list->count; i++) {
		const struct probe *p = &list->probe[i];
		int err = attach_one(a, p);

		progress_show(&progress, i + 1, list->count);
		if (!err)
			continue;
		if (!p->optional || err == -EPERM) {
			progress_end(&progress);
			return explain(p, err);
		}
		if (!a->failed++) {
			a->failed_name = p->name;
			a->failed_errno = -err;
		}
	}
	progress_end(&progress);
	if (a->failed && a->failed == list->count)
		return fail("%s: cannot attach: %s, nor any other; see latchkit doctor",
			    a->failed_name, error_text(a->failed_errno));
	return 0;
}

struct attachments *attachments__new(const struct engine *engine, pid_t command)
{
	struct attachments *a = calloc(1, sizeof(*a));
	size_t probes = engine->probes->count;

	if (a)
		a->program = malloc((probes + 1) * sizeof(*a->program));
	if (!a || !a->program) {
		free(a);
		fail("trace: out of memory");
		return NULL;
	}
	a->object = engine->image.object;
	a->probes = engine->probes;
	a->tgid = (pid_t)engine->config.tgid;
	a->command = command;
	a->cpus = engine->config.by_cpu ? &engine->config.cpus : NULL;
	for (size_t i = 0; i < probes; i++)
		a->program[i] = -1;
	if (attach_shared(a) || attach_probes(a) || attach_last(a)) {
		attachments__free(a);
		return NULL;
	}
	return a;
}

void attachments_begin(const struct engine *e, struct attachments *a)
{
	for (size_t i = 0; i < a->perf_count; i++)
		if (attach_perf_count(&a->perf[i], &a->perf[i].base))
			a->perf[i].base = 0;
	missed_begin(a);
	order_store_relaxed(e->begun, 1); /* programs that read it need nothing else of ours */
}

void attachments_end(const struct engine *e)
{
	order_store_relaxed(e->begun, 0); /* as above */
	/*
	 * Programs that have read it before end first, so that what they count adds up. Where
	 * the kernel refuses to wait for them there is nothing to be done.
	 */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}
