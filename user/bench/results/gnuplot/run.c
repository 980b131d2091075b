// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* run.c - see bench/results/gnuplot/run.h */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/diag.h"
#include "bench/results/gnuplot/run.h"

extern char **environ;

/* Returns 0 or an errno. */
static int spawn(pid_t *pid, int dir_fd, int in, int out)
{
	/* Without the user's own settings. */
	char *const argv[] = {"gnuplot", "--default-settings", NULL};
	posix_spawn_file_actions_t actions;
	int err;

	err = posix_spawn_file_actions_init(&actions);
	if (err)
		return err;
	err = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	if (!err)
		err = posix_spawn_file_actions_addfchdir_np(&actions, dir_fd);
	if (!err)
		err = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* The first line of what gnuplot printed that says something. */
static int failed(int out)
{
	char text[2048] = {0};
	char *line;

	if (pread(out, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (line[strspn(line, " \t^>")])
			break;
	return fail("gnuplot: failed: %s", line ? line : "it does not say why");
}

static int wait_for(pid_t pid, int out)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got != pid)
		return fail("gnuplot: cannot wait for it: %m");
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : failed(out);
}

int gnuplot_run(int dir_fd, FILE *script)
{
	int out, err, r;
	pid_t pid;

	if (fflush(script) || ferror(script))
		return fail("gnuplot: cannot write its script: %m");
	rewind(script);
	out = memfd_create("gnuplot", MFD_CLOEXEC);
	if (out < 0)
		return fail("gnuplot: cannot keep its messages: %m");
	err = spawn(&pid, dir_fd, fileno(script), out);
	if (err == ENOENT)
		r = fail("gnuplot: not installed; install the Debian package gnuplot-nox");
	else if (err)
		r = fail("gnuplot: cannot run: %s", strerror(err));
	else
		r = wait_for(pid, out);
	close(out);
	return r;
}

void gnuplot_quote(FILE *to, const char *text)
{
	fputc('\'', to);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', to);
		fputc(*text < ' ' || *text > '~' ? '?' : *text, to);
	}
	fputc('\'', to);
}
