// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see verify/core/run.h. When this process ends, however it ends, so do those of checks. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/diag.h"
#include "verify/core/run.h"
#include "verify/core/watch.h"

/* What identifies the failure beside what the check said. */
static void complete(const struct verify_plan *plan, struct verify_verdict *v)
{
	struct verify_failure *f = &v->first;

	if (!f->kind)
		return;
	snprintf(f->check, sizeof(f->check), "%s", v->check->name);
	snprintf(f->subject, sizeof(f->subject), "%s", v->subject->name);
	snprintf(f->set, sizeof(f->set), "%s", plan->set->name);
	f->seed = plan->options.seed;
	verify_code_id(v->subject, f->code, sizeof(f->code));
}

static sigset_t waited_for;

static void block_signals(sigset_t *before)
{
	sigemptyset(&waited_for);
	sigaddset(&waited_for, SIGCHLD);
	sigaddset(&waited_for, SIGINT);
	sigaddset(&waited_for, SIGTERM);
	sigaddset(&waited_for, SIGHUP);
	sigprocmask(SIG_BLOCK, &waited_for, before);
}

/* Wait until the child has ended. Returns false when we are to end instead: then it was killed. */
static bool wait_child(pid_t pid, int *status)
{
	for (;;) {
		int signal = sigwaitinfo(&waited_for, NULL);

		if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP) {
			kill(pid, SIGKILL);
			waitpid(pid, status, 0);
			return false;
		}
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
	}
}

/* The line in which a sanitizer says what it found. Returns false if there is none. */
static bool sanitizer_says(FILE *log, char *text, size_t size)
{
	char line[512];

	rewind(log);
	while (fgets(line, sizeof(line), log)) {
		char *says = strstr(line, "ERROR: "), *address;

		says = says ? says + strlen("ERROR: ") : strstr(line, "runtime error: ");
		if (!says)
			continue;
		says[strcspn(says, "\n")] = '\0';
		address = strstr(says, " on address");
		if (address)
			*address = '\0';
		snprintf(text, size, "%s", says);
		return true;
	}
	return false;
}

/* What a process said that did not end because of it. */
static void pass_on(FILE *log)
{
	char line[512];

	rewind(log);
	while (fgets(line, sizeof(line), log))
		fputs(line, stderr);
}

/* A verdict all the same, when the process did not come to one. */
static void died(struct verify_verdict *v, int status, FILE *log)
{
	char said[sizeof(v->first.read)];

	if (!sanitizer_says(log, said, sizeof(said)))
		snprintf(said, sizeof(said), "the check itself ended with %s %d",
			 WIFSIGNALED(status) ? "signal" : "exit code",
			 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	verify_fail(v, VERIFY_CRASH, NULL, "%s", said);
	verify_settle(v);
}

static int run_logged(struct verify_plan *plan, struct verify_verdict *shared, FILE *log)
{
	pid_t parent = getpid(), pid;
	int status = 0;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return fail("verify: cannot start a process: %m");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fileno(log), STDERR_FILENO);
		if (getppid() == parent)
			verify_check_here(&plan->options, shared);
		_exit(0);
	}
	if (!wait_child(pid, &status)) {
		plan->interrupted = true;
		return 0;
	}
	if (status)
		died(shared, status, log);
	else
		pass_on(log);
	complete(plan, shared);
	plan->verdicts[plan->verdicts_count++] = *shared;
	return 0;
}

static int run_one(struct verify_plan *plan, struct verify_verdict *shared)
{
	int memory = memfd_create("latchkit-verify", MFD_CLOEXEC);
	FILE *log = memory < 0 ? NULL : fdopen(memory, "r");
	int r = log ? run_logged(plan, shared, log) : fail("verify: no shared memory: %m");

	if (log)
		fclose(log);
	return r;
}

static int run_all(struct verify_plan *plan, struct verify_verdict *shared)
{
	int r = 0;

	for (size_t i = 0; !r && i < plan->subjects_count; i++)
		for (size_t c = 0; !r && c < plan->checks_count && !plan->interrupted; c++) {
			*shared = (struct verify_verdict){.subject = plan->subjects[i],
							  .check = plan->checks[c]};
			r = run_one(plan, shared);
		}
	return r;
}

int verify_run(struct verify_plan *plan)
{
	size_t count = plan->subjects_count * plan->checks_count;
	struct verify_verdict *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sigset_t before;
	int r;

	if (shared == MAP_FAILED)
		return fail("verify: no shared memory: %m");
	plan->verdicts = calloc(count + 1, sizeof(*plan->verdicts));
	block_signals(&before);
	r = plan->verdicts ? run_all(plan, shared) : fail("verify: out of memory");
	/* timeout(1) signals twice: the second must not end the report of what is done. */
	if (!plan->interrupted)
		sigprocmask(SIG_SETMASK, &before, NULL);
	munmap(shared, sizeof(*shared));
	return r;
}

int verify_exit_code(const struct verify_plan *plan)
{
	for (size_t i = 0; i < plan->verdicts_count; i++)
		if (verify_failed(&plan->verdicts[i]))
			return EXIT_FAILED;
	return plan->interrupted ? EXIT_FAILED : EXIT_OK;
}
