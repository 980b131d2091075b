// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * escape.c - any bytes as a name that is shown; the first one says how much room there is. What
 * comes out is fit for a terminal, on one line, fits its room, and no two texts look alike.
 */
#include <cjson/cJSON.h>

#include "cli/escape.h"
#include "cli/json_line.h"
#include "fuzz.h"

/* Undo what is done for a terminal. Returns the bytes in `out`. */
static size_t undo(const char *text, char *out)
{
	size_t n = 0;
	unsigned int byte;

	for (; *text; n++) {
		if (text[0] != '\\') {
			out[n] = *text++;
		} else if (text[1] == '\\') {
			out[n] = '\\';
			text += 2;
		} else {
			FUZZ_PROMISE(sscanf(text, "\\x%2x", &byte) == 1);
			out[n] = (char)byte;
			text += 4;
		}
	}
	return n;
}

static void check_output(enum escape_for output, const char *text, size_t size, size_t small)
{
	char *whole = malloc(ESCAPE_ROOM(size)), *cut = malloc(small), *printed, *back;
	size_t length;
	FILE *to = open_memstream(&printed, &length);

	escape_text(output, whole, ESCAPE_ROOM(size), text, size);
	FUZZ_PROMISE(fuzz_is_fit(whole, strlen(whole)) && !strchr(whole, '\n'));
	escape_text(output, cut, small, text, size);
	FUZZ_PROMISE(strlen(cut) < small && strncmp(cut, whole, strlen(cut)) == 0);
	FUZZ_PROMISE(fuzz_is_fit(cut, strlen(cut)));
	escape_print(output, to, text, size);
	fclose(to);
	FUZZ_PROMISE(length == strlen(whole) && memcmp(printed, whole, length) == 0);
	if (output == ESCAPE_TERMINAL || output == ESCAPE_FOLDED) {
		back = malloc(length + 1);
		FUZZ_PROMISE(undo(whole, back) == strnlen(text, size));
		FUZZ_PROMISE(memcmp(back, text, strnlen(text, size)) == 0);
		free(back);
	}
	if (output == ESCAPE_FOLDED)
		FUZZ_PROMISE(!strchr(whole, ';'));
	if (output == ESCAPE_XML)
		FUZZ_PROMISE(!strpbrk(whole, "<>\"'"));
	free(whole);
	free(cut);
	free(printed);
}

/* Undo what OpenMetrics escapes; what is left is as for a terminal. */
static void check_label(const char *text, size_t size)
{
	char *label = malloc(ESCAPE_ROOM(size)), *shown = malloc(ESCAPE_ROOM(size)), *to = label;

	escape_text(ESCAPE_LABEL, label, ESCAPE_ROOM(size), text, size);
	for (const char *from = label; *from; from++) {
		FUZZ_PROMISE(*from != '"');
		if (*from == '\\') {
			from++;
			FUZZ_PROMISE(*from == '\\' || *from == '"');
		}
		*to++ = *from;
	}
	*to = '\0';
	escape_text(ESCAPE_TERMINAL, shown, ESCAPE_ROOM(size), text, size);
	FUZZ_PROMISE(strcmp(label, shown) == 0);
	free(label);
	free(shown);
}

/* Through the printer of JSON lines, and read again. */
static void check_json(const char *text)
{
	cJSON *o = cJSON_CreateObject(), *again;
	char *line;

	cJSON_AddStringToObject(o, "k", text);
	line = json_line_text(o);
	FUZZ_PROMISE(line && fuzz_is_fit(line, strlen(line)));
	FUZZ_PROMISE(strchr(line, '\n') == line + strlen(line) - 1);
	again = cJSON_Parse(line);
	FUZZ_PROMISE(cJSON_IsString(cJSON_GetObjectItemCaseSensitive(again, "k")));
	cJSON_Delete(again);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (!size)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	for (int output = ESCAPE_TERMINAL; output <= ESCAPE_XML; output++)
		check_output((enum escape_for)output, (const char *)data + 1, size - 1,
			     1 + data[0]);
	check_label((const char *)data + 1, size - 1);
	check_json(text);
	free(text);
	return 0;
}
