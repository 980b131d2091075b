// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* show.c - see trace/recipe/show.h */
#include <stdio.h>

#include "cli/columns.h"
#include "cli/diag.h"
#include "cli/json_line.h"
#include "cli/output_end.h"
#include "trace/recipe/files.h"
#include "trace/recipe/show.h"

static int print_table(const struct recipes *all)
{
	struct columns table = {.width = 2};
	bool whole;

	columns_add(&table, "RECIPE");
	columns_add(&table, "SHOWS");
	for (size_t i = 0; i < all->count; i++) {
		columns_add(&table, "@%s", all->recipe[i].name);
		columns_add(&table, "%s", all->recipe[i].help);
	}
	whole = columns_print(&table, stdout);
	columns_free(&table);
	return whole ? output_end(stdout, NULL) : fail("list: out of memory");
}

static cJSON *ways_json(const struct recipe *r)
{
	cJSON *ways = cJSON_CreateArray();

	for (size_t i = 0; i < r->ways; i++) {
		cJSON *words = cJSON_CreateArray();

		for (size_t j = 0; j < r->way[i].words; j++)
			cJSON_AddItemToArray(words, cJSON_CreateString(r->way[i].word[j]));
		cJSON_AddItemToArray(ways, words);
	}
	return ways;
}

static int print_json(const struct recipes *all)
{
	cJSON *root = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(root, "recipes");

	for (size_t i = 0; i < all->count; i++) {
		const struct recipe *r = &all->recipe[i];
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "name", r->name);
		cJSON_AddStringToObject(o, "help", r->help);
		cJSON_AddStringToObject(o, "file", r->file);
		cJSON_AddNumberToObject(o, "line", r->line);
		cJSON_AddItemToObject(o, "ways", ways_json(r));
		cJSON_AddItemToArray(list, o);
	}
	json_line_print(root, stdout);
	return output_end(stdout, NULL);
}

int recipes_show(bool json)
{
	struct recipes all;
	int r = recipes_read(&all);

	if (!r)
		r = json ? print_json(&all) : print_table(&all);
	recipes_free(&all);
	return r;
}
