// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit list: the latch variants and their properties, from variants.def. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/output_end.h"
#include "latch/table.h"
#include "cli/json_line.h"
#include "latch/ops.h"

static const struct argp_option options[] = {
	{"json", 'j', NULL, 0, "one JSON object with an array `variants`", 0},
	{0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	if (key == 'j')
		*json = true;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "%s: list takes no arguments; see --help", arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static bool is_default(const struct latch_variant *v)
{
	return strcmp(v->name, LATCH_DEFAULT) == 0;
}

static void print_table(void)
{
	printf("%-22s %-15s %-10s %-10s %-8s %-4s %s\n", "VARIANT", "SOUNDNESS", "WRITER", "READER",
	       "REFUSES", "NMI", "PROMISE");
	for (size_t i = 0; i < latch_variants_count(); i++) {
		const struct latch_variant *v = latch_variant_get(i);

		printf("%-22s %-15s %-10s %-10s %-8s %-4s %s%s\n", v->name, v->soundness_name,
		       v->writer, v->reader, v->refuses, v->nmi_safe ? "yes" : "no", v->promise,
		       is_default(v) ? " (the default)" : "");
	}
}

static cJSON *variant_json(const struct latch_variant *v)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "name", v->name);
	cJSON_AddStringToObject(o, "soundness", v->soundness_name);
	cJSON_AddStringToObject(o, "writer", v->writer);
	cJSON_AddStringToObject(o, "reader", v->reader);
	cJSON_AddStringToObject(o, "refuses", v->refuses);
	cJSON_AddBoolToObject(o, "nmi_safe", v->nmi_safe);
	cJSON_AddBoolToObject(o, "default", is_default(v));
	cJSON_AddNumberToObject(o, "publish_bytes_64", 8.0 * (double)v->ops->publish_words(8));
	cJSON_AddNumberToObject(o, "accumulate_bytes_64",
				8.0 * (double)v->ops->accumulate_words(8));
	cJSON_AddStringToObject(o, "promise", v->promise);
	return o;
}

/* Returns 0 or an exit code. */
static int print_json(void)
{
	cJSON *root = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(root, "variants");

	for (size_t i = 0; i < latch_variants_count(); i++)
		cJSON_AddItemToArray(list, variant_json(latch_variant_get(i)));
	json_line_print(root, stdout);
	return output_end(stdout, NULL);
}

int cmd_list(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse_option, NULL, "List the latch variants and their properties.",
		NULL,	 NULL,	       NULL,
	};
	bool json = false;

	if (arguments_parse(&argp, argc, argv, &json))
		return EXIT_FAILED;
	if (json)
		return print_json();
	print_table();
	return output_end(stdout, NULL);
}
