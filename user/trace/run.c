// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - run a trace: set up, loop over intervals, sum up, take everything down again. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "trace/control/socket.h"
#include "cli/diag.h"
#include "host/privileges.h"
#include "trace/session/stacks.h"
#include "trace/run.h"
#include "host/clock.h"

static volatile sig_atomic_t stop_requested;

static void on_signal(int number)
{
	(void)number;
	stop_requested = 1;
}

/* Stop signals interrupt only the waiting, where they are unblocked. */
static void catch_signals(sigset_t *while_waiting)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		sigaction(numbers[i], &action, NULL);
		sigaddset(&block, numbers[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &block, while_waiting);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigdelset(while_waiting, numbers[i]);
}

static int open_output(struct trace *t)
{
	t->out = stdout;
	if (t->options->output)
		t->out = fopen(t->options->output, "we");
	if (!t->out)
		return fail("%s: cannot write: %m", t->options->output);
	/* What is reported in between would be wiped out. */
	t->live = t->options->format == FORMAT_TABLE && !t->options->processes &&
		  isatty(fileno(t->out));
	return 0;
}

static const struct report *report_of(const struct trace *t)
{
	static const struct report *const reports[] = {
		[FORMAT_TABLE] = &report_table,
		[FORMAT_JSON] = &report_json,
		[FORMAT_CSV] = &report_csv,
		[FORMAT_FOLDED] = &report_folded,
	};

	return reports[t->options->format];
}

static void on_process_ended(const struct process *ended, void *arg)
{
	struct trace *t = arg;

	if (t->options->processes && report_of(t)->process)
		report_of(t)->process(t, ended);
}

static int start_command(struct trace *t)
{
	int adopt = bpf_program__fd(engine_program(t->engine, "adopt"));

	return t->options->command ? command_start(&t->command, t->options->command, adopt) : 0;
}

static void note_failures(const struct trace *t)
{
	const struct attachments *a = t->attachments;

	if (a->failed)
		note("%zu of %zu probes could not be attached, %s first: %s", a->failed,
		     t->probes.count, a->failed_name, strerror(a->failed_errno));
}

static int set_up(struct trace *t)
{
	int r = open_output(t);

	t->command.go = -1;
	r = r ? r : trace_set_up_probes(t);
	if (r)
		return r;
	t->engine = engine__new(&t->options->engine, &t->probes);
	if (!t->engine)
		return EXIT_FAILED;
	r = start_command(t);
	if (r)
		return r;
	t->attachments = attachments__new(t->engine, t->command.pid);
	if (!t->attachments)
		return EXIT_FAILED;
	note_failures(t);
	t->reader = reader__new(t->engine, t->attachments);
	if (!t->reader)
		return EXIT_FAILED;
	if (t->probes.kinds[KIND_SAMPLE] || t->engine->count_stacks)
		t->ksyms = probe_list_ksyms(&t->probes); /* while privileges last */
	if (t->engine->count_stacks) {
		t->usyms = usyms__new();
		if (!t->usyms)
			return fail("trace: out of memory");
	}
	if (t->engine->know_processes) {
		t->processes = processes__new(t->engine, on_process_ended, t);
		if (!t->processes)
			return EXIT_FAILED;
	}
	if (t->options->control) {
		t->control = control__new(t);
		if (!t->control)
			return EXIT_FAILED;
	}
	r = privileges_drop(t->engine->count_stacks, t->command.pid != 0);
	t->start_ns = t->last_ns = t->now_ns = clock_now_ns();
	return r;
}

/* Everything that set_up() may have done, in the opposite order. */
static void take_down(struct trace *t)
{
	control__free(t->control);
	processes__free(t->processes);
	usyms__free(t->usyms);
	reader__free(t->reader);
	attachments__free(t->attachments);
	command_stop(&t->command);
	engine__free(t->engine);
	free(t->previous);
	probe_list_free(&t->probes);
	if (t->out && t->out != stdout)
		fclose(t->out);
}

