// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see trace/run.h: set up, run, take everything down again. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "cli/give_up.h"
#include "host/clock.h"
#include "host/limits.h"
#include "host/privileges.h"
#include "trace/command.h"
#include "trace/control/request.h"
#include "trace/control/socket.h"
#include "trace/defaults.h"
#include "trace/engine/attach.h"
#include "trace/engine/verified.h"
#include "trace/loop.h"
#include "trace/output.h"
#include "trace/probe/file.h"
#include "trace/probe/perf_attach.h"
#include "trace/publish/publish.h"
#include "trace/report/picture/pictures.h"
#include "trace/report/report.h"
#include "trace/report/table/order.h"
#include "trace/report/table/screen.h"
#include "trace/run.h"
#include "trace/session/activity.h"
#include "trace/session/idle.h"
#include "trace/session/key_names.h"
#include "trace/session/keys.h"
#include "trace/session/lines.h"
#include "trace/session/since.h"
#include "trace/session/stacks.h"
#include "trace/signals.h"
#include "trace/statements.h"

/* Is the output a terminal that knows escape sequences? */
static bool can_escape(const struct trace *t)
{
	const char *terminal = getenv("TERM");

	return isatty(t->out_fd) && (!terminal || strcmp(terminal, "dumb"));
}

/* NO_COLOR is https://no-color.org: set and not empty. */
static bool wants_color(const struct trace *t)
{
	const char *no_color = getenv("NO_COLOR");

	if (t->options->color != COLOR_AUTO)
		return t->options->color == COLOR_ALWAYS;
	return can_escape(t) && (!no_color || !*no_color);
}

/* Returns EXIT_FAILED. */
static int open_output(struct run *run)
{
	struct trace *t = &run->trace;
	int err = output_open(&run->output, t->options->output);

	if (err)
		return loop_explain_output(t, err);
	t->out = run->output.stream;
	t->out_fd = run->output.fd;
	t->color = wants_color(t);
	/* Redrawing would wipe out the processes that are reported in between. */
	t->live = t->options->report->redraws && !t->options->processes &&
		  !t->options->engine.lines && can_escape(t);
	if (t->live)
		signals_catch_suspend();
	return 0;
}

static void on_process_ended(const struct process *ended, void *arg)
{
	struct trace *t = arg;

	if (t->options->processes)
		t->options->report->process(t, ended);
}

static void on_process_executed(const struct process_event *event, void *arg)
{
	stacks_executed(arg, event);
	keys_name_soon(arg);
}

/* Who is in the tables of keys must be known before. */
static void on_forgets(void *arg)
{
	struct trace *t = arg;

	if (!t->reader)
		return;
	reader_find_keys(t->reader);
	keys_look(t);
	activity_look(t);
}

static void on_stack(const struct stack_event *event, void *arg)
{
	stacks_seen(arg, event);
	keys_name_soon(arg);
}

static int start_command(struct run *run)
{
	const struct trace *t = &run->trace;
	int adopt = bpf_program__fd(engine_program(t->engine, "adopt"));

	return t->options->command ? command_start(&run->command, t->options->command, adopt) : 0;
}

static void note_failures(const struct trace *t)
{
	const struct attachments *a = t->attachments;

	if (a->failed)
		note("%zu of %zu probes could not be attached, %s first: %s%s", a->failed,
		     t->probes.count, a->failed_name, error_text(a->failed_errno),
		     a->failed_errno == EMFILE ? "; raise the limit of descriptors (ulimit -Hn)"
					       : "");
}

/* What names the threads, functions and cgroups in samples and stacks. */
static int set_up_names(struct trace *t)
{
	if (t->engine->kernel_addresses) {
		t->ksyms = probe_list_ksyms(&t->probes); /* while privileges last */
		if (!t->ksyms)
			note("kernel functions have no names: /proc/kallsyms: %s",
			     error_text(errno));
	}
	if (t->engine->user_addresses) {
		t->usyms = usyms__new();
		if (!t->usyms)
			return fail("trace: out of memory");
	}
	if (t->engine->know_processes) {
		const struct processes_listener listener = {on_process_ended, on_process_executed,
							    on_stack, on_forgets, t};

		t->processes = processes__new(t->engine, &listener);
		if (!t->processes)
			return EXIT_FAILED;
	}
	return 0;
}

/*
 * Open what makes the end of the process whose end is the trace's end seen: before anything else,
 * or it may end unseen, and another get its number. Returns 0 or EXIT_FAILED.
 */
static int watch_process(struct run *run, pid_t pid)
{
	if (!pid)
		return 0;
	run->process = (int)syscall(SYS_pidfd_open, pid, 0);
	if (run->process >= 0)
		return 0;
	if (errno == ESRCH)
		return fail("-p %d: no such process any more", pid);
	return fail("process %d: cannot see its end: %m; trace without -p", pid);
}

