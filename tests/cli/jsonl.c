// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * jsonl.c - pick values out of JSON lines on standard input, and fail on a line that is not JSON.
 * Usage: jsonl TYPE KEY[.KEY]: of the objects of that "type", print the value; of probes, whose
 * counts run on, only the last line of each.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBES 2000

static struct {
	char *name, *value;
} last[PROBES];

static void keep(const char *name, char *value)
{
	int i = 0;

	while (i < PROBES - 1 && last[i].name && strcmp(last[i].name, name))
		i++;
	if (!last[i].name)
		last[i].name = strdup(name);
	free(last[i].value);
	last[i].value = value;
}

static char *pick(cJSON *object, char *keys)
{
	for (char *key = strtok(keys, "."); key && object; key = strtok(NULL, "."))
		object = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!object)
		return NULL;
	return cJSON_IsString(object) ? strdup(object->valuestring)
				      : cJSON_PrintUnformatted(object);
}

static int take(cJSON *object, const char *type, const char *path)
{
	const cJSON *is = cJSON_GetObjectItemCaseSensitive(object, "type");
	const cJSON *probe = cJSON_GetObjectItemCaseSensitive(object, "probe");
	char keys[256], *value;

	if (!cJSON_IsString(is) || strcmp(is->valuestring, type))
		return 0;
	snprintf(keys, sizeof(keys), "%s", path);
	value = pick(object, keys);
	if (!value)
		return 1;
	keep(cJSON_IsString(probe) ? probe->valuestring : type, value);
	return 0;
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;

	if (argc != 3)
		return 2;
	while (getline(&line, &size, stdin) > 0) {
		cJSON *object = cJSON_Parse(line);

		if (!object || take(object, argv[1], argv[2])) {
			fprintf(stderr, "jsonl: not JSON, or without %s: %s", argv[2], line);
			return 1;
		}
		cJSON_Delete(object);
	}
	for (int i = 0; i < PROBES && last[i].name; i++)
		puts(last[i].value);
	free(line);
	return 0;
}