/* What a trace waits for beside time: a process whose end is the trace's end. */
static int watch_process(const struct trace *t)
{
	pid_t pid = t->command.pid ? t->command.pid : (pid_t)t->options->engine.tgid;

	return pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

/*
 * Wait until `until_ns`, a signal, a request or the end of the watched process; true when it ended.
 */
static bool wait_until(struct trace *t, unsigned long long until_ns, int process,
		       const sigset_t *mask)
{
	struct pollfd fd[] = {
		{.fd = process, .events = POLLIN},
		{.fd = t->control ? control_fd(t->control) : -1, .events = POLLIN},
		{.fd = t->processes ? processes_fd(t->processes) : -1, .events = POLLIN},
	};
	unsigned long long now = clock_now_ns(), left = until_ns > now ? until_ns - now : 0;
	struct timespec timeout = {(time_t)(left / 1000000000), (long)(left % 1000000000)};

	if (ppoll(fd, sizeof(fd) / sizeof(fd[0]), &timeout, mask) < 1)
		return false;
	if (fd[1].revents)
		control_serve(t->control);
	if (fd[2].revents)
		processes_serve(t->processes);
	return fd[0].revents;
}

/* The same, reading all the while. */
static bool spin_until(struct trace *t, unsigned long long until_ns, int process,
		       const sigset_t *mask)
{
	bool ended = false;

	while (!ended && !stop_requested && clock_now_ns() < until_ns) {
		for (int i = 0; i < 1000; i++)
			reader_read_all(t->reader);
		ended = wait_until(t, 0, process, mask);
	}
	return ended;
}

static void remember_counts(struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++)
		t->previous[i] = probe_view_count(&t->reader->view[i]);
	t->last_ns = t->now_ns;
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
static int flush(const struct trace *t)
{
	errno = 0;
	if (fflush(t->out) || ferror(t->out))
		return errno ? errno : EIO;
	return 0;
}

static int report_interval(struct trace *t, const struct report *report)
{
	look(t);
	if (report->interval)
		report->interval(t);
	remember_counts(t);
	return flush(t);
}

/* Look at the processes in the stacks ten times a second. Returns when to wait until next. */
static unsigned long long watch_stacks(struct trace *t, unsigned long long until_ns)
{
	unsigned long long now = clock_now_ns();

	if (!t->usyms)
		return until_ns;
	if (now >= t->watch_ns) {
		stacks_watch(t);
		t->watch_ns = now + 100000000;
	}
	return t->watch_ns < until_ns ? t->watch_ns : until_ns;
}

/* The loop: until the time is up, a signal, the process's end, or nobody reads us any more. */
static int run(struct trace *t, const struct report *report, const sigset_t *mask)
{
	unsigned long long interval = (unsigned long long)(t->options->interval_s * 1e9);
	unsigned long long end = t->start_ns + (unsigned long long)(t->options->duration_s * 1e9);
	unsigned long long next = t->start_ns + interval;
	int process = watch_process(t), err = 0;
	bool ended = false;

	if (!t->options->duration_s)
		end = ~0ULL;
	while (!err && !ended && !stop_requested && clock_now_ns() < end) {
		unsigned long long until = watch_stacks(t, next < end ? next : end);

		ended = t->options->spin ? spin_until(t, until, process, mask)
					 : wait_until(t, until, process, mask);
		if (clock_now_ns() >= next && next < end) {
			err = report_interval(t, report);
			next += interval;
		}
	}
	if (ended && !t->command.pid)
		note("process %u has ended", t->options->engine.tgid);
	if (process >= 0)
		close(process);
	return err;
}

/* The last look comes before detaching, which may take seconds. */
static int finish(struct trace *t, const struct report *report)
{
	look(t);
	if (report->summary)
		report->summary(t);
	return flush(t);
}

static int run_and_report(struct trace *t, const sigset_t *mask)
{
	const struct report *report = report_of(t);
	int err;

	if (report->begin)
		report->begin(t);
	if (t->command.pid && command_release(&t->command))
		return EXIT_FAILED;
	err = flush(t);
	err = err ? err : run(t, report, mask);
	err = err ? err : finish(t, report);
	if (err == EPIPE) /* whoever read us has seen enough */
		return EXIT_OK;
	if (err)
		return fail("%s: cannot write: %s",
			    t->options->output ? t->options->output : "standard output",
			    strerror(err));
	return EXIT_OK;
}

int trace_run(const struct trace_options *options)
{
	struct trace t = {.options = options};
	sigset_t mask;
	int r;

	catch_signals(&mask);
	r = set_up(&t);
	if (!r)
		r = run_and_report(&t, &mask);
	take_down(&t);
	return r;
}