/* pidfd_open(2) of a thread, since Linux 6.9. */
#define PIDFD_OF_THREAD O_EXCL

/* The thread's own end, or that of its process; where the kernel cannot, thread_is_gone() looks. */
static int watch_target(struct run *run)
{
	const struct engine_config *c = &run->trace.options->engine;

	if (!c->tid)
		return watch_process(run, (pid_t)c->tgid);
	run->process = (int)syscall(SYS_pidfd_open, c->tid, PIDFD_OF_THREAD);
	if (run->process < 0 && errno == ESRCH)
		return fail("-t %u: no such thread any more", c->tid);
	return 0;
}

static int set_up_publishing(struct run *run)
{
	const struct trace_options *o = run->trace.options;

	if (o->listen || o->textfile)
		run->publish = publish__new(&run->trace, loop_look);
	return (o->listen || o->textfile) && !run->publish ? EXIT_FAILED : 0;
}

/* Files are put into directories while the trace runs, or at its end. */
static bool puts_files(const struct trace *t)
{
	return t->options->picture[PICTURE_FLAME] || t->options->picture[PICTURE_HEATMAP] ||
	       t->options->textfile;
}

static int set_up(struct run *run)
{
	struct trace *t = &run->trace;
	int r = watch_target(run);

	r = r ? r : open_output(run);
	r = r ? r : trace_set_up_probes(t);
	if (r)
		return r;
	t->engine = engine__new(&t->options->engine, &t->probes);
	if (!t->engine)
		return EXIT_FAILED;
	if (t->options->engine.verbose)
		verified_tell(t->engine);
	r = start_command(run);
	r = r ? r : watch_process(run, run->command.pid);
	if (r)
		return r;
	t->attachments = attachments__new(t->engine, run->command.pid);
	if (!t->attachments)
		return EXIT_FAILED;
	note_failures(t);
	probe_files_check_names(t->probes.files);
	t->reader = reader__new(t->engine, t->attachments);
	if (!t->reader || set_up_names(t))
		return EXIT_FAILED;
	if (t->options->engine.lines) {
		t->lines = lines__new(t);
		if (!t->lines)
			return EXIT_FAILED;
	}
	if (t->options->control) {
		run->control = control__new(control_answer, t);
		if (!run->control)
			return EXIT_FAILED;
	}
	r = set_up_publishing(run);
	if (r)
		return r;
	/* All that may start a thread comes after this: privileges are each thread's own. */
	r = privileges_drop(t->engine->user_addresses, run->command.pid != 0, puts_files(t));
	r = r || !t->processes ? r : processes_begin(t->processes);
	if (!r && output_begin(&run->output))
		return fail("%s: cannot empty it: %m", t->options->output);
	t->start_ns = t->last_ns = t->now_ns = clock_now_ns();
	idle_begin(t);
	if (!since_remember(t))
		return fail("trace: out of memory");
	r = r || !run->publish ? r : publish_begin(run->publish);
	if (!r)
		attachments_begin(t->engine, t->attachments);
	return r;
}

/*
 * Everything that set_up() may have done, in the opposite order. Returns 0, or an errno: what was
 * printed last was not written.
 */
static int take_down(struct run *run)
{
	struct trace *t = &run->trace;

	publish__free(run->publish);
	control__free(run->control);
	lines__free(t->lines);
	processes__free(t->processes);
	usyms__free(t->usyms);
	if (t->reader)
		keys_free(t);
	reader__free(t->reader);
	attachments__free(t->attachments);
	command_stop(&run->command);
	engine__free(t->engine);
	orders_free(t);
	activity_free(t);
	pictures_free(t);
	since_forget(t);
	idle_end(t);
	free(t->previous);
	free(t->previous_other);
	statements_free(t);
	probe_list_free(&t->probes);
	if (run->process >= 0)
		close(run->process);
	return output_close(&run->output);
}

int trace_run(const struct trace_options *options)
{
	struct run run = {.trace.options = options, .process = -1, .command.go = -1};
	int r, err;

	limits_raise();
	give_up_explain();
	signals_catch(&run.mask);
	run.output = (struct output){.fd = -1, .mask = run.mask, .stop = &signals_stop};
	r = set_up(&run);
	if (!r)
		r = loop_run(&run);
	screen_leave(&run.trace);
	err = take_down(&run);
	if (!r && err && err != EPIPE)
		r = loop_explain_output(&run.trace, err);
	if (!r && run.ended && run.command.name && !options->own_status)
		r = command_exit_code(&run.command);
	return r;
}
