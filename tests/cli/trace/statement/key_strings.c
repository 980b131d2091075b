// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * key_strings.c - a program whose strings and addresses are known. Usage: key_strings WHAT
 *
 *   strings    named(STRING, N): "alpha" at 30 places with N 1 to 30, other garbage behind each; ""
 *              with 7; 63 letters a twice with 1; 64 of them with 10, and 63 and "tail" with 100;
 *              bytes that strangers may choose with 5; "edge" at the end of what is mapped with 3;
 *              4 times what cannot be read with 1
 *   addresses  placed(ADDRESS, N): ::1 four times with 1, 2001:db8::42 five times with 2, and
 *              10.1.2.3, of 4 bytes, six times with 3 by placed4()
 *   connects   three connections over TCP to 127.0.0.1, and two to ::1; prints how many came about
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((noinline)) void named(const char *text, long n)
{
	asm volatile("" : : "r"(text), "r"(n) : "memory");
}

__attribute__((noinline)) void placed(const void *address, long n)
{
	asm volatile("" : : "r"(address), "r"(n) : "memory");
}

__attribute__((noinline)) void placed4(const void *address, long n)
{
	asm volatile("" : : "r"(address), "r"(n) : "memory");
}

static void alphas(void)
{
	char text[30][16];

	for (int i = 0; i < 30; i++) {
		memset(text[i], 'A' + i, sizeof(text[i]));
		strcpy(text[i], "alpha");
		named(text[i], i + 1);
	}
}

static void lengths(void)
{
	char text[80] = "";

	named(text, 7);
	memset(text, 'a', 63);
	named(text, 1);
	named(text, 1);
	text[63] = 'a';
	named(text, 10);
	strcpy(text + 63, "tail");
	named(text, 100);
}

/* Strings up to the end of what is mapped: with their own end, and without. */
static void edges(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *map =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return;
	munmap(map + page, page);
	strcpy(map + page - 5, "edge");
	named(map + page - 5, 3);
	map[page - 1] = 'x';
	named(map + page - 5, 1);
	for (int i = 0; i < 3; i++)
		named((const char *)0x10, 1);
}

static void addresses(void)
{
	struct in6_addr own = IN6ADDR_LOOPBACK_INIT, other;
	struct in_addr four;

	inet_pton(AF_INET6, "2001:db8::42", &other);
	inet_pton(AF_INET, "10.1.2.3", &four);
	for (int i = 0; i < 4; i++)
		placed(&own, 1);
	for (int i = 0; i < 5; i++)
		placed(&other, 2);
	for (int i = 0; i < 6; i++)
		placed4(&four, 3);
}

/* Connect `n` times to a socket of our own. Returns how many came about. */
static int connects(int family, struct sockaddr *address, socklen_t size, int n)
{
	int server = socket(family, SOCK_STREAM, 0), made = 0;

	if (server < 0 || bind(server, address, size) || listen(server, 8) ||
	    getsockname(server, address, &size))
		n = 0;
	for (int i = 0; i < n; i++) {
		int client = socket(family, SOCK_STREAM, 0);

		made += client >= 0 && connect(client, address, size) == 0;
		if (client >= 0)
			close(client);
	}
	if (server >= 0)
		close(server);
	return made;
}

static void all_connects(void)
{
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int made4 = connects(AF_INET, (struct sockaddr *)&four, sizeof(four), 3);

	fprintf(stderr, "connected %d %d\n", made4,
		connects(AF_INET6, (struct sockaddr *)&six, sizeof(six), 2));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "strings") == 0) {
		alphas();
		lengths();
		named("\xff\xc3;\"\n\\,", 5);
		edges();
	} else if (strcmp(what, "addresses") == 0) {
		addresses();
	} else if (strcmp(what, "connects") == 0) {
		all_connects();
	} else {
		fprintf(stderr, "usage: key_strings strings|addresses|connects\n");
		return 2;
	}
	return 0;
}
