// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* loop.c - see trace/loop.h */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/diag.h"
#include "host/clock.h"
#include "trace/engine/attach.h"
#include "trace/loop.h"
#include "trace/probe/file.h"
#include "trace/probe/perf_attach.h"
#include "trace/report/picture/pictures.h"
#include "trace/report/report.h"
#include "trace/report/table/screen.h"
#include "trace/session/activity.h"
#include "trace/session/key_names.h"
#include "trace/session/keys.h"
#include "trace/session/lines.h"
#include "trace/session/since.h"
#include "trace/session/stacks.h"
#include "trace/signals.h"

/* How often the processes in the stacks are looked at while some are to be. */
#define WATCH_NS 100000000

/* How often the cgroup of --cgroup is. */
#define CGROUP_NS 500000000

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
		{.fd = run->publish ? publish_fd(run->publish) : -1, .events = POLLIN},
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
	if (fd[3].revents)
		publish_serve(run->publish, until_ns);
	return fd[0].revents;
}

/* The same, reading all the while. */
static bool spin_until(struct run *run, unsigned long long until_ns)
{
	bool ended = false;

	while (!ended && !signals_stop && !run->wait_errno && clock_now_ns() < until_ns) {
		for (int i = 0; i < 1000; i++)
			reader_read_all(run->trace.reader);
		ended = wait_until(run, 0);
	}
	return ended;
}

static void remember_counts(struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++) {
		const struct probe_view *v = &t->reader->view[i];

		t->previous[i] = probe_view_count(v);
		t->previous_other[i] = summed_count(probe_table(&t->probes.probe[i]), &v->other);
	}
	activity_remember(t);
	if (!keys_remember(t) || !since_remember(t))
		trace_report_failed(t, ENOMEM);
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

/* Show the events that have come. Returns when to wait until next. */
static unsigned long long show_lines(struct trace *t, unsigned long long until_ns)
{
	unsigned long long next = clock_now_ns() + LINES_NS;

	if (!t->lines)
		return until_ns;
	if (t->processes)
		processes_serve(t->processes);
	lines_serve(t, false, t->options->report->line);
	return next < until_ns ? next : until_ns;
}

void loop_look(struct trace *t)
{
	reader_read_all(t->reader);
	reader_read_losses(t->reader);
	if (t->processes)
		processes_serve(t->processes);
	keys_look(t);
	keys_catch_up(t);
	activity_look(t);
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

static int report_interval(struct run *run)
{
	struct trace *t = &run->trace;

	loop_look(t);
	if (t->options->report->interval)
		t->options->report->interval(t);
	trace_report_failed(t, pictures_interval(t));
	remember_counts(t);
	if (run->publish)
		publish_write(run->publish);
	return flush(t);
}

/* Do what has to be done again for names in stacks. Returns when to wait until next. */
static unsigned long long watch_stacks(struct run *run, unsigned long long until_ns)
{
	unsigned long long next = clock_now_ns() + WATCH_NS;
	bool behind = keys_catch_up(&run->trace);

	behind = stacks_catch_up(&run->trace) || behind;
	return behind && next < until_ns ? next : until_ns;
}

/* Who is in the tables of keys is looked up this often, at least. */
#define KEYS_NS 2000000000

/* Look up who is new there, before they are forgotten. Returns when to wait until next. */
static unsigned long long watch_keys(struct run *run, unsigned long long until_ns)
{
	unsigned long long now = clock_now_ns();

	if (!run->trace.options->engine.keys.count && !activity_is_counted(&run->trace))
		return until_ns;
	if (now >= run->keys_ns) {
		reader_find_keys(run->trace.reader);
		keys_look(&run->trace);
		activity_look(&run->trace);
		run->keys_ns = now + KEYS_NS;
	}
	return run->keys_ns < until_ns ? run->keys_ns : until_ns;
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

static bool thread_is_gone(const struct run *run)
{
	char path[64];

	if (!run->trace.options->engine.tid || run->process >= 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%u", run->trace.options->engine.tid);
	return access(path, F_OK) && errno == ENOENT;
}

/* ^Z on a terminal that shows the table: give the screen back first. */
static void suspend(struct trace *t)
{
	screen_leave(t);
	raise(SIGSTOP);
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
	while (!err && !run->ended && !run->cgroup_gone && !signals_stop && !run->wait_errno &&
	       clock_now_ns() < end) {
		unsigned long long until = watch_stacks(run, next < end ? next : end);

		until = follow_cpus(run, until);
		until = watch_keys(run, until);
		until = watch_cgroup(run, until);
		until = show_lines(t, until);
		if (t->lines)
			err = flush(t);
		until = run->publish ? publish_serve(run->publish, until) : until;
		run->ended = t->options->spin ? spin_until(run, until) : wait_until(run, until);
		run->ended = run->ended || thread_is_gone(run);
		if (signals_suspended())
			suspend(t);
		if (clock_now_ns() >= next && next < end) {
			err = report_interval(run);
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
	loop_look(t);
	probe_files_check_names(t->probes.files);
	if (t->lines)
		lines_serve(t, true, t->options->report->line);
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

	publish__free(run->publish);
	run->publish = NULL;
	attachments__free(run->trace.attachments);
	run->trace.attachments = NULL;
	while (!run->ended && !signals_stop && !run->wait_errno &&
	       (!o->duration_s || clock_now_ns() < end))
		run->ended = wait_until(run, o->duration_s ? end : clock_now_ns() + 1000000000);
}

int loop_explain_output(const struct trace *t, int err)
{
	return fail("%s: cannot write: %s",
		    t->options->output ? t->options->output : "standard output", strerror(err));
}

int loop_run(struct run *run)
{
	struct trace *t = &run->trace;
	bool failed = false;
	int err, pictures;

	if (t->options->report->begin)
		t->options->report->begin(t);
	if (run->command.pid && command_release(&run->command))
		return EXIT_FAILED;
	err = flush(t);
	err = err ? err : loop(run);
	if (run->wait_errno)
		fail("trace: cannot wait: %s", strerror(run->wait_errno));
	err = err ? err : finish(t);
	pictures = pictures_write(t);
	if (run->publish && publish_write(run->publish))
		failed = true;
	if (err && err != EPIPE) /* else whoever read us has seen enough */
		loop_explain_output(t, err);
	if (err && run->command.pid && !run->ended && !signals_stop && !run->wait_errno) {
		note("nothing more can be reported: %s goes on, and is no longer traced",
		     run->command.name);
		outlast(run);
	}
	failed = failed || (err && err != EPIPE) || run->wait_errno;
	return failed ? EXIT_FAILED : pictures;
}
