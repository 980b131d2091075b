// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* comparison.c - see bench/results/comparison.h. */
#include <string.h>

#include "bench/results/comparison.h"

const char *const bench_compare_keys[] = {
	"kernel",   "machine",	"cpu",	  "microcode", "cpus",	  "smt",
	"governor", "latchkit", "commit", "compiler",  "options", NULL,
};

bool bench_compare_environment(const struct bench_compared *c, const char *key, char (*texts)[256])
{
	bench_file_environment(c->a, key, texts[0], sizeof(texts[0]));
	bench_file_environment(c->b, key, texts[1], sizeof(texts[1]));
	return strcmp(texts[0], texts[1]) != 0;
}
