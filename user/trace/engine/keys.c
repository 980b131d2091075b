// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys.c - see trace/engine/keys.h */
#include <stdio.h>
#include <string.h>

#include <latchkit/keyed.h>

#include "cli/numbers.h"
#include "cli/suggest.h"
#include "trace/engine/keys.h"

bool keys_have(const struct key_list *list, enum trace_key key)
{
	return list->by & KEY_BIT(key);
}

/* Cut "(N)" off a name; *frames: N, or 0 without it. Returns false if it is something else. */
static bool take_frames(char *name, unsigned int *frames)
{
	char *open = strchr(name, '('), *close = open ? strchr(open, ')') : NULL;
	unsigned long long n;

	*frames = 0;
	if (!open)
		return true;
	if (!close || close[1])
		return false;
	*open = *close = '\0';
	if (!number_parse(open + 1, 10, 1, TRACE_STACK_DEPTH, &n))
		return false;
	*frames = (unsigned int)n;
	return true;
}

static bool add(struct key_list *list, char *name, char *why, size_t size)
{
	char whole[64];
	struct suggest near;
	unsigned int frames;
	bool has_frames;
	int key;

	snprintf(whole, sizeof(whole), "%s", name);
	has_frames = take_frames(name, &frames);
	key = key_find(name);
	suggest_init(&near, name);
	suggest_offer_names(&near, key_name, KEYS);
	if (key < 0)
		snprintf(why, size, "%s: no such key; %s", whole,
			 suggest_hint(&near, "there are comm, pid, tid, uid, cpu, cgroup, probe, "
					     "func, kstack and ustack"));
	else if (!has_frames || (frames && key != KEY_KSTACK && key != KEY_USTACK))
		snprintf(why, size, "%s: %s", whole,
			 key == KEY_KSTACK || key == KEY_USTACK
				 ? "how many frames? Write kstack(5), from 1 to 127"
				 : "takes no number");
	else if (keys_have(list, (enum trace_key)key))
		snprintf(why, size, "%s: is there twice", key_name((size_t)key));
	else {
		list->by |= KEY_BIT(key);
		list->key[list->count++] = (enum trace_key)key;
		if (key == KEY_KSTACK)
			list->kstack_frames = frames;
		if (key == KEY_USTACK)
			list->ustack_frames = frames;
		return true;
	}
	return false;
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
	if (words > KEYED_MAX_KEY_WORDS)
		snprintf(why, size, "%s: a key of %u words, %d are the most; leave out %s", text,
			 words, KEYED_MAX_KEY_WORDS,
			 keys_have(list, KEY_TID) ? "tid or comm" : "comm or pid");
	return words <= KEYED_MAX_KEY_WORDS;
}
