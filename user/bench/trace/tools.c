// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tools.c - see bench/trace/tools.h: another tracing tool as a child process. The kernel says when
 * it is attached (BPF_TASK_FD_QUERY on its descriptors), whatever it prints. Its output goes to
 * memory: nobody reads along while it is measured. It dies with this process.
 */
#include <bpf/bpf.h>
#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/trace/tools.h"
#include "cli/diag.h"
#include "symbols/tracepoints.h"

/* How long a tool may take to end after ^C, in steps of 10 ms; how often ^C is said again. */
#define END_STEPS 1000
#define AGAIN_STEPS 100
/* How long until it is attached: bcc compiles for some seconds. */
#define STEP_MS 5
#define START_STEPS 4000

struct tool {
	pid_t pid;
	bool ended;
	int status;
	FILE *out, *err;
};

/* -- starting ---------------------------------------------------------------------------------- */

/* Tools want tracefs. Where the host has not mounted it, mount it for this child alone. */
static void mount_tracefs(void)
{
	if (tracefs_path() || unshare(CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return;
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL); /* else the tool complains */
}

/* In the child. Its own process group: ^C is for the parent, which ends it. Never returns. */
static void tool_exec(const struct bench_tracer *tracer, const char *path, const struct tool *tool,
		      pid_t parent)
{
	const struct rlimit no_core = {0};
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(126);
	bench_trace_leave_cpu();
	mount_tracefs();
	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(fileno(tool->out), STDOUT_FILENO) < 0 ||
	    dup2(fileno(tool->err), STDERR_FILENO) < 0)
		_exit(126);
	execv(path, (char *const *)tracer->argv);
	_exit(126);
}

static FILE *memory_file(void)
{
	int fd = memfd_create("latchkit-bench", MFD_CLOEXEC);

	return fd < 0 ? NULL : fdopen(fd, "r+");
}

static void tool__free(struct tool *tool)
{
	if (tool->out)
		fclose(tool->out);
	if (tool->err)
		fclose(tool->err);
	free(tool);
}

/* Start the program at `path`. Returns NULL and errno if that fails. */
static struct tool *tool__new(const struct bench_tracer *tracer, const char *path)
{
	struct tool *tool = calloc(1, sizeof(*tool));
	pid_t parent = getpid();

	if (!tool)
		return NULL;
	tool->out = memory_file();
	tool->err = memory_file();
	tool->pid = tool->out && tool->err ? fork() : -1;
	if (tool->pid == 0)
		tool_exec(tracer, path, tool, parent);
	if (tool->pid > 0)
		return tool;
	tool__free(tool);
	return NULL;
}

/* -- ending ------------------------------------------------------------------------------------ */

/* Is it there no more? */
static bool tool_ended(struct tool *tool)
{
	if (!tool->ended)
		tool->ended = waitpid(tool->pid, &tool->status, WNOHANG) == tool->pid;
	return tool->ended;
}

/*
 * End it as ^C does; by force when that does not help. Some miss a ^C that comes just before they
 * go to sleep: they get another.
 */
static void tool_stop(struct tool *tool)
{
	for (int i = 0; !tool_ended(tool) && i < END_STEPS; i++) {
		if (i % AGAIN_STEPS == 0)
			kill(tool->pid, SIGINT);
		usleep(10000);
	}
	if (tool_ended(tool))
		return;
	kill(tool->pid, SIGKILL);
	waitpid(tool->pid, &tool->status, 0);
	tool->ended = true;
}

/* -- attached? --------------------------------------------------------------------------------- */

/* Is descriptor `fd` of the tool a program at this tracepoint? */
static bool fd_is_hook(pid_t pid, int fd, const char *hook)
{
	__u32 length, program, type;
	__u64 offset, address;
	char name[128] = "";

	length = sizeof(name);
	if (bpf_task_fd_query(pid, fd, 0, name, &length, &program, &type, &offset, &address))
		return false;
	return (type == BPF_FD_TYPE_TRACEPOINT || type == BPF_FD_TYPE_RAW_TRACEPOINT) &&
	       strcmp(name, hook) == 0;
}

static bool tool_has_hook(pid_t pid, const char *hook)
{
	struct dirent *entry;
	bool found = false;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir)))
		found = entry->d_name[0] != '.' && fd_is_hook(pid, atoi(entry->d_name), hook);
	if (dir)
		closedir(dir);
	return found;
}

