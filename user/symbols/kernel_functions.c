// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* kernel_functions.c - see symbols/kernel_functions.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/kernel_functions.h"

static int add(struct kernel_functions *k, size_t *room, uint64_t address, const char *name)
{
	char *copy = strdup(name);

	if (copy && k->count == *room) {
		size_t more = *room ? *room * 2 : 16;
		void *grown = reallocarray(k->function, more, sizeof(*k->function));

		if (grown) {
			k->function = grown;
			*room = more;
		}
	}
	if (!copy || k->count == *room) {
		free(copy);
		return -ENOMEM;
	}
	k->function[k->count++] = (struct kernel_function){copy, address};
	return 0;
}

/* A line holds the address, the type, the name and, for one of a module, "[module]". */
static const char *function_of(char *line, uint64_t *address)
{
	char *at = line;

	*address = strtoull(line, &at, 16);
	if (at == line || at[0] != ' ' || !at[1] || !strchr("tTwW", at[1]) || at[2] != ' ')
		return NULL;
	at[3 + strcspn(at + 3, " \t\n")] = '\0';
	return at[3] ? at + 3 : NULL;
}

static int compare(const void *a, const void *b)
{
	const struct kernel_function *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->address > y->address) - (x->address < y->address);
}

/* One of equals; hidden addresses do not tell places apart. */
static void sort(struct kernel_functions *k)
{
	size_t kept = 0;

	if (k->count)
		qsort(k->function, k->count, sizeof(*k->function), compare);
	for (size_t i = 0; i < k->count; i++) {
		struct kernel_function *f = &k->function[i];

		if (kept && f->address && compare(f, &k->function[kept - 1]) == 0)
			free(f->name);
		else
			k->function[kept++] = *f;
	}
	k->count = kept;
}

int kernel_functions_find(bool (*wanted)(const char *name, void *arg), void *arg,
			  struct kernel_functions *found)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	int err = f ? 0 : -errno;
	char line[1024]; /* names have at most 511 letters */
	uint64_t address;
	size_t room = 0;

	memset(found, 0, sizeof(*found));
	if (err)
		return err;
	setvbuf(f, NULL, _IOFBF, 1 << 16); /* else the kernel is asked for every 1 KiB */
	while (!err && fgets(line, sizeof(line), f)) {
		const char *name = function_of(line, &address);

		if (name && wanted(name, arg))
			err = add(found, &room, address, name);
	}
	if (!err && ferror(f))
		err = errno ? -errno : -EIO;
	fclose(f);
	sort(found);
	return err;
}

void kernel_functions_free(struct kernel_functions *found)
{
	for (size_t i = 0; i < found->count; i++)
		free(found->function[i].name);
	free(found->function);
	memset(found, 0, sizeof(*found));
}

size_t kernel_functions_same(const struct kernel_functions *found, size_t i)
{
	size_t n = 1;

	while (i + n < found->count &&
	       strcmp(found->function[i + n].name, found->function[i].name) == 0)
		n++;
	return n;
}
