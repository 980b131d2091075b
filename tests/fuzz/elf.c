// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* elf.c - any bytes as a program of which functions and static probes are listed. */
#include "fuzz.h"
#include "symbols/elf/elf.h"

struct last {
	char *name; /* of the function before; NULL: none yet */
	size_t count;
};

/* In order, each name once, with ascending places. */
static int see_function(const struct elf_function *f, void *arg)
{
	struct last *last = arg;

	FUZZ_PROMISE(f->name[0]);
	FUZZ_PROMISE(!last->name || strcmp(last->name, f->name) < 0);
	FUZZ_PROMISE(f->offset_count);
	for (size_t i = 1; i < f->offset_count; i++)
		FUZZ_PROMISE(f->offsets[i - 1] < f->offsets[i]);
	free(last->name);
	last->name = strdup(f->name);
	last->count++;
	return 0;
}

static int see_probe(const char *provider, const char *name, void *arg)
{
	*(size_t *)arg += strlen(provider) + strlen(name);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct last last = {0};
	size_t bytes = 0;
	char path[40];
	int fd = fuzz_file(data, size, path);

	FUZZ_PROMISE(elf_syms_for_each(path, see_function, &last) <= 0);
	FUZZ_PROMISE(elf_usdt_for_each(path, see_probe, &bytes) <= 0);
	free(last.name);
	close(fd);
	return 0;
}
