// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bytes.c - see symbols/dwarf/bytes.h */
#include <string.h>

#include "symbols/dwarf/bytes.h"

size_t bytes_left(const struct bytes *b)
{
	return b->bad ? 0 : (size_t)(b->end - b->at);
}

struct bytes bytes_from(const struct bytes *all, uint64_t offset)
{
	struct bytes part = *all;

	bytes_skip(&part, offset);
	return part;
}

const uint8_t *bytes_skip(struct bytes *b, uint64_t count)
{
	const uint8_t *from = b->at;

	if (b->bad || !b->at || count > bytes_left(b)) {
		b->bad = true;
		return NULL;
	}
	b->at += count;
	return from;
}

uint64_t bytes_number(struct bytes *b, size_t size)
{
	const uint8_t *from = size <= 8 ? bytes_skip(b, size) : NULL;
	uint64_t number = 0;

	for (size_t i = 0; from && i < size; i++)
		number |= (uint64_t)from[i] << (8 * i);
	return number;
}

/* *shift: how many bits the number has, 64 at most. */
static uint64_t read_leb(struct bytes *b, unsigned int *shift, uint8_t *last)
{
	uint64_t number = 0;
	const uint8_t *byte;

	*shift = 0;
	*last = 0;
	while ((byte = bytes_skip(b, 1))) {
		*last = *byte;
		if (*shift < 64)
			number |= (uint64_t)(*byte & 0x7f) << *shift;
		*shift = *shift < 64 ? *shift + 7 : 64;
		if (!(*byte & 0x80))
			return number;
	}
	return 0;
}

uint64_t bytes_uleb(struct bytes *b)
{
	unsigned int shift;
	uint8_t last;

	return read_leb(b, &shift, &last);
}

int64_t bytes_sleb(struct bytes *b)
{
	unsigned int shift;
	uint8_t last;
	uint64_t number = read_leb(b, &shift, &last);

	if (last & 0x40 && shift < 64)
		number |= ~0ULL << shift;
	return (int64_t)number;
}

const char *bytes_string(struct bytes *b)
{
	const uint8_t *from = b->at, *nul;

	nul = from && bytes_left(b) ? memchr(from, '\0', bytes_left(b)) : NULL;
	if (!nul) {
		b->bad = true;
		return "";
	}
	b->at = nul + 1;
	return (const char *)from;
}
