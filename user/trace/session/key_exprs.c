// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_exprs.c - see trace/session/key_exprs.h */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "symbols/kernel.h"
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

static char *address_text(unsigned long long value)
{
	struct in_addr address = {(in_addr_t)value};
	char buf[INET_ADDRSTRLEN];

	return strdup(inet_ntop(AF_INET, &address, buf, sizeof(buf)) ? buf : "");
}

static char *symbol_text(const struct trace *t, unsigned long long value)
{
	char name[256], *text;

	if (ksyms__describe(t->ksyms, value, name, sizeof(name)))
		return strdup(name);
	return asprintf(&text, "%#llx", value) < 0 ? NULL : text;
}

char *key_expr_text(const struct trace *t, int i, unsigned long long value)
{
	const struct key_expr *e = &t->key_expr[i];
	char *text;

	switch (e->as) {
	case EXPR_AS_ERRNO:
		return errno_text(value);
	case EXPR_AS_DISK:
		return disk_text(value);
	case EXPR_AS_IPV4:
		return address_text(value);
	case EXPR_AS_SYM:
		return symbol_text(t, value);
	default:
		if (e->is_pointer)
			return asprintf(&text, "%#llx", value) < 0 ? NULL : text;
		return asprintf(&text, e->is_signed ? "%lld" : "%llu", value) < 0 ? NULL : text;
	}
}
