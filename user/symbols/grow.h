/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* grow.h - arrays that grow as they are filled. */
#ifndef LATCHKIT_USER_SYMBOLS_GROW_H
#define LATCHKIT_USER_SYMBOLS_GROW_H

#include <stdlib.h>

/*
 * Make room for `need` elements of `size` bytes; *room: for how many there is. Returns the array,
 * which may have moved, or NULL: out of memory, it is as it was.
 */
static inline void *grow(void *array, size_t *room, size_t need, size_t size)
{
	size_t more = *room ? *room : 64;

	if (need <= *room)
		return array;
	while (more < need)
		more *= 2;
	array = reallocarray(array, more, size);
	if (array)
		*room = more;
	return array;
}

#endif /* LATCHKIT_USER_SYMBOLS_GROW_H */
