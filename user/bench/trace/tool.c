// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tool.c - see bench/trace/tool.h */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/trace/tool.h"
#include "symbols/tracepoints.h"

/* How long a tool may take to end after ^C, in steps of 10 ms; how often ^C is said again. */
#define END_STEPS 1000
#define AGAIN_STEPS 100

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
static void tool_exec(const struct bench_tracer *tracer, const char *path,
		      const struct bench_tool *tool, pid_t parent)
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

void bench_tool__free(struct bench_tool *tool)
{
	if (tool->out)
		fclose(tool->out);
	if (tool->err)
		fclose(tool->err);
	free(tool);
}

struct bench_tool *bench_tool__new(const struct bench_tracer *tracer, const char *path)
{
	struct bench_tool *tool = calloc(1, sizeof(*tool));
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
	bench_tool__free(tool);
	return NULL;
}

/* -- ending ------------------------------------------------------------------------------------ */

bool bench_tool_ended(struct bench_tool *tool)
{
	if (!tool->ended)
		tool->ended = waitpid(tool->pid, &tool->status, WNOHANG) == tool->pid;
	return tool->ended;
}

/* Some miss a ^C that comes just before they go to sleep: they get another. */
void bench_tool_stop(struct bench_tool *tool)
{
	for (int i = 0; !bench_tool_ended(tool) && i < END_STEPS; i++) {
		if (i % AGAIN_STEPS == 0)
			kill(tool->pid, SIGINT);
		usleep(10000);
	}
	if (bench_tool_ended(tool))
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

bool bench_tool_attached(const struct bench_tool *tool, const struct bench_tracer *tracer)
{
	for (int i = 0; i < BENCH_TRACER_HOOKS; i++)
		if (tracer->hooks[i] && !tool_has_hook(tool->pid, tracer->hooks[i]))
			return false;
	return true;
}

/* What it said, if possible the line that calls itself an error. */
void bench_tool_complaint(struct bench_tool *tool, char *text, size_t size)
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
