/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * json_line.h - JSON for programs that read us: one object a line, whole or not at all. cJSON drops
 * what it has no memory for, and says so in return values that would have to be looked at for every
 * key; here each allocation of cJSON is watched instead. For one thread.
 */
#ifndef LATCHKIT_USER_CLI_JSON_LINE_H
#define LATCHKIT_USER_CLI_JSON_LINE_H

#include <cjson/cJSON.h>
#include <stdio.h>

/* Add an integer with all its 64 bits; cJSON itself keeps numbers as doubles. */
void json_add_u64(cJSON *to, const char *key, unsigned long long value);
/*
 * The object as a line with its newline, free(): valid UTF-8, whatever bytes its strings hold.
 * Deletes the object. Returns NULL: no memory for it, or for anything that was made for an object
 * since the line before.
 */
char *json_line_text(cJSON *object);
/*
 * Print the object as a line and flush it, so that a reader in a pipe sees it at once. Deletes the
 * object. Returns 0, or an errno: ENOMEM (nothing of the line is printed), or why it could not be
 * written.
 */
int json_line_print(cJSON *object, FILE *to);
/*
 * After the last line: 0, or the errno of the first one that could not be printed since the last
 * call.
 */
int json_lines_end(void);
/*
 * Parse an object, the whole text, to be deleted by the caller. Returns NULL with errno EINVAL if
 * it is none, ENOMEM if there is no memory to tell.
 */
cJSON *json_line_parse(const char *text);

#endif /* LATCHKIT_USER_CLI_JSON_LINE_H */
