// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* json_line.c - see cli/json_line.h */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/json_line.h"

static bool out_of_memory; /* cJSON was refused memory since the line before */
static int first_error; /* of the lines printed */

static void *allocate(size_t size)
{
	void *memory = malloc(size);

	out_of_memory |= !memory;
	return memory;
}

static __attribute__((constructor)) void watch_allocations(void)
{
	cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = free};

	cJSON_InitHooks(&hooks);
}

/* Has there been memory for everything since this was asked last? */
static bool had_memory(void)
{
	bool had = !out_of_memory;

	out_of_memory = false;
	return had;
}

void json_add_u64(cJSON *to, const char *key, unsigned long long value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", value);
	cJSON_AddRawToObject(to, key, digits);
}

char *json_line_text(cJSON *object)
{
	char *text = cJSON_PrintUnformatted(object), *line = NULL;
	size_t room = text ? ESCAPE_ROOM(strlen(text)) + 1 : 0;

	cJSON_Delete(object);
	if (had_memory() && text)
		line = malloc(room);
	if (line)
		strcat(escape_text(ESCAPE_JSON, line, room, text, strlen(text)), "\n");
	free(text);
	return line;
}

int json_line_print(cJSON *object, FILE *to)
{
	char *line = json_line_text(object);
	int err = line ? 0 : ENOMEM;

	errno = 0;
	if (line && (fputs(line, to) == EOF || fflush(to) || ferror(to)))
		err = errno ? errno : EIO;
	free(line);
	first_error = first_error ? first_error : err;
	return err;
}

int json_lines_end(void)
{
	int err = first_error;

	first_error = 0;
	return err;
}

cJSON *json_line_parse(const char *text)
{
	cJSON *object;

	had_memory();
	object = cJSON_ParseWithOpts(text, NULL, true);
	if (cJSON_IsObject(object))
		return object;
	cJSON_Delete(object);
	errno = had_memory() ? EINVAL : ENOMEM;
	return NULL;
}
