// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spans_cost.c - see spans_cost.h. One CPU, keys one after the other; the least of some rounds. */
#include <bpf/bpf.h>

#include "object.h"
#include "spans_cost.h"
#include "spans_test.h"

#define ROUNDS 15
#define PAIRS 200000

static const char *const ways[] = {"cost_none", "cost_spans", "cost_hash"};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* Nanoseconds of a pair, or 0 if it cannot be measured. */
static double pair_ns(const struct bpf_image *image, const char *name)
{
	struct spans_args args = {.operations = PAIRS, .buckets = 64, .seed = 1};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &args, .ctx_size_in = sizeof(args));
	int program = bpf_program__fd(bpf_object__find_program_by_name(image->object, name));
	double begin = now_s();

	if (bpf_prog_test_run_opts(program, &opts) || opts.retval)
		return 0;
	return (now_s() - begin) * 1e9 / PAIRS;
}

int spans_cost(const char *path)
{
	struct bpf_image image;
	double least[WAYS] = {0};

	object_open(&image, path);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(image.object, "table"), 64);
	if (bpf_image_load(&image))
		return 1;
	pin(0);
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < WAYS; i++) {
			double ns = pair_ns(&image, ways[i]);

			if (ns > 0 && (least[i] == 0 || ns < least[i]))
				least[i] = ns;
		}
	bpf_image_close(&image);
	printf("%-28s %8s\n", "A START AND ITS END", "NS");
	printf("%-28s %8.1f\n", "spans.h", least[1] - least[0]);
	printf("%-28s %8.1f\n", "hash map", least[2] - least[0]);
	printf("%-28s %8.1f\n", "loop and key, taken off", least[0]);
	return least[0] == 0 || least[1] == 0 || least[2] == 0;
}
