// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys.c - see trace/engine/keys.h */
#include <stdio.h>
#include <string.h>

#include <latchkit/keyed.h>

#include "cli/numbers.h"
#include "cli/suggest.h"
#include "trace/engine/keys.h"

static const char *const names[KEYS] = {
	[KEY_COMM] = "comm",	 [KEY_PID] = "pid",   [KEY_TID] = "tid",
	[KEY_UID] = "uid",	 [KEY_CPU] = "cpu",   [KEY_CGROUP] = "cgroup",
	[KEY_PROBE] = "probe",	 [KEY_FUNC] = "func", [KEY_KSTACK] = "kstack",
	[KEY_USTACK] = "ustack",
};

const char *key_name(size_t key)
{
	return names[key];
}

bool keys_have(const struct key_list *list, enum trace_key key)
{
	return list->by & KEY_BIT(key);
}

static int find(const char *name)
{
	for (int i = 0; i < KEYS; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

/* Cut "(N)" off a name; *frames: N, or 0 without it. Returns false if it is something else. */
static bool take_frames(char *name, unsigned int *frames)
{
	char *open = strchr(name, '('), *close = open ? strchr(open, ')') : NULL;
	unsigned long long n;

	*frames = 0;
	if (!open)
		return true;
	*open = '\0';
	if (!close || close[1])
		return false;
	*close = '\0';
	if (!number_parse(open + 1, 10, 1, TRACE_STACK_DEPTH, &n))
		return false;
	*frames = (unsigned int)n;
	return true;
}

static bool is_stack(int key)
{
	return key == KEY_KSTACK || key == KEY_USTACK;
}

static void explain_unknown(const char *whole, const char *name, char *why, size_t size)
{
	struct suggest near;

	if (!*whole) {
		snprintf(why, size, ": an empty key; write comm,pid");
		return;
	}
	suggest_init(&near, name);
	suggest_offer_names(&near, key_name, KEYS);
	snprintf(why, size, "%s: no such key; %s", whole,
		 suggest_hint(&near, "there are comm, pid, tid, uid, cpu, cgroup, probe, func, "
				     "kstack and ustack"));
}

/* Is something else wrong with a key that there is? */
static bool explain_known(const struct key_list *list, int key, bool frames_valid, bool frames,
			  const char *whole, char *why, size_t size)
{
	if (is_stack(key) && !frames_valid)
		snprintf(why, size, "%s: how many frames? Write %s(5), from 1 to %d", whole,
			 names[key], TRACE_STACK_DEPTH);
	else if (!frames_valid || (frames && !is_stack(key)))
		snprintf(why, size, "%s: takes no number; write %s", whole, names[key]);
	else if (keys_have(list, (enum trace_key)key))
		snprintf(why, size, "%s: is there twice; leave one out", names[key]);
	else
		return false;
	return true;
}

static bool add(struct key_list *list, char *name, char *why, size_t size)
{
	unsigned int frames;
	bool valid;
	char whole[64];
	int key;

	snprintf(whole, sizeof(whole), "%s", name);
	valid = take_frames(name, &frames);
	key = find(name);
	if (key < 0) {
		explain_unknown(whole, name, why, size);
		return false;
	}
	if (explain_known(list, key, valid, frames != 0, whole, why, size))
		return false;
	list->by |= KEY_BIT(key);
	list->key[list->count++] = (enum trace_key)key;
	if (key == KEY_KSTACK)
		list->kstack_frames = frames;
	if (key == KEY_USTACK)
		list->ustack_frames = frames;
	return true;
}

bool keys_parse(const char *text, struct key_list *list, char *why, size_t size)
{
	unsigned int words;

	memset(list, 0, sizeof(*list));
	for (const char *from = text;; from++) {
		size_t length = strcspn(from, ",");
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)(length < 60 ? length : 60), from);
		if (!add(list, name, why, size))
			return false;
		from += length;
		if (!*from)
			break;
	}
	words = key_part_at(list->by, KEY_PARTS);
	/* There are so many only with both. */
	if (words > KEYED_MAX_KEY_WORDS)
		snprintf(why, size, "%s: a key of %u words, %d are the most; leave out tid or comm",
			 text, words, KEYED_MAX_KEY_WORDS);
	return words <= KEYED_MAX_KEY_WORDS;
}
