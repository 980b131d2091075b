// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kernel.c - see symbols/kernel.h. The names are in one arena; two arrays refer to it, one sorted
 * by address and, once it is needed, one by name. A symbol that is not a function is kept only
 * where it follows a function, as that function's end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/kernel.h"

/* An address further than this from the start of a function is not in it. */
#define FUNCTION_BYTES_MAX (1u << 20)

#define NOT_A_FUNCTION UINT32_MAX

/* Packed: 12 bytes instead of 16. */
struct symbol {
	uint64_t address;
	uint32_t name; /* place in the arena, or NOT_A_FUNCTION */
} __attribute__((packed));

struct ksyms {
	char *arena;
	size_t arena_used, arena_room;
	struct symbol *symbols; /* by address; one for each address */
	size_t symbols_count, symbols_room;
	size_t functions_count; /* names in the arena */
	uint32_t *names; /* places in the arena, by name, each name once; NULL until asked for */
	size_t names_count;
};

/* Returns the array with room for `need` elements, or NULL: out of memory, the array is as it was.
 */
static void *grow(void *array, size_t *room, size_t need, size_t element_size)
{
	size_t more = *room ? *room : 4096;

	if (need <= *room)
		return array;
	while (more < need)
		more *= 2;
	array = reallocarray(array, more, element_size);
	if (array)
		*room = more;
	return array;
}

/* Returns the array, cut to `count` elements (at least one) if possible. */
static void *shrink(void *array, size_t count, size_t element_size)
{
	void *smaller = reallocarray(array, count, element_size);

	return smaller ? smaller : array;
}

static int add_name(struct ksyms *k, const char *name, uint32_t *place)
{
	size_t size = strlen(name) + 1;
	char *arena;

	if (k->arena_used + size >= NOT_A_FUNCTION)
		return -EFBIG;
	arena = grow(k->arena, &k->arena_room, k->arena_used + size, 1);
	if (!arena)
		return -ENOMEM;
	k->arena = arena;
	*place = (uint32_t)k->arena_used;
	memcpy(arena + k->arena_used, name, size);
	k->arena_used += size;
	k->functions_count++;
	return 0;
}

static int add_symbol(struct ksyms *k, uint64_t address, const char *name)
{
	struct symbol *symbols =
		grow(k->symbols, &k->symbols_room, k->symbols_count + 1, sizeof(*symbols));
	uint32_t place = NOT_A_FUNCTION;
	int err;

	if (!symbols)
		return -ENOMEM;
	k->symbols = symbols;
	err = name ? add_name(k, name, &place) : 0;
	if (!err)
		symbols[k->symbols_count++] = (struct symbol){address, place};
	return err;
}

/* A line holds the address, the type, the name and, for one of a module, "[module]". */
static int add_line(struct ksyms *k, char *line)
{
	char *at = line, *name;
	uint64_t address = strtoull(line, &at, 16);

	if (at == line || at[0] != ' ' || !at[1] || at[2] != ' ')
		return 0;
	name = at + 3;
	name[strcspn(name, " \t\n")] = '\0';
	if (strchr("tTwW", at[1]) && *name)
		return add_symbol(k, address, name);
	return address ? add_symbol(k, address, NULL) : 0;
}

static int read_lines(struct ksyms *k, FILE *f)
{
	char line[1024]; /* names have at most 511 letters */
	int err = 0;

	while (!err && fgets(line, sizeof(line), f))
		err = add_line(k, line);
	if (!err && ferror(f))
		err = errno ? -errno : -EIO;
	if (!err && !k->arena_used)
		err = -ENODATA;
	return err;
}

static int compare_names(const void *a, const void *b, void *arena)
{
	return strcmp((char *)arena + *(const uint32_t *)a, (char *)arena + *(const uint32_t *)b);
}

