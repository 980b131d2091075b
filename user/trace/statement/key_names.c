// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_names.c - see trace/statement/key_names.h */
#include <string.h>

#include "bpf/trace/shared.h"
#include "trace/statement/key_names.h"

static const char *const names[KEYS] = {
	[KEY_COMM] = "comm",	 [KEY_PID] = "pid",   [KEY_TID] = "tid",
	[KEY_UID] = "uid",	 [KEY_CPU] = "cpu",   [KEY_CGROUP] = "cgroup",
	[KEY_PROBE] = "probe",	 [KEY_FUNC] = "func", [KEY_KSTACK] = "kstack",
	[KEY_USTACK] = "ustack",
};

const char *key_name(size_t key)
{
	return names[key] ? names[key] : "";
}

int key_find(const char *name)
{
	for (int i = 0; i < KEYS; i++)
		if (names[i] && strcmp(names[i], name) == 0)
			return i;
	return -1;
}
