// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ctl_client.c - clients of a trace's socket that latchkit ctl is not:
 *   ctl_client send SOCKET     send standard input as it is, print what comes back
 *   ctl_client deaf SOCKET     send requests until hung up on, never read an answer
 *   ctl_client silent SOCKET N open N connections, say nothing until standard input ends
 *   ctl_client swap DIR N      as the command of a trace: N times, swap its handler and, as soon as
 *                              that is answered, call getppid: 10 times for `count`, 20 times for
 *                              `latency`, on one CPU and another
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct timeval patience = {.tv_sec = 20};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		perror(path);
		exit(1);
	}
	return fd;
}

static int do_send(const char *path)
{
	int fd = connect_to(path);
	char buf[65536];
	ssize_t n;

	while ((n = read(0, buf, sizeof(buf))) > 0)
		if (send(fd, buf, (size_t)n, MSG_NOSIGNAL) != n)
			break;
	shutdown(fd, SHUT_WR);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(1, buf, (size_t)n) != n)
			return 1;
	return 0;
}

static int do_deaf(const char *path)
{
	int fd = connect_to(path);

	while (send(fd, "status\n", 7, MSG_NOSIGNAL) == 7)
		;
	return errno == EPIPE || errno == ECONNRESET ? 0 : 1;
}

static int do_silent(const char *path, int count)
{
	for (int i = 0; i < count; i++)
		connect_to(path);
	puts("connected");
	fflush(stdout);
	return getchar() == EOF ? 0 : 1;
}

/* Without calling getppid, which is what is counted. */
static int parent(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];
	int pid = 0;

	while (f && !pid && fgets(line, sizeof(line), f))
		sscanf(line, "PPid: %d", &pid);
	if (f)
		fclose(f);
	return pid;
}

static void move_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int do_swap(const char *directory, int count)
{
	static const char *const requests[] = {"set-handler count\n", "set-handler latency\n"};
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char path[256], answer[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%d.sock", directory, parent());
	fd = connect_to(path);
	for (int i = 0; i < count; i++) {
		ssize_t length = (ssize_t)strlen(requests[i % 2]), n;

		if (send(fd, requests[i % 2], (size_t)length, MSG_NOSIGNAL) != length)
			return 1;
		n = recv(fd, answer, sizeof(answer), 0);
		if (n < 11 || memcmp(answer, "{\"ok\":true,", 11) || answer[n - 1] != '\n')
			return 1;
		move_to((int)(i / 2 % cpus));
		for (int c = 0; c < 10 + 10 * (i % 2); c++)
			syscall(SYS_getppid);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "send") == 0)
		return do_send(argv[2]);
	if (argc == 3 && strcmp(argv[1], "deaf") == 0)
		return do_deaf(argv[2]);
	if (argc == 4 && strcmp(argv[1], "silent") == 0)
		return do_silent(argv[2], atoi(argv[3]));
	if (argc == 4 && strcmp(argv[1], "swap") == 0)
		return do_swap(argv[2], atoi(argv[3]));
	return 2;
}
