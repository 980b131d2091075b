// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see trace/run.h: set up, loop over intervals, sum up, take everything down again. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
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
#include "trace/output.h"
#include "trace/probe/file.h"
#include "trace/probe/perf.h"
#include "trace/report/report.h"
#include "trace/report/screen.h"
#include "trace/run.h"
#include "trace/session/stacks.h"

/* How often the processes in the stacks are looked at while some are to be. */
#define WATCH_NS 100000000

/* How often the cgroup of --cgroup is. */
#define CGROUP_NS 500000000

/* A trace, and what reports need not know of it. */
struct run {
	struct trace trace;
	struct command command;
	struct control *control; /* NULL: nobody may swap handlers */
	unsigned long long cpus_ns; /* when to look for CPUs that came online again */
	sigset_t mask; /* of signals, while waiting */
	struct output output;
	int process; /* whose end is the end of the trace; -1: none */
	bool cgroup_gone; /* that of --cgroup was removed */
	bool ended; /* it has ended, before anything else ended the trace */
	int wait_errno; /* why it cannot be waited for; 0: it can */
};

static volatile sig_atomic_t stop_requested;

static void on_signal(int number)
{
	(void)number;
	stop_requested = 1;
}

static volatile sig_atomic_t suspend_requested;

static void on_suspend(int number)
{
	(void)number;
	suspend_requested = 1;
}

/* ^Z on a terminal that shows the table: give the screen back first. */
static void suspend(struct trace *t)
{
	suspend_requested = 0;
	screen_leave(t);
	raise(SIGSTOP);
}

/*
 * Stop signals interrupt only the waiting, where they are unblocked. Those that are ignored, as
 * nohup and the shell's & have it, stay so, here and in the command.
 */
