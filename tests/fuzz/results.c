// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * results.c - any bytes as two files of results that are compared; a form feed ends the first one.
 * Without one, the file is compared with itself. What is printed is fit for a terminal.
 */
#include <stdbool.h>

#include "cli/commands.h"
#include "fuzz.h"

/* Compare, with both outputs in memory. */
static void compare(char *a, char *b, bool json)
{
	char name[] = "compare", option[] = "--json";
	char *argv[] = {name, a, b, json ? option : NULL, NULL};
	FILE *before[2] = {stdout, stderr};
	char *text[2] = {NULL, NULL};
	size_t size[2];
	int r;

	stdout = open_memstream(&text[0], &size[0]);
	stderr = open_memstream(&text[1], &size[1]);
	r = cmd_bench_compare(json ? 4 : 3, argv);
	fclose(stdout);
	fclose(stderr);
	stdout = before[0];
	stderr = before[1];
	FUZZ_PROMISE(r == 0 || r == 1);
	FUZZ_PROMISE(r == 0 || size[1]);
	for (int i = 0; i < 2; i++) {
		FUZZ_PROMISE(fuzz_is_fit(text[i], size[i]));
		free(text[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = size ? memchr(data, '\f', size) : NULL;
	size_t first = cut ? (size_t)(cut - data) : size;
	char a[40], b[40];
	int fd_a = fuzz_file(data, first, a);
	int fd_b = cut ? fuzz_file(cut + 1, size - first - 1, b) : fuzz_file(data, size, b);

	compare(a, b, false);
	compare(a, b, true);
	close(fd_a);
	close(fd_b);
	return 0;
}