/* The names, each once and in order, when they are first asked for. Without memory: none. */
static void sort_names(struct ksyms *k)
{
	size_t count = 0, kept = 0;

	if (k->names)
		return;
	k->names = calloc(k->functions_count, sizeof(*k->names));
	if (!k->names)
		return;
	for (size_t at = 0; at < k->arena_used; at += strlen(k->arena + at) + 1)
		k->names[count++] = (uint32_t)at;
	qsort_r(k->names, count, sizeof(*k->names), compare_names, k->arena);
	for (size_t i = 0; i < count; i++)
		if (!kept || compare_names(&k->names[i], &k->names[kept - 1], k->arena))
			k->names[kept++] = k->names[i];
	k->names_count = kept;
	k->names = shrink(k->names, kept, sizeof(*k->names));
}

/* At one address: functions first, in the file's order. */
static int compare_symbols(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Is the symbol needed after `last`, the one kept before it? */
static bool is_needed(const struct symbol *s, const struct symbol *last)
{
	if (s->name != NOT_A_FUNCTION)
		return !last || s->address != last->address;
	return last && last->name != NOT_A_FUNCTION && s->address != last->address;
}

static void sort_symbols(struct ksyms *k)
{
	struct symbol *last = NULL;
	size_t kept = 0;

	qsort(k->symbols, k->symbols_count, sizeof(*k->symbols), compare_symbols);
	for (size_t i = 0; i < k->symbols_count; i++) {
		if (!is_needed(&k->symbols[i], last))
			continue;
		last = &k->symbols[kept++];
		*last = k->symbols[i];
	}
	k->symbols_count = kept;
	k->symbols = shrink(k->symbols, kept, sizeof(*k->symbols));
	k->arena = shrink(k->arena, k->arena_used, 1);
}

struct ksyms *ksyms__load_file(const char *path)
{
	struct ksyms *k = calloc(1, sizeof(*k));
	FILE *f = k ? fopen(path, "re") : NULL;
	int err = f ? 0 : -errno;

	if (f)
		setvbuf(f, NULL, _IOFBF, 1 << 16); /* else the kernel is asked for every 1 KiB */
	if (!err)
		err = read_lines(k, f);
	if (!err)
		sort_symbols(k);
	if (f)
		fclose(f);
	if (!err)
		return k;
	ksyms__free(k);
	errno = -err;
	return NULL;
}

struct ksyms *ksyms__load(void)
{
	return ksyms__load_file("/proc/kallsyms");
}

void ksyms__free(struct ksyms *k)
{
	if (!k)
		return;
	free(k->arena);
	free(k->symbols);
	free(k->names);
	free(k);
}

bool ksyms__addresses_known(const struct ksyms *k)
{
	return k->symbols[k->symbols_count - 1].address != 0;
}

const char *ksyms__name(const struct ksyms *k, uint64_t addr, uint64_t *offset)
{
	size_t low = 0, high = k->symbols_count;
	const struct symbol *s;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->symbols[middle].address <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || !ksyms__addresses_known(k))
		return NULL;
	s = &k->symbols[low - 1];
	if (s->name == NOT_A_FUNCTION || addr - s->address >= FUNCTION_BYTES_MAX)
		return NULL;
	if (offset)
		*offset = addr - s->address;
	return k->arena + s->name;
}

bool ksyms__describe(const struct ksyms *k, uint64_t addr, char *buf, size_t size)
{
	uint64_t offset = 0;
	const char *name = k ? ksyms__name(k, addr, &offset) : NULL;

	buf[0] = '\0';
	if (name)
		snprintf(buf, size, "%s+%#llx", name, (unsigned long long)offset);
	return name;
}

bool ksyms__has_function(struct ksyms *k, const char *name)
{
	size_t low = 0, high;

	sort_names(k);
	high = k->names_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, k->arena + k->names[middle]);

		if (!order)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

int ksyms__for_each_function(struct ksyms *k, int (*fn)(const char *name, void *arg), void *arg)
{
	int r = 0;

	sort_names(k);
	for (size_t i = 0; !r && i < k->names_count; i++)
		r = fn(k->arena + k->names[i], arg);
	return r;
}
