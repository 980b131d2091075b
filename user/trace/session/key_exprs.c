// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_exprs.c - see trace/session/key_exprs.h */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "symbols/kernel.h"
#include "trace/engine/keyed.h"
#include "trace/session/key_exprs.h"

/* "EAGAIN", "0", or the number of one that has no name. */
static char *errno_text(unsigned long long value)
{
	const char *name = value ? strerrorname_np((int)value) : NULL;
	char *text;

	if (name)
		return strdup(name);
	return asprintf(&text, "%llu", value) < 0 ? NULL : text;
}

/* The name of a block device by its number, or "MAJOR:MINOR". */
static char *disk_text(unsigned long long value)
{
	unsigned int major = (unsigned int)(value >> 20), minor = (unsigned int)value & 0xfffff;
	char path[64], line[128], *text = NULL;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/uevent", major, minor);
	f = fopen(path, "re");
	while (f && !text && fgets(line, sizeof(line), f))
		if (strncmp(line, "DEVNAME=", 8) == 0)
			text = strndup(line + 8, strcspn(line + 8, "\n"));
	if (f)
		fclose(f);
	if (text)
		return text;
	return asprintf(&text, "%u:%u", major, minor) < 0 ? NULL : text;
}

/* The IP address in so many words. */
static char *address_text(int family, const lk_u64 *words)
{
	char buf[INET6_ADDRSTRLEN];

	return strdup(inet_ntop(family, words, buf, sizeof(buf)) ? buf : "");
}

/* The address of a socket's peer, or the family of one that is not of IP. */
static char *peer_text(const lk_u64 *words)
{
	char *text;

	if (words[0] == AF_INET || words[0] == AF_INET6)
		return address_text((int)words[0], words + 1);
	return asprintf(&text, "family %llu", words[0]) < 0 ? NULL : text;
}

static char *string_text(const lk_u64 *words)
{
	const char *bytes = (const char *)words;
	char *text;

	if (!bytes[EXPR_STR_BYTES - 1])
		return strndup(bytes, EXPR_STR_BYTES);
	return asprintf(&text, "%.*s...", EXPR_STR_BYTES - 1, bytes) < 0 ? NULL : text;
}

/* "function", "function+0x12", or the address of what is none. */
static char *symbol_text(const struct trace *t, unsigned long long value)
{
	uint64_t offset = 0;
	const char *name = t->ksyms ? ksyms__name(t->ksyms, value, &offset) : NULL;
	char *text;

	if (name && !offset)
		return strdup(name);
	if (name)
		return asprintf(&text, "%s+%#llx", name, (unsigned long long)offset) < 0 ? NULL
											 : text;
	return asprintf(&text, "%#llx", value) < 0 ? NULL : text;
}

char *key_expr_text(const struct trace *t, const struct key_row *row, int i)
{
	static const struct key_expr number;
	unsigned int statement = t->probes.probe[row->probe].statement;
	const struct key_expr *e = statement ? &t->key_expr[statement - 1][i] : &number;
	const lk_u64 *words = row->key + keyed_expr_at(t->options->engine.keys.by, &t->probes, i);
	unsigned long long value = words[0];
	char *text;

	switch (e->as) {
	case EXPR_AS_ERRNO:
		return errno_text(value);
	case EXPR_AS_DISK:
		return disk_text(value);
	case EXPR_AS_IPV4:
		return address_text(AF_INET, words);
	case EXPR_AS_IPV6:
		return address_text(AF_INET6, words);
	case EXPR_AS_SOCK:
		return peer_text(words);
	case EXPR_AS_STR:
		return string_text(words);
	case EXPR_AS_SYM:
		return symbol_text(t, value);
	default:
		if (e->is_pointer)
			return asprintf(&text, "%#llx", value) < 0 ? NULL : text;
		return asprintf(&text, e->is_signed ? "%lld" : "%llu", value) < 0 ? NULL : text;
	}
}
