/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* json_line.h - JSON for programs that read us: one object a line. */
#ifndef LATCHKIT_USER_CLI_JSON_LINE_H
#define LATCHKIT_USER_CLI_JSON_LINE_H

#include <cjson/cJSON.h>
#include <stdio.h>

/* Add an integer with all its 64 bits; cJSON itself keeps numbers as doubles. */
void json_add_u64(cJSON *to, const char *key, unsigned long long value);
/*
 * The object as a line with its newline, free(): valid UTF-8, whatever bytes its strings hold.
 * Deletes the object. Returns NULL: no memory.
 */
char *json_line_text(cJSON *object);
/*
 * Print the object as a line and flush it, so that a reader in a pipe sees it at once. Deletes the
 * object. Returns 0, or an errno: ENOMEM, or why the line could not be written.
 */
int json_line_print(cJSON *object, FILE *to);

#endif /* LATCHKIT_USER_CLI_JSON_LINE_H */
