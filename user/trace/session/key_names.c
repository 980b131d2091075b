// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* key_names.c - see trace/session/key_names.h */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/clock.h"
#include "trace/session/key_exprs.h"
#include "trace/session/key_names.h"
#include "trace/session/stacks.h"

const lk_u64 *key_part_of(const struct trace *t, const struct key_row *row, enum key_part part)
{
	return row->key + key_part_at(t->options->engine.keys.by, part);
}

static bool has(const struct trace *t, enum trace_key key)
{
	return keys_have(&t->options->engine.keys, key);
}

/*
 * -- what may be forgotten soon -----------------------------------------------------------------
 */

static void look_at_process(const struct trace *t, const struct key_row *row, struct key_names *n)
{
	const lk_u64 *of =
		key_part_of(t, row, has(t, KEY_PID) ? KEY_PART_PROCESS : KEY_PART_THREAD);
	struct process thread, leader;

	/* Idle CPUs: no process, so that the registry does not know them. */
	if (!(unsigned int)of[0])
		strcpy(n->process, "swapper");
	if (n->ended || !trace_process(t, (unsigned int)of[0], of[1], &thread) ||
	    !trace_process(t, thread.tgid, thread.leader_start_ns, &leader))
		return;
	memcpy(n->process, leader.name, sizeof(leader.name));
	n->ended = leader.end_ns != 0;
}

static void look_at_cgroup(const struct trace *t, const struct key_row *row, struct key_names *n)
{
	char path[PATH_MAX];

	if (!n->cgroup &&
	    trace_cgroup(t, *key_part_of(t, row, KEY_PART_CGROUP), path, sizeof(path)))
		n->cgroup = strdup(path); /* else it is tried again */
}

void key_names_look(const struct trace *t, const struct key_row *row, struct key_names *n)
{
	if (has(t, KEY_PID) || has(t, KEY_TID))
		look_at_process(t, row, n);
	if (has(t, KEY_CGROUP))
		look_at_cgroup(t, row, n);
}

void keys_look(struct trace *t)
{
	for (int which = 0; which < TABLES; which++) {
		struct key_rows *rows = &t->reader->keyed[which];

		if (rows->row && !t->names[which])
			t->names[which] = calloc(keyed_places(&rows->table), sizeof(**t->names));
		for (size_t at = 0; t->names[which] && at < rows->used; at++)
			if (rows->row[at].known)
				key_names_look(t, &rows->row[at], &t->names[which][at]);
	}
}

/*
 * -- texts --------------------------------------------------------------------------------------
 */

static struct trace_stack_key addresses_of(const struct trace *t, const struct key_row *row)
{
	const lk_u64 *process = key_part_of(t, row, KEY_PART_PROCESS);
	const lk_u64 *stacks = key_part_of(t, row, KEY_PART_STACKS);
	struct trace_stack_key key = {.kernel_stack = -1, .user_stack = -1};

	if (has(t, KEY_USTACK) || has(t, KEY_FUNC)) {
		key.tgid = (unsigned int)process[0];
		key.program = (unsigned int)(process[0] >> 32);
		key.start_ns = process[1];
	}
	if (has(t, KEY_KSTACK))
		key.kernel_stack = (int)(unsigned int)stacks[0];
	if (has(t, KEY_USTACK))
		key.user_stack = (int)(unsigned int)(stacks[0] >> 32);
	return key;
}

/* The function at an address: of the kernel as in folded stacks, with _[k]. */
static char *function_text(const struct trace *t, const struct key_row *row)
{
	struct trace_stack_key key = addresses_of(t, row);
	struct usyms_program program = {key.tgid, key.program, key.start_ns};
	unsigned long long ip = *key_part_of(t, row, KEY_PART_IP), offset;
	const char *name;
	char buf[1024], *text = NULL;

	if ((long long)ip > 0) {
		usyms__name(t->usyms, &program, ip, !t->options->raw_symbols, buf, sizeof(buf));
		return strdup(buf);
	}
	name = t->ksyms ? ksyms__name(t->ksyms, ip, (uint64_t *)&offset) : NULL;
	return asprintf(&text, "%s_[k]", name ? name : "[kernel]") < 0 ? NULL : text;
}

/* One stack, without its first semicolon; why there is none in brackets. */
static char *stack_text(const struct trace *t, const struct key_row *row, bool user)
{
	struct trace_stack_key key = addresses_of(t, row);
	const struct key_list *keys = &t->options->engine.keys;
	int id = user ? key.user_stack : key.kernel_stack;
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);
	bool failed;

	if (!to)
		return NULL;
	if (id == -EEXIST || id == -ENOMEM)
		fputs(";[lost]", to);
	else if (user)
		stack_print_user(t, &key, keys->ustack_frames, to);
	else
		stack_print_kernel(t, &key, keys->kstack_frames, to);
	if (ftell(to) == 0)
		fputs(";[none]", to);
	failed = ferror(to);
	/* Without memory there may be no text though it was closed. */
	if (fclose(to) || failed || !text) {
		free(text);
		return NULL;
	}
	memmove(text, text + 1, length);
	return text;
}

static char *number_text(unsigned long long number)
{
	char *text;

	return asprintf(&text, "%llu", number) < 0 ? NULL : text;
}

