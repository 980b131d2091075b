// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* format_file.c - see trace/statement/expr/format_file.h */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols/tracepoints.h"
#include "trace/statement/expr/format_file.h"
#include "trace/statement/expr/typename.h"

/* The number behind a word such as "offset:". */
static unsigned int number_of(const char *line, const char *word)
{
	const char *at = strstr(line, word);

	return at ? (unsigned int)strtoul(at + strlen(word), NULL, 10) : 0;
}

static size_t without_blanks(const char *from, size_t length)
{
	while (length && from[length - 1] == ' ')
		length--;
	return length;
}

/* Leave the "[16]" behind the name out. */
static size_t without_index(const char *from, size_t length)
{
	size_t all = length;

	if (!length || from[length - 1] != ']')
		return length;
	while (length && from[length - 1] != '[')
		length--;
	return length ? length - 1 : all;
}

bool format_file_line(const char *line, struct format_field *field)
{
	const char *from = strstr(line, "field:");
	size_t all, end, name, type;

	*field = (struct format_field){.size = 0};
	if (!from)
		return false;
	from += strlen("field:");
	all = without_blanks(from, strcspn(from, ";"));
	end = without_index(from, all);
	for (name = end; name && from[name - 1] != ' ' && from[name - 1] != '*';)
		name--;
	type = without_blanks(from, name);
	if (name == end || !type || strncmp(from + name, "common_", 7) == 0)
		return false;
	snprintf(field->name, sizeof(field->name), "%.*s", (int)(end - name), from + name);
	snprintf(field->type, sizeof(field->type), "%.*s", (int)type, from);
	field->offset = number_of(line, "offset:");
	field->size = number_of(line, "size:");
	field->is_signed = number_of(line, "signed:");
	snprintf(field->index, sizeof(field->index), "%.*s", (int)(all - end), from + end);
	return true;
}

struct ctype format_type(const struct btf *btf, const char *text)
{
	char copy[96], *save, name[96] = "";
	enum type_tag tag = TAG_NONE;
	struct ctype type = {0};
	size_t stars = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (const char *c = copy; *c; c++)
		stars += *c == '*';
	copy[strcspn(copy, "*")] = '\0';
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, "const") == 0)
			continue;
		if (strcmp(word, "struct") == 0 || strcmp(word, "union") == 0 ||
		    strcmp(word, "enum") == 0)
			tag = *word == 's' ? TAG_STRUCT : *word == 'u' ? TAG_UNION : TAG_ENUM;
		else
			snprintf(name + strlen(name), sizeof(name) - strlen(name), "%s%s",
				 *name ? " " : "", word);
	}
	if (!ctype_find(btf, tag, name, &type, NULL))
		type = ctype_int(8, false);
	if (!stars)
		return type;
	return (struct ctype){.kind = CTYPE_POINTER, .size = 8, .id = stars == 1 ? type.id : 0};
}

static bool is_scalar(unsigned int size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

struct ctype format_field_type(const struct btf *btf, const struct format_field *field)
{
	struct ctype type;

	if (format_field_place(field) != PLACE_FIELD)
		return (struct ctype){.kind = CTYPE_POINTER, .size = 8};
	if (field->index[0] || !is_scalar(field->size))
		return (struct ctype){.kind = CTYPE_ARRAY, .size = field->size};
	type = format_type(btf, field->type);
	if ((type.kind != CTYPE_INT && type.kind != CTYPE_POINTER) || type.size != field->size)
		type = ctype_int(field->size, field->is_signed);
	return type;
}

enum format_place format_field_place(const struct format_field *field)
{
	if (strncmp(field->type, "__data_loc ", 11) == 0)
		return PLACE_DYNAMIC;
	return strncmp(field->type, "__rel_loc ", 10) == 0 ? PLACE_RELATIVE : PLACE_FIELD;
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
