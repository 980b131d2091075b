// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* keys.c - see trace/engine/keys.h */
#include <stdio.h>
#include <string.h>

#include "cli/numbers.h"
#include "cli/suggest.h"
#include "trace/engine/keys.h"
#include "trace/statement/key_names.h"

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
			 key_name((size_t)key), TRACE_STACK_DEPTH);
	else if (!frames_valid || (frames && !is_stack(key)))
		snprintf(why, size, "%s: takes no number; write %s", whole, key_name((size_t)key));
	else if (keys_have(list, (enum trace_key)key))
		snprintf(why, size, "%s: is there twice; leave one out", key_name((size_t)key));
	else
		return false;
	return true;
}

/* Is it not even a misspelled name, which has letters alone, and maybe a number in brackets? */
static bool is_expression(const char *text)
{
	static const char *const words[] = {"retval", "ns", "curtask"};
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz_");

	for (size_t i = 0; text[i]; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	if (strncmp(text, "arg", 3) == 0 && text[3] >= '0' && text[3] <= '9')
		return true;
	if (strncmp(text, "kstack(", 7) == 0 || strncmp(text, "ustack(", 7) == 0)
		return false;
	return text[letters] == '.' || (text[letters] == '(' && !letters) ||
	       strpbrk(text, "+-*/%&|^~!<>=[") != NULL || strncmp(text, "errno(", 6) == 0 ||
	       strncmp(text, "sym(", 4) == 0 || strncmp(text, "disk(", 5) == 0 ||
	       strncmp(text, "ntop(", 5) == 0 || strncmp(text, "str(", 4) == 0;
}

static bool add_expression(struct key_list *list, const char *text, char *why, size_t size)
{
	int i = 0;

	while (i < TRACE_KEY_EXPRS && list->expr[i][0] && strcmp(list->expr[i], text) != 0)
		i++;
	if (i == TRACE_KEY_EXPRS)
		snprintf(why, size, "%s: %d expressions are the most; leave one out", text, i);
	else if (list->expr[i][0])
		snprintf(why, size, "%s: is there twice; leave one out", text);
	if (i == TRACE_KEY_EXPRS || list->expr[i][0])
		return false;
	snprintf(list->expr[i], sizeof(list->expr[i]), "%s", text);
	list->key[list->count++] = (enum trace_key)(KEY_EXPR + i);
	list->by |= KEY_BIT(KEY_EXPR + i);
	return true;
}

static bool add(struct key_list *list, char *name, char *why, size_t size)
{
	unsigned int frames;
	bool valid;
	char whole[64];
	int key;

	if (is_expression(name))
		return add_expression(list, name, why, size);
	snprintf(whole, sizeof(whole), "%.60s", name);
	valid = take_frames(name, &frames);
	key = key_find(name);
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

/* How long the first key of a text is: up to a comma that is in no brackets. */
static size_t key_length(const char *text)
{
	size_t length = 0;

	for (int depth = 0; text[length] && (depth > 0 || text[length] != ','); length++)
		depth += (text[length] == '(' || text[length] == '[') -
			 (text[length] == ')' || text[length] == ']');
	return length;
}

const char *key_title(const struct key_list *list, enum trace_key key)
{
	if (key >= KEY_EXPR)
		return list->expr[key - KEY_EXPR];
	return key_name((size_t)key);
}

bool keys_parse(const char *text, struct key_list *list, char *why, size_t size)
{
	memset(list, 0, sizeof(*list));
	for (const char *from = text;; from++) {
		size_t length = key_length(from);
		char name[KEY_EXPR_TEXT];

		if (length >= sizeof(name)) {
			snprintf(why, size, "%.40s...: no such key: it has more than %zu letters",
				 from, sizeof(name) - 1);
			return false;
		}
		snprintf(name, sizeof(name), "%.*s", (int)length, from);
		if (!add(list, name, why, size))
			return false;
		from += length;
		if (!*from)
			return true;
	}
}
