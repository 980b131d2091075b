// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* format_file.c - see trace/statement/expr/format_file.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols/tracepoints.h"
#include "trace/statement/expr/format_file.h"

bool format_file_line(const char *line, struct format_field *field)
{
	const char *from = strstr(line, "field:"), *end, *name;
	size_t type;

	if (!from)
		return false;
	from += strlen("field:");
	end = from + strcspn(from, ";[");
	while (end > from && end[-1] == ' ')
		end--;
	for (name = end; name > from && name[-1] != ' ' && name[-1] != '*';)
		name--;
	for (type = (size_t)(name - from); type && from[type - 1] == ' ';)
		type--;
	if (name == end || !type || strncmp(name, "common_", 7) == 0)
		return false;
	snprintf(field->name, sizeof(field->name), "%.*s", (int)(end - name), name);
	snprintf(field->type, sizeof(field->type), "%.*s", (int)type, from);
	return true;
}

int format_file_read(const char *category, const char *name,
		     bool (*fn)(const struct format_field *field, void *arg), void *arg)
{
	struct format_field field;
	char path[512], *line = NULL;
	size_t room = 0;
	FILE *f;
	int fd;

	snprintf(path, sizeof(path), "events/%s/%s/format", category, name);
	fd = tracefs_open(path);
	if (fd < 0)
		return fd;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return -ENOMEM;
	}
	while (getline(&line, &room, f) > 0)
		if (format_file_line(line, &field) && !fn(&field, arg))
			break;
	free(line);
	fclose(f);
	return 0;
}
