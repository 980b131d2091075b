// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_names.c - see trace/statement/key_names.h */
#include <string.h>

#include "bpf/trace/shared.h"
#include "trace/statement/key_names.h"

#define BEGIN "begin."

/* Each behind BEGIN. */
static const char *const names[KEYS] = {
	[KEY_COMM] = BEGIN "comm",     [KEY_PID] = BEGIN "pid",	  [KEY_TID] = BEGIN "tid",
	[KEY_UID] = BEGIN "uid",       [KEY_CPU] = BEGIN "cpu",	  [KEY_CGROUP] = BEGIN "cgroup",
	[KEY_PROBE] = BEGIN "probe",   [KEY_FUNC] = BEGIN "func", [KEY_KSTACK] = BEGIN "kstack",
	[KEY_USTACK] = BEGIN "ustack",
};

const char *key_name_begin(size_t key)
{
	return names[key] ? names[key] : "";
}

const char *key_name(size_t key)
{
	return names[key] ? names[key] + strlen(BEGIN) : "";
}

int key_find(const char *name)
{
	for (int i = 0; i < KEYS; i++)
		if (names[i] && strcmp(key_name((size_t)i), name) == 0)
			return i;
	return -1;
}