static char *cgroup_text(const struct trace *t, const struct key_row *row,
			 const struct key_names *n)
{
	return n->cgroup ? strdup(n->cgroup) : number_text(*key_part_of(t, row, KEY_PART_CGROUP));
}

/*
 * Texts of addresses stay: what they mean was noted when they were first seen. But what a process
 * has mapped may be learned later, see keys_catch_up().
 */
static char *address_text(const struct trace *t, const struct key_row *row, struct key_names *n,
			  enum trace_key key)
{
	char *text;

	if (n->text[key])
		return strdup(n->text[key]);
	text = key == KEY_FUNC ? function_text(t, row) : stack_text(t, row, key == KEY_USTACK);
	if (text && !strstr(text, "[unknown]"))
		n->text[key] = strdup(text);
	return text;
}

char *key_text(const struct trace *t, const struct key_row *row, struct key_names *n,
	       enum trace_key key)
{
	unsigned long long small = *key_part_of(t, row, KEY_PART_SMALL);

	switch (key) {
	case KEY_COMM:
		return strndup((const char *)key_part_of(t, row, KEY_PART_COMM), 16);
	case KEY_PID:
		return number_text((unsigned int)*key_part_of(t, row, KEY_PART_PROCESS));
	case KEY_TID:
		return number_text(*key_part_of(t, row, KEY_PART_THREAD));
	case KEY_UID:
		return number_text(small >> 32);
	case KEY_CPU:
		return number_text(small >> 16 & 0xffff);
	case KEY_CGROUP:
		return cgroup_text(t, row, n);
	case KEY_PROBE:
		return strdup(t->probes.probe[row->probe].name);
	case KEY_FUNC:
	case KEY_KSTACK:
	case KEY_USTACK:
		return address_text(t, row, n, key);
	default:
		return key_expr_text(t, row, (int)key - KEY_EXPR);
	}
}

/*
 * -- user addresses -----------------------------------------------------------------------------
 */

/* Look up the names of a key's user addresses, as far as they are known by now. */
static void name_row(const struct trace *t, int which, size_t at)
{
	const struct key_row *row = &t->reader->keyed[which].row[at];
	struct key_names *n = &t->names[which][at];

	if (has(t, KEY_FUNC))
		free(address_text(t, row, n, KEY_FUNC));
	if (has(t, KEY_USTACK))
		free(address_text(t, row, n, KEY_USTACK));
}

/* Note what the process of a key has mapped, then. */
static void see_row(const struct trace *t, int which, size_t at)
{
	const struct key_row *row = &t->reader->keyed[which].row[at];
	const lk_u64 *ip = key_part_of(t, row, KEY_PART_IP);
	struct stack_event e = {
		.kind = PROCESS_STACK,
		.key = addresses_of(t, row),
		.ip = has(t, KEY_FUNC) && (long long)*ip > 0 ? *ip : 0,
		.time_ns = clock_boottime_ns(),
	};

	e.numbers.here = e.numbers.inner = e.key.tgid;
	if (e.key.tgid)
		stacks_seen(t, &e);
	/* At once: before others of these are, for which it may be forgotten. */
	name_row(t, which, at);
}

static bool has_names(const struct trace *t, const struct key_names *n)
{
	return (!has(t, KEY_FUNC) || n->text[KEY_FUNC]) &&
	       (!has(t, KEY_USTACK) || n->text[KEY_USTACK]);
}

/* Do that with all keys whose user addresses have no names yet. */
static void name_all(struct trace *t, void (*name)(const struct trace *t, int which, size_t at))
{
	reader_find_keys(t->reader);
	keys_look(t);
	for (int which = 0; which < TABLES; which++)
		for (size_t at = 0; t->names[which] && at < t->reader->keyed[which].used; at++)
			if (t->reader->keyed[which].row[at].known &&
			    !has_names(t, &t->names[which][at]))
				name(t, which, at);
}

void keys_name_soon(struct trace *t)
{
	if (!t->reader || ++t->keys_unnamed < USYMS_PROGRAMS / 2)
		return;
	t->keys_unnamed = 0;
	name_all(t, name_row);
}

/* How often all keys may be looked at. */
#define SEE_ALL_NS 1000000000ULL

bool keys_catch_up(struct trace *t)
{
	unsigned long long lost = t->engine->counted ? t->engine->counted->stack_events_lost : 0;
	unsigned long long now = clock_now_ns();

	if (lost == t->key_events_lost || (!has(t, KEY_USTACK) && !has(t, KEY_FUNC)))
		return false;
	if (now - t->keys_seen_ns <= SEE_ALL_NS)
		return true;
	name_all(t, see_row);
	t->key_events_lost = lost;
	t->keys_seen_ns = now;
	return false;
}

void key_names_free(struct key_names *n)
{
	free(n->cgroup);
	for (int i = 0; i < KEYS; i++)
		free(n->text[i]);
}

void keys_free(struct trace *t)
{
	for (int which = 0; which < TABLES; which++) {
		for (size_t at = 0; t->names[which] && at < t->reader->keyed[which].used; at++)
			key_names_free(&t->names[which][at]);
		free(t->names[which]);
		t->names[which] = NULL;
	}
}
