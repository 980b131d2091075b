// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* json_line.c - see cli/json_line.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "cli/json_line.h"

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
	if (text)
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
	return err;
}
