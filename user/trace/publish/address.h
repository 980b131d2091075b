/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* address.h - where --listen listens: [ADDR:]PORT, an IPv4 address, or an IPv6 one in brackets. */
#ifndef LATCHKIT_USER_TRACE_PUBLISH_ADDRESS_H
#define LATCHKIT_USER_TRACE_PUBLISH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Without ADDR: this host alone. */
#define ADDRESS_DEFAULT "127.0.0.1"
#define ADDRESS_TEXT 80

struct address {
	struct sockaddr_storage socket;
	socklen_t length;
};

/* Parse it, names are none. Returns false and writes what is wrong to `why` of `size` bytes. */
bool address_parse(const char *text, struct address *address, char *why, size_t size);
/*
 * Listen there, without waiting on it. Port 0: any that is free. Returns the descriptor and writes
 * the address with its port to `spelled` of ADDRESS_TEXT bytes; or -1, after printing why.
 */
int address_listen(const struct address *address, char *spelled);

#endif /* LATCHKIT_USER_TRACE_PUBLISH_ADDRESS_H */