static void catch_signals(sigset_t *while_waiting)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction before;

		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
		sigaddset(&block, numbers[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* if it is ignored, nobody learns how the command ended */
	signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is an error, too */
	sigprocmask(SIG_BLOCK, &block, while_waiting);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigdelset(while_waiting, numbers[i]);
}

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
static int explain_output(const struct trace *t, int err)
{
	return fail("%s: cannot write: %s",
		    t->options->output ? t->options->output : "standard output", strerror(err));
}

static int open_output(struct run *run)
{
	struct trace *t = &run->trace;
	int err = output_open(&run->output, t->options->output);

	if (err)
		return explain_output(t, err);
	t->out = run->output.stream;
	t->out_fd = run->output.fd;
	t->color = wants_color(t);
	/* Redrawing would wipe out the processes that are reported in between. */
	t->live = t->options->report->redraws && !t->options->processes && can_escape(t);
	if (t->live)
		sigaction(SIGTSTP, &(struct sigaction){.sa_handler = on_suspend}, NULL);
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
}

static void on_stack(const struct stack_event *event, void *arg)
{
	stacks_seen(arg, event);
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
	if (t->probes.kinds[KIND_SAMPLE] || t->engine->count_stacks) {
		t->ksyms = probe_list_ksyms(&t->probes); /* while privileges last */
		if (!t->ksyms)
			note("kernel functions have no names: /proc/kallsyms: %s",
			     error_text(errno));
	}
	if (t->engine->count_stacks) {
		t->usyms = usyms__new();
		if (!t->usyms)
			return fail("trace: out of memory");
	}
	if (t->engine->know_processes) {
		const struct processes_listener listener = {on_process_ended, on_process_executed,
							    on_stack, t};

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

static bool thread_is_gone(const struct run *run)
{
	char path[64];

	if (!run->trace.options->engine.tid || run->process >= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%u", run->trace.options->engine.tid);
	return access(path, F_OK) && errno == ENOENT;
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
	if (t->options->control) {
		run->control = control__new(control_answer, t);
		if (!run->control)
			return EXIT_FAILED;
	}
	/* All that may start a thread comes after this: privileges are each thread's own. */
	r = privileges_drop(t->engine->count_stacks, run->command.pid != 0);
	r = r || !t->processes ? r : processes_begin(t->processes);
	if (!r && output_begin(&run->output))
		return fail("%s: cannot empty it: %m", t->options->output);
	t->start_ns = t->last_ns = t->now_ns = clock_now_ns();
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

	control__free(run->control);
	processes__free(t->processes);
	usyms__free(t->usyms);
	reader__free(t->reader);
	attachments__free(t->attachments);
	command_stop(&run->command);
	engine__free(t->engine);
	free(t->previous);
	probe_list_free(&t->probes);
	if (run->process >= 0)
		close(run->process);
	return output_close(&run->output);
}

/*
 * Wait until `until_ns`, a signal, a request or the end of the process; true when it has ended.
 */
static bool wait_until(struct run *run, unsigned long long until_ns)
{
	struct processes *processes = run->trace.processes;
	struct pollfd fd[] = {
		{.fd = run->process, .events = POLLIN},
		{.fd = run->control ? control_fd(run->control) : -1, .events = POLLIN},
		{.fd = processes ? processes_fd(processes) : -1, .events = POLLIN},
	};
	unsigned long long now = clock_now_ns(), left = until_ns > now ? until_ns - now : 0;
	struct timespec timeout = {(time_t)(left / 1000000000), (long)(left % 1000000000)};
	int n = ppoll(fd, sizeof(fd) / sizeof(fd[0]), &timeout, &run->mask);

	if (n < 0 && errno != EINTR)
		run->wait_errno = errno;
	if (n < 1)
		return false;
	if (fd[1].revents)
		control_serve(run->control);
	if (fd[2].revents)
		processes_serve(processes);
	return fd[0].revents;
}

/* The same, reading all the while. */
static bool spin_until(struct run *run, unsigned long long until_ns)
{
	bool ended = false;

	while (!ended && !stop_requested && !run->wait_errno && clock_now_ns() < until_ns) {
		for (int i = 0; i < 1000; i++)
			reader_read_all(run->trace.reader);
		ended = wait_until(run, 0);
	}
	return ended;
}

static void remember_counts(struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++)
		t->previous[i] = probe_view_count(&t->reader->view[i]);
	t->last_ns = t->now_ns;
}

/* CPUs may come and go: look for them each second. */
#define CPUS_NS 1000000000

static unsigned long long follow_cpus(struct run *run, unsigned long long until_ns)
{
	unsigned long long now = clock_now_ns();

	if (!run->trace.probes.kinds[KIND_SAMPLE])
		return until_ns;
	if (now >= run->cpus_ns) {
		perf_follow_cpus(run->trace.attachments);
		run->cpus_ns = now + CPUS_NS;
	}
	return run->cpus_ns < until_ns ? run->cpus_ns : until_ns;
}

/* Records and losses, and who they are about, as of now. */
static void look(struct trace *t)
{
	reader_read_all(t->reader);
	reader_read_losses(t->reader);
	if (t->processes)
		processes_serve(t->processes);
	t->now_ns = clock_now_ns();
}

/* Returns 0, or an errno when the output cannot be written. */
static int flush(struct trace *t)
{
	errno = 0;
	if (!t->write_errno && (fflush(t->out) || ferror(t->out)))
		t->write_errno = errno ? errno : EIO;
	return t->write_errno;
}

static int report_interval(struct trace *t)
{
	look(t);
	if (t->options->report->interval)
		t->options->report->interval(t);
	remember_counts(t);
	return flush(t);
}

/* Do what has to be done again for names in stacks. Returns when to wait until next. */
static unsigned long long watch_stacks(struct run *run, unsigned long long until_ns)
{
	unsigned long long next = clock_now_ns() + WATCH_NS;

	return stacks_catch_up(&run->trace) && next < until_ns ? next : until_ns;
}

/* Look whether the cgroup is still there. Returns when to wait until next: nothing tells of it. */
static unsigned long long watch_cgroup(struct run *run, unsigned long long until_ns)
{
	unsigned long long next = clock_now_ns() + CGROUP_NS;

	if (!run->trace.options->engine.cgroup)
		return until_ns;
	run->cgroup_gone = engine_cgroup_is_gone(run->trace.engine);
	return next < until_ns ? next : until_ns;
}

/*
 * The loop: until the time is up, a signal, the process's end, or nobody reads us any more. Returns
 * 0, or an errno when the output cannot be written.
 */
static int loop(struct run *run)
{
	struct trace *t = &run->trace;
	unsigned long long interval = (unsigned long long)(t->options->interval_s * 1e9);
	unsigned long long end = t->start_ns + (unsigned long long)(t->options->duration_s * 1e9);
	unsigned long long next = t->start_ns + interval;
	int err = 0;

	if (!t->options->duration_s)
		end = ~0ULL;
	while (!err && !run->ended && !run->cgroup_gone && !stop_requested && !run->wait_errno &&
	       clock_now_ns() < end) {
		unsigned long long until = watch_stacks(run, next < end ? next : end);

		until = follow_cpus(run, until);
		until = watch_cgroup(run, until);
		run->ended = t->options->spin ? spin_until(run, until) : wait_until(run, until);
		run->ended = run->ended || thread_is_gone(run);
		if (suspend_requested)
			suspend(t);
		if (clock_now_ns() >= next && next < end) {
			err = report_interval(t);
			/* After a stop, of this process or the host: one report for all of it. */
			next += (clock_now_ns() - next) / interval * interval + interval;
		}
	}
	if (run->ended && !run->command.pid)
		note("%s %u has ended", t->options->engine.tid ? "thread" : "process",
		     t->options->engine.tid ? t->options->engine.tid : t->options->engine.tgid);
	if (run->cgroup_gone)
		note("--cgroup %s: was removed", t->options->engine.cgroup);
	return err;
}

/* The last look comes before detaching, which may take seconds. */
static int finish(struct trace *t)
{
	attachments_end(t->engine);
	look(t);
	probe_files_check_names(t->probes.files);
	if (t->options->report->summary)
		t->options->report->summary(t);
	return flush(t);
}

/*
 * The report cannot be written any more, but the command goes on: it is not for its reader to end
 * it. Wait for the command, as long as the trace would have lasted.
 */
static void outlast(struct run *run)
{
	const struct trace_options *o = run->trace.options;
	unsigned long long end = run->trace.start_ns + (unsigned long long)(o->duration_s * 1e9);

	attachments__free(run->trace.attachments);
	run->trace.attachments = NULL;
	while (!run->ended && !stop_requested && !run->wait_errno &&
	       (!o->duration_s || clock_now_ns() < end))
		run->ended = wait_until(run, o->duration_s ? end : clock_now_ns() + 1000000000);
}

static int run_and_report(struct run *run)
{
	struct trace *t = &run->trace;
	int err;

	if (t->options->report->begin)
		t->options->report->begin(t);
	if (run->command.pid && command_release(&run->command))
		return EXIT_FAILED;
	err = flush(t);
	err = err ? err : loop(run);
	if (run->wait_errno)
		fail("trace: cannot wait: %s", strerror(run->wait_errno));
	err = err ? err : finish(t);
	if (err && err != EPIPE) /* else whoever read us has seen enough */
		explain_output(t, err);
	if (err && run->command.pid && !run->ended && !stop_requested && !run->wait_errno) {
		note("nothing more can be reported: %s goes on, and is no longer traced",
		     run->command.name);
		outlast(run);
	}
	return (err && err != EPIPE) || run->wait_errno ? EXIT_FAILED : EXIT_OK;
}

int trace_run(const struct trace_options *options)
{
	struct run run = {.trace.options = options, .process = -1, .command.go = -1};
	int r, err;

	limits_raise();
	give_up_explain();
	catch_signals(&run.mask);
	run.output = (struct output){.fd = -1, .mask = run.mask, .stop = &stop_requested};
	r = set_up(&run);
	if (!r)
		r = run_and_report(&run);
	screen_leave(&run.trace);
	err = take_down(&run);
	if (!r && err && err != EPIPE)
		r = explain_output(&run.trace, err);
	if (!r && run.ended && run.command.name && !options->own_status)
		r = command_exit_code(&run.command);
	return r;
}
