// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ksyms.c - see ksyms.h. One arena of names and two arrays sorted by address and by name. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksyms.h"

struct symbol {
	uint64_t address;
	uint32_t name; /* offset in the arena */
};

struct ksyms {
	char *names;
	size_t names_size, names_used;
	struct symbol *symbols; /* by address */
	uint32_t *by_name; /* indices into symbols */
	size_t count, room;
};

static int add(struct ksyms *k, uint64_t address, const char *name)
{
	size_t length = strlen(name) + 1;

	if (k->names_used + length > k->names_size) {
		size_t size = k->names_size ? k->names_size * 2 : 1 << 20;
		char *names = realloc(k->names, size);

		if (!names)
			return -ENOMEM;
		k->names = names;
		k->names_size = size;
	}
	if (k->count == k->room) {
		size_t room = k->room ? k->room * 2 : 1 << 15;
		struct symbol *symbols = realloc(k->symbols, room * sizeof(*symbols));

		if (!symbols)
			return -ENOMEM;
		k->symbols = symbols;
		k->room = room;
	}
	memcpy(k->names + k->names_used, name, length);
	k->symbols[k->count].address = address;
	k->symbols[k->count++].name = (uint32_t)k->names_used;
	k->names_used += length;
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

static int by_name(const void *a, const void *b, void *arg)
{
	const struct ksyms *k = arg;

	return strcmp(k->names + k->symbols[*(const uint32_t *)a].name,
		      k->names + k->symbols[*(const uint32_t *)b].name);
}

static int read_all(struct ksyms *k, FILE *f)
{
	unsigned long long address;
	char line[1024], type, name[512];
	int err = 0;

	while (!err && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %c %511s", &address, &type, name) == 3 &&
		    strchr("tTwW", type))
			err = add(k, address, name);
	if (!err && ferror(f))
		err = -EIO;
	if (!err && !k->count)
		err = -ENOENT;
	return err;
}

static int sort(struct ksyms *k)
{
	qsort(k->symbols, k->count, sizeof(*k->symbols), by_address);
	k->by_name = malloc(k->count * sizeof(*k->by_name));
	if (!k->by_name)
		return -ENOMEM;
	for (size_t i = 0; i < k->count; i++)
		k->by_name[i] = (uint32_t)i;
	qsort_r(k->by_name, k->count, sizeof(*k->by_name), by_name, k);
	return 0;
}

struct ksyms *ksyms__load(void)
{
	struct ksyms *k = calloc(1, sizeof(*k));
	FILE *f = fopen("/proc/kallsyms", "re");
	int err = f ? 0 : -errno;

	if (!k)
		err = -ENOMEM;
	if (!err)
		err = read_all(k, f);
	if (!err)
		err = sort(k);
	if (f)
		fclose(f);
	if (!err)
		return k;
	ksyms__free(k);
	errno = -err;
	return NULL;
}

void ksyms__free(struct ksyms *k)
{
	if (!k)
		return;
	free(k->names);
	free(k->symbols);
	free(k->by_name);
	free(k);
}

bool ksyms__addresses_known(const struct ksyms *k)
{
	return k->symbols[k->count - 1].address != 0;
}

const char *ksyms__name(const struct ksyms *k, uint64_t address, uint64_t *offset)
{
	size_t low = 0, high = k->count;

	if (!ksyms__addresses_known(k))
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	*offset = address - k->symbols[low - 1].address;
	return k->names + k->symbols[low - 1].name;
}

static const char *name_at(const struct ksyms *k, size_t i)
{
	return k->names + k->symbols[k->by_name[i]].name;
}

bool ksyms__has_function(const struct ksyms *k, const char *name)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name_at(k, middle), name);

		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

int ksyms__for_each_function(const struct ksyms *k, int (*fn)(const char *name, void *arg),
			     void *arg)
{
	int r = 0;

	for (size_t i = 0; !r && i < k->count; i++)
		if (!i || strcmp(name_at(k, i), name_at(k, i - 1)))
			r = fn(name_at(k, i), arg);
	return r;
}
