// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* list.c - see latch/list.h */
#include <stdio.h>
#include <string.h>

#include "cli/json_line.h"
#include "cli/output_end.h"
#include "latch/list.h"
#include "latch/ops.h"
#include "latch/table.h"

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

int latches_show(bool json)
{
	if (json)
		return print_json();
	print_table();
	return output_end(stdout, NULL);
}
