/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * key_names.h - what the numbers in keys stand for: noted while that is known, as processes, what
 * they had mapped, and cgroups are forgotten sooner than their keys.
 */
#ifndef LATCHKIT_USER_TRACE_SESSION_KEY_NAMES_H
#define LATCHKIT_USER_TRACE_SESSION_KEY_NAMES_H

#include "trace/session/session.h"

/* What the numbers of a place's key stood for when they were last looked up. */
struct key_names {
	char process[17]; /* "": not known */
	bool ended;
	char *cgroup; /* its path, or NULL: not known */
	char *text[KEYS]; /* of addresses, once they were asked for */
};

/*
 * Take in the names of what is new in the tables, and of processes that changed theirs: to be
 * called after the records were read, and at least every few seconds, as processes that are gone
 * are forgotten.
 */
void keys_look(struct trace *trace);
/*
 * A key with user addresses, or a program, is new: look up the names of all once there are many
 * such, before what processes have mapped is forgotten.
 */
void keys_name_soon(struct trace *trace);
/*
 * Events that tell of new keys with user addresses may have been lost: note what the processes of
 * all of them have mapped, as they may be gone soon. To be called now and then while it returns
 * true; else only after an event.
 */
bool keys_catch_up(struct trace *trace);
void keys_free(struct trace *trace);

/* The same for one row, whose names are not in a table. */
void key_names_look(const struct trace *trace, const struct key_row *row, struct key_names *names);
/* Free what a struct key_names has. */
void key_names_free(struct key_names *names);
/* A part of a row's key; it has that part. */
const lk_u64 *key_part_of(const struct trace *trace, const struct key_row *row, enum key_part part);
/* The text of one of the keys in a row, see struct key_view, to be freed; NULL: out of memory. */
char *key_text(const struct trace *trace, const struct key_row *row, struct key_names *names,
	       enum trace_key key);

#endif /* LATCHKIT_USER_TRACE_SESSION_KEY_NAMES_H */
