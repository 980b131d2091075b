// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* command.c - see trace/command.h */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "host/clock.h"
#include "host/limits.h"
#include "trace/command.h"

/* How long a command may take to end after SIGTERM before it gets SIGKILL, in 10 ms steps. */
#define PATIENCE 200

struct startup {
	int go; /* read end: one byte, or end of file when the parent is gone */
	int result; /* write end, close-on-exec: an errno when exec failed */
	int adopt_fd;
	pid_t parent;
};

/* In the child. Never returns. */
static void child_run(char *const argv[], const struct startup *s)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	sigset_t none;
	int err;
	char go;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != s->parent || read(s->go, &go, 1) != 1)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	limits_restore();
	err = s->adopt_fd >= 0 ? -bpf_prog_test_run_opts(s->adopt_fd, &opts) : 0;
	if (!err) {
		execvp(argv[0], argv);
		err = errno;
	}
	if (write(s->result, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

int command_start(struct command *c, char *const argv[], int adopt_fd)
{
	int go[2], result[2];

	if (pipe2(go, O_CLOEXEC))
		return fail("%s: cannot start: %m", argv[0]);
	if (pipe2(result, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		return fail("%s: cannot start: %m", argv[0]);
	}
	c->pid = fork();
	if (c->pid == 0) {
		struct startup s = {go[0], result[1], adopt_fd, getppid()};

		close(go[1]);
		child_run(argv, &s);
	}
	close(go[0]);
	close(result[1]);
	c->go = go[1];
	c->result = result[0];
	c->name = argv[0];
	if (c->pid < 0) {
		c->pid = 0;
		return fail("%s: cannot start: %m", argv[0]);
	}
	return 0;
}

int command_release(struct command *c)
{
	int err = 0;
	ssize_t n;

	if (write(c->go, "g", 1) != 1)
		return fail("%s: cannot start: %m", c->name);
	close(c->go);
	c->go = -1;
	/* End of file: the pipe was closed by a successful exec. */
	do
		n = read(c->result, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(c->result);
	if (n == sizeof(err))
		return fail("%s: cannot run: %s; check the command after --", c->name,
			    error_text(err));
	return 0;
}

/* Returns true once it has ended; never waits. */
static bool has_ended(struct command *c)
{
	if (c->pid && !c->ended)
		c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
	return c->pid && c->ended;
}

void command_stop(struct command *c)
{
	if (!c->pid)
		return;
	if (c->go >= 0)
		close(c->go); /* never released: it ends by itself */
	else if (!has_ended(c))
		kill(c->pid, SIGTERM);
	for (int i = 0; !has_ended(c) && i < PATIENCE; i++)
		clock_sleep_ms(10);
	if (!has_ended(c)) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, &c->status, 0);
	}
	c->pid = 0;
}

int command_exit_code(const struct command *c)
{
	int number;

	if (!WIFSIGNALED(c->status))
		return WEXITSTATUS(c->status);
	number = WTERMSIG(c->status);
	note("%s: killed by signal %d (%s)%s", c->name, number, strsignal(number),
	     WCOREDUMP(c->status) ? ", core dumped" : "");
	return 128 + number;
}

char **command_split(const char *line)
{
	wordexp_t words;
	char **argv = NULL;

	if (wordexp(line, &words, WRDE_NOCMD))
		return NULL;
	if (words.we_wordc)
		argv = calloc(words.we_wordc + 1, sizeof(*argv));
	for (size_t i = 0; argv && i < words.we_wordc; i++)
		argv[i] = strdup(words.we_wordv[i]);
	wordfree(&words);
	return argv;
}
