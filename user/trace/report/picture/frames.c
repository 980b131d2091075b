// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* frames.c - see trace/report/picture/frames.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/report/picture/frames.h"

/* The frames that the stack looked at has: their indices, the outermost first. */
struct open {
	size_t *index;
	size_t count, room;
};

static int order_of(char c)
{
	return c == ';' ? 1 : (unsigned char)c;
}

/* So that stacks that begin alike are neighbours: the end of a frame goes before any letter. */
static int by_frames(const void *a, const void *b)
{
	const char *x = ((const struct stack_text *)a)->text;
	const char *y = ((const struct stack_text *)b)->text;

	while (*x && *x == *y) {
		x++;
		y++;
	}
	return order_of(*x) - order_of(*y);
}

/* Room for one more. Returns the array, or NULL: no memory, it stays as it was. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
	size_t more = 2 * *room + 64;
	void *larger;

	if (count < *room)
		return array;
	larger = reallocarray(array, more, size);
	*room = larger ? more : *room;
	return larger;
}

/* Begin a frame on top of those that are open. */
static bool push(struct frames *f, struct open *o, const char *name, size_t length,
		 unsigned long long from)
{
	struct frame *frame = grown(f->frame, f->count, &f->room, sizeof(*frame));
	size_t *index = grown(o->index, o->count, &o->room, sizeof(*index));

	f->frame = frame ? frame : f->frame;
	o->index = index ? index : o->index;
	if (!frame || !index)
		return false;
	frame[f->count] = (struct frame){name, length, (unsigned int)o->count, from, 0};
	index[o->count++] = f->count++;
	return true;
}

static bool is_open(const struct frames *f, const struct open *o, size_t depth, const char *name,
		    size_t length)
{
	const struct frame *frame = depth < o->count ? &f->frame[o->index[depth]] : NULL;

	return frame && frame->length == length && memcmp(frame->name, name, length) == 0;
}

/* Close what this stack does not have, open what it has besides. */
static bool add_row(struct frames *f, struct open *o, const struct stack_text *row,
		    unsigned long long from)
{
	size_t depth = 1;

	for (const char *name = row->text;; depth++) {
		size_t length = strcspn(name, ";");

		if (!is_open(f, o, depth, name, length)) {
			o->count = depth < o->count ? depth : o->count;
			if (!push(f, o, name, length, from))
				return false;
		}
		name += length;
		if (!*name++)
			break;
	}
	o->count = depth + 1;
	for (size_t i = 0; i < o->count; i++)
		f->frame[o->index[i]].count += row->count;
	return true;
}

int frames_make(struct frames *f, struct stack_text *rows, size_t count)
{
	struct open o = {0};
	unsigned long long from = 0;
	bool whole;

	*f = (struct frames){0};
	if (count)
		qsort(rows, count, sizeof(*rows), by_frames);
	whole = push(f, &o, "all", 3, 0);
	for (size_t i = 0; whole && i < count; i++) {
		if (!rows[i].count)
			continue;
		whole = add_row(f, &o, &rows[i], from);
		from += rows[i].count;
	}
	free(o.index);
	if (whole)
		return 0;
	free(f->frame);
	f->frame = NULL;
	f->count = 0;
	return ENOMEM;
}
