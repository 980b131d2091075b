// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* address.c - see trace/publish/address.h */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/numbers.h"
#include "trace/publish/address.h"

#define BACKLOG 128

/* The address before the port, without brackets. Returns false: it is none. */
static bool parse_host(const char *host, size_t length, in_port_t port, struct address *a)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a->socket;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a->socket;
	bool brackets = length >= 2 && host[0] == '[' && host[length - 1] == ']';
	char text[INET6_ADDRSTRLEN];

	if (length - 2 * brackets >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(length - 2 * brackets), host + brackets);
	*a = (struct address){0};
	if (brackets) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = port;
		a->length = sizeof(*v6);
		return inet_pton(AF_INET6, text, &v6->sin6_addr) == 1;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = port;
	a->length = sizeof(*v4);
	return inet_pton(AF_INET, text, &v4->sin_addr) == 1;
}

bool address_parse(const char *text, struct address *a, char *why, size_t size)
{
	const char *colon = strrchr(text, ':'), *host = colon ? text : ADDRESS_DEFAULT;
	size_t length = colon ? (size_t)(colon - text) : strlen(ADDRESS_DEFAULT);
	unsigned long long port;

	if (!number_parse(colon ? colon + 1 : text, 10, 0, 65535, &port)) {
		snprintf(why, size, "no port from 0 to 65535; write 9435, or 192.0.2.1:9435");
		return false;
	}
	if (parse_host(host, length, htons((in_port_t)port), a))
		return true;
	snprintf(why, size,
		 "no address; write one in numbers, such as 192.0.2.1:%llu or [::1]:%llu", port,
		 port);
	return false;
}

static void spell(const struct address *a, char *spelled)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->socket;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->socket;
	char host[INET6_ADDRSTRLEN] = "";

	if (a->socket.ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		snprintf(spelled, ADDRESS_TEXT, "[%s]:%u", host, ntohs(v6->sin6_port));
		return;
	}
	inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
	snprintf(spelled, ADDRESS_TEXT, "%s:%u", host, ntohs(v4->sin_port));
}

static const char *next_step(int err)
{
	switch (err) {
	case EADDRINUSE:
		return "; take another port, or 0 for any that is free";
	case EADDRNOTAVAIL:
		return "; this host has no such address, see ip address";
	case EACCES:
		return "; ports below 1024 take CAP_NET_BIND_SERVICE, take a higher one";
	default:
		return "";
	}
}

static bool bind_and_listen(int fd, const struct address *a)
{
	int on = 1;

	/* The port of a trace that has just ended may be had at once. */
	return !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
	       !bind(fd, (const struct sockaddr *)&a->socket, a->length) && !listen(fd, BACKLOG);
}

int address_listen(const struct address *a, char *spelled)
{
	int fd = socket(a->socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct address bound = *a;

	spell(a, spelled);
	if (fd < 0 || !bind_and_listen(fd, a) ||
	    getsockname(fd, (struct sockaddr *)&bound.socket, &bound.length)) {
		fail("--listen %s: %m%s", spelled, next_step(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	spell(&bound, spelled);
	return fd;
}
