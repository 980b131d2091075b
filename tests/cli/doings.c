// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * doings.c - does known things of many kinds, for statements to be compared with:
 *   doings all      300 writes, of 1 to 300 bytes, to /dev/null; 200 reads, of 1 to 200 bytes, of
 *                   /dev/zero; 40 closes of a descriptor that is not open; 25 opens of a file that
 *                   is not there; 20 signals SIGUSR1 to itself; 30 calls of futex that wake nobody;
 *                   calls work(1, 100) to work(100, 1), which return -1 to -100, and more(1) to
 *                   more(100); the static probe latchkit:step with 0 to 69; 10 children that exit
 *                   with 0 to 9
 *   doings wait     print its number, wait for a line, and then do all
 *   doings tcp      send 1000 bytes to itself 50 times, over 127.0.0.1
 *   doings files    open and close /dev/null 200 times
 *   doings hosts    look up 127.0.0.1 5 times and 127.0.0.2 3 times
 *   doings signs    once: setfsuid and setfsgid, which change nothing, first_sign(), last_sign()
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/sdt.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noinline)) long work(int i, long rest)
{
	asm volatile("" : : "r"(rest) : "memory");
	return -i;
}

__attribute__((noinline)) void more(int i)
{
	asm volatile("" : : "r"(i) : "memory");
}

__attribute__((noinline)) void first_sign(void)
{
	asm volatile("first_sign_body:" ::: "memory");
}

__attribute__((noinline)) void last_sign(void)
{
	asm volatile("last_sign_body:" ::: "memory");
}

static void on_signal(int signal)
{
	(void)signal;
}

static int do_calls(void)
{
	int null = open("/dev/null", O_WRONLY), zero = open("/dev/zero", O_RDONLY), word = 0;
	char bytes[300] = {0};
	long sum = 0;

	signal(SIGUSR1, on_signal);
	for (size_t i = 1; i <= 300; i++)
		sum += write(null, bytes, i);
	for (size_t i = 1; i <= 200; i++)
		sum += read(zero, bytes, i);
	for (int i = 0; i < 40; i++)
		sum += close(1000);
	for (int i = 0; i < 25; i++)
		sum += open("/is/not/there", O_RDONLY);
	for (int i = 0; i < 20; i++)
		sum += kill(getpid(), SIGUSR1);
	for (int i = 0; i < 30; i++)
		sum += syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
	for (int i = 1; i <= 100; i++) {
		sum += work(i, 101 - i);
		more(i);
	}
	for (int i = 0; i < 70; i++)
		DTRACE_PROBE1(latchkit, step, i);
	return sum == 300 * 301 / 2 + 200 * 201 / 2 - 40 - 25 - 5050 ? 0 : 1;
}

static int do_all(void)
{
	int status, failed = do_calls();

	for (int i = 0; i < 10; i++) {
		pid_t child = fork();

		if (!child)
			_exit(i);
		if (child < 0 || waitpid(child, &status, 0) != child)
			return 1;
		failed |= WEXITSTATUS(status) != i;
	}
	return failed;
}

static int do_wait(void)
{
	printf("%d\n", (int)getpid());
	fflush(stdout);
	return getchar() == EOF ? 1 : do_all();
}

static int do_tcp(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int server = socket(AF_INET, SOCK_STREAM, 0), from = socket(AF_INET, SOCK_STREAM, 0), to;
	socklen_t size = sizeof(at);
	char bytes[1000] = {0};

	if (bind(server, (struct sockaddr *)&at, size) || listen(server, 1) ||
	    getsockname(server, (struct sockaddr *)&at, &size) ||
	    connect(from, (struct sockaddr *)&at, size))
		return 1;
	to = accept(server, NULL, NULL);
	for (int i = 0; i < 50; i++)
		if (send(from, bytes, sizeof(bytes), 0) != sizeof(bytes) ||
		    recv(to, bytes, sizeof(bytes), MSG_WAITALL) != sizeof(bytes))
			return 1;
	return 0;
}

static int do_files(void)
{
	for (int i = 0; i < 200; i++)
		if (close(open("/dev/null", O_RDONLY)))
			return 1;
	return 0;
}

static int do_hosts(void)
{
	const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST};
	struct addrinfo *found;

	for (int i = 0; i < 8; i++) {
		if (getaddrinfo(i < 5 ? "127.0.0.1" : "127.0.0.2", NULL, &numeric, &found))
			return 1;
		freeaddrinfo(found);
	}
	return 0;
}

static int do_signs(void)
{
	syscall(SYS_setfsuid, -1);
	syscall(SYS_setfsgid, -1);
	first_sign();
	last_sign();
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} ways[] = {{"all", do_all},	 {"wait", do_wait},   {"tcp", do_tcp},
		    {"files", do_files}, {"hosts", do_hosts}, {"signs", do_signs}};

	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[1], ways[i].name) == 0)
			return ways[i].run();
	return 2;
}
