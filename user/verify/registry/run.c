// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - a check in a process of its own; see verify/registry/registry.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "verify/registry/registry.h"
#include "host/clock.h"

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* The process of a check: what it says on standard error is kept in a file of memory. */
static void be_child(const struct verify_registry_check *check,
		     const struct verify_registry_ops *ops, double seconds,
		     struct verify_registry_result *shared, int log)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(log, STDERR_FILENO);
	check->run(ops, seconds, shared);
	shared->seconds = 1; /* it came to its end */
	_exit(0);
}

/* Wait for the process; end it when it takes too long. Returns whether it ended by itself. */
static bool wait_for(pid_t pid, double seconds, int *status)
{
	const struct timespec look = {0, 2000000};
	uint64_t stop = clock_now_ns() + (uint64_t)(seconds * 1e9);

	while (waitpid(pid, status, WNOHANG) == 0) {
		if (clock_now_ns() > stop || interrupted) {
			kill(pid, SIGKILL);
			waitpid(pid, status, 0);
			return false;
		}
		nanosleep(&look, NULL);
	}
	return true;
}

/* The line in which a sanitizer says what it found, if one did. */
static void sanitizer_says(int log, char *reason, size_t size)
{
	FILE *f = fdopen(log, "r");
	char line[512];

	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		char *says = strstr(line, "ERROR: "), *where;

		says = says ? says + strlen("ERROR: ") : strstr(line, "runtime error: ");
		if (!says)
			continue;
		says[strcspn(says, "\n")] = '\0';
		where = strstr(says, " on address");
		if (where)
			*where = '\0';
		snprintf(reason, size, "%.200s", says);
		break;
	}
	fclose(f);
}

static void judge(struct verify_registry_result *result, bool ended, int status, int log,
		  bool complete)
{
	if (ended && complete && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		close(log);
		return;
	}
	result->outcome = REGISTRY_FAIL;
	if (!ended)
		snprintf(result->reason, sizeof(result->reason), "it did not end");
	else if (WIFSIGNALED(status))
		snprintf(result->reason, sizeof(result->reason), "it crashed: %s",
			 strsignal(WTERMSIG(status)));
	else
		snprintf(result->reason, sizeof(result->reason), "it ended with exit code %d",
			 WEXITSTATUS(status));
	sanitizer_says(log, result->reason, sizeof(result->reason));
}

int verify_registry_run(const struct verify_registry_check *check,
			const struct verify_registry_ops *ops, double seconds,
			struct verify_registry_result *result)
{
	struct verify_registry_result *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
						     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sigaction action = {.sa_handler = on_signal};
	int log = memfd_create("latchkit-verify", MFD_CLOEXEC), status = 0;
	uint64_t start = clock_now_ns();
	bool ended, complete;
	pid_t pid;

	if (shared == MAP_FAILED || log < 0)
		return -errno;
	fflush(NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		be_child(check, ops, seconds, shared, log);
	ended = wait_for(pid, seconds + check->grace_s, &status);
	*result = *shared;
	complete = shared->seconds > 0;
	munmap(shared, sizeof(*shared));
	result->seconds = (double)(clock_now_ns() - start) / 1e9;
	if (interrupted) {
		close(log);
		return -EINTR;
	}
	judge(result, ended, status, log, complete);
	return 0;
}
