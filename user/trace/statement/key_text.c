// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_text.c - see trace/statement/key_text.h */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trace/statement/key_text.h"

/* How the kernel has a dev_t: major << 20 | minor. */
#define MINOR_BITS 20

static void number_text(const struct expr *e, unsigned long long word, char *out, size_t size)
{
	if (e->is_pointer)
		snprintf(out, size, "0x%llx", word);
	else if (e->is_signed)
		snprintf(out, size, "%lld", (long long)word);
	else
		snprintf(out, size, "%llu", word);
}

static void errno_text(unsigned long long word, char *out, size_t size)
{
	const char *name = word && word < 4096 ? strerrorname_np((int)word) : NULL;

	if (name)
		snprintf(out, size, "%s", name);
	else
		snprintf(out, size, "%llu", word);
}

/* The name of the link that sysfs has for the number; without one the number. */
static void disk_text(unsigned long long word, char *out, size_t size)
{
	unsigned long long major = word >> MINOR_BITS, minor = word & ((1 << MINOR_BITS) - 1);
	char path[80], target[256];
	const char *last;
	ssize_t length;

	snprintf(out, size, "%llu:%llu", major, minor);
	snprintf(path, sizeof(path), "/sys/dev/block/%llu:%llu", major, minor);
	length = readlink(path, target, sizeof(target) - 1);
	if (length <= 0)
		return;
	target[length] = '\0';
	last = strrchr(target, '/');
	snprintf(out, size, "%s", last ? last + 1 : target);
}

static void address_text(int family, const void *address, char *out, size_t size)
{
	if (!inet_ntop(family, address, out, (socklen_t)size))
		snprintf(out, size, "?");
}

/* Of other families, such as AF_UNIX, there is no address. */
static void sock_text(const unsigned long long *words, char *out, size_t size)
{
	int family = (int)words[0];

	if (family == AF_INET || family == AF_INET6)
		address_text(family, words + 1, out, size);
	else
		snprintf(out, size, "family %d", family);
}

const char *key_text(const struct expr *e, const unsigned long long *words, char *out, size_t size)
{
	switch (e->as) {
	case EXPR_AS_ERRNO:
		errno_text(words[0], out, size);
		break;
	case EXPR_AS_SYM:
		snprintf(out, size, "0x%llx", words[0]);
		break;
	case EXPR_AS_DISK:
		disk_text(words[0], out, size);
		break;
	case EXPR_AS_STR:
		snprintf(out, size, "%.*s", EXPR_STR_BYTES, (const char *)words);
		break;
	case EXPR_AS_IPV4:
		address_text(AF_INET, words, out, size);
		break;
	case EXPR_AS_IPV6:
		address_text(AF_INET6, words, out, size);
		break;
	case EXPR_AS_SOCK:
		sock_text(words, out, size);
		break;
	default:
		number_text(e, words[0], out, size);
		break;
	}
	return out;
}
