// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * lives.c - processes that live shortly, each with a name of its own:
 *   lives many N     N of them, one after the other
 *   lives same N     the same, all with one pid; exit 3 where that cannot be
 *   lives threads N  N of them, the second thread of each executes `true`
 * Each calls getppid once. Prints "PID NAME" of each, as it was when it ended.
 */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Start a process, with this pid unless it is 0. Returns its pid, 0 in it, or -1. */
static pid_t start(pid_t pid)
{
	struct clone_args args = {.exit_signal = SIGCHLD};

	if (pid) {
		args.set_tid = (uintptr_t)&pid;
		args.set_tid_size = 1;
	}
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static void live(int number)
{
	char name[16];

	snprintf(name, sizeof(name), "life-%d", number);
	prctl(PR_SET_NAME, name);
	syscall(SYS_getppid);
	_exit(0);
}

static int many(int count, int same)
{
	pid_t pid = 0;

	for (int i = 0; i < count; i++) {
		pid = start(same ? pid : 0);
		if (pid < 0 && i && (errno == EPERM || errno == EINVAL || errno == EEXIST))
			return 3;
		if (pid < 0)
			return 1;
		if (!pid)
			live(i);
		if (waitpid(pid, NULL, 0) != pid)
			return 1;
		printf("%d life-%d\n", pid, i);
	}
	return 0;
}

static void *execute(void *arg)
{
	(void)arg;
	execlp("true", "true", (char *)NULL);
	_exit(1);
}

static int threads(int count)
{
	pid_t pid = fork();
	pthread_t thread;

	if (!pid) {
		syscall(SYS_getppid);
		pthread_create(&thread, NULL, execute, NULL);
		pause();
	}
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		return 1;
	printf("%d true\n", pid);
	return count > 1 ? threads(count - 1) : 0;
}

int main(int argc, char **argv)
{
	int n = argc == 3 ? atoi(argv[2]) : 0;

	if (n > 0 && strcmp(argv[1], "many") == 0)
		return many(n, 0);
	if (n > 0 && strcmp(argv[1], "same") == 0)
		return many(n, 1);
	return n > 0 && strcmp(argv[1], "threads") == 0 ? threads(n) : 2;
}