/* Is it attached to all tracepoints of the tracer? */
static bool tool_attached(const struct tool *tool, const struct bench_tracer *tracer)
{
	for (int i = 0; i < BENCH_TRACER_HOOKS; i++)
		if (tracer->hooks[i] && !tool_has_hook(tool->pid, tracer->hooks[i]))
			return false;
	return true;
}

/* What it said, if possible the line that calls itself an error. */
static void tool_complaint(struct tool *tool, char *text, size_t size)
{
	char line[160];
	bool is_error = false;

	text[0] = '\0';
	rewind(tool->err);
	while (fgets(line, sizeof(line), tool->err)) {
		bool error =
			strstr(line, "ERROR") || strstr(line, "FATAL") || strstr(line, "rror:");

		line[strcspn(line, "\n")] = '\0';
		if (line[0] && (error || !is_error))
			snprintf(text, size, "%s", line);
		is_error |= error;
	}
}

/* -- as a tracer ------------------------------------------------------------------------------- */

static bool find_in(const char *dirs, const char *name, char *path, size_t size)
{
	while (*dirs) {
		int n = (int)strcspn(dirs, ":");

		snprintf(path, size, "%.*s/%s", n, dirs, name);
		if (n && access(path, X_OK) == 0)
			return true;
		dirs += dirs[n] ? n + 1 : n;
	}
	return false;
}

static bool find_tool(const struct bench_tracer *tracer, char *path, size_t size)
{
	const char *dirs = getenv("PATH") ? getenv("PATH") : "/usr/bin:/usr/sbin";
	const char *other = tracer->other_name;

	return find_in(dirs, tracer->argv[0], path, size) ||
	       (other && find_in(dirs, other, path, size));
}

static int tool_failed(struct bench_tracing *t, struct tool *tool)
{
	char text[160];
	int r;

	tool_stop(tool);
	tool_complaint(tool, text, sizeof(text));
	r = bench_tracer_skip(t, "it did not attach: %s", text[0] ? text : "it does not say why");
	tool__free(tool);
	return r;
}

int bench_tool_attach(struct bench_tracing *t)
{
	struct tool *tool;
	char path[512];

	if (!find_tool(t->tracer, path, sizeof(path)))
		return bench_tracer_skip(t, "not installed: apt-get install %s",
					 t->tracer->package);
	if (geteuid())
		return bench_tracer_skip(t, "it needs root");
	tool = tool__new(t->tracer, path);
	if (!tool)
		return fail("bench trace: cannot start %s: %m", path);
	for (int i = 0; i < START_STEPS && !tool_ended(tool); i++) {
		if (tool_attached(tool, t->tracer)) {
			t->state = tool;
			return 0;
		}
		if (!bench_trace_stopped(STEP_MS))
			continue;
		tool_stop(tool);
		tool__free(tool);
		return BENCH_TRACER_SKIP;
	}
	return tool_failed(t, tool);
}

/* -- what it counted --------------------------------------------------------------------------- */

/* A count, a histogram's buckets, or some of either by key. */
static double bpftrace_sum(const cJSON *value)
{
	const cJSON *part, *count;
	double sum = 0;

	if (cJSON_IsNumber(value))
		return value->valuedouble;
	cJSON_ArrayForEach (part, value) {
		count = cJSON_IsArray(value) ? cJSON_GetObjectItem(part, "count") : part;
		sum += bpftrace_sum(count);
	}
	return sum;
}

/* The number of a JSON line for the map @; -1: the line is another one. */
static long long bpftrace_count(const char *line)
{
	cJSON *o = cJSON_Parse(line);
	const cJSON *map = cJSON_GetObjectItem(cJSON_GetObjectItem(o, "data"), "@");
	double sum = map ? bpftrace_sum(map) : -1;

	cJSON_Delete(o);
	return (long long)sum;
}

/* The second column of the row for getppid. */
static long long syscount_count(const char *line)
{
	long long count;

	return sscanf(line, "getppid %lld", &count) == 1 ? count : -1;
}

/* The last count in its output; none is 0. */
static long long tool_detach(struct bench_tracing *t, long long (*count_of)(const char *line))
{
	struct tool *tool = t->state;
	long long count = 0, found;
	char *line = NULL;
	size_t size = 0;

	tool_stop(tool);
	rewind(tool->out);
	while (getline(&line, &size, tool->out) > 0) {
		found = count_of(line);
		if (found >= 0)
			count = found;
	}
	free(line);
	tool__free(tool);
	return count;
}

long long bench_tool_detach_bpftrace(struct bench_tracing *t)
{
	return tool_detach(t, bpftrace_count);
}

long long bench_tool_detach_syscount(struct bench_tracing *t)
{
	return tool_detach(t, syscount_count);
}
