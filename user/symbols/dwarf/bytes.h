/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * bytes.h - numbers and strings read one behind the other, never beyond an end: what would reach
 * beyond it is 0 or "", and `bad` is set from then on.
 */
#ifndef LATCHKIT_USER_SYMBOLS_DWARF_BYTES_H
#define LATCHKIT_USER_SYMBOLS_DWARF_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	const uint8_t *at, *end;
	bool bad;
};

/* The part of `all` from an offset on; none of it is bad. */
struct bytes bytes_from(const struct bytes *all, uint64_t offset);
size_t bytes_left(const struct bytes *b);
/* Go on behind so many bytes. Returns where they begin; NULL: there are not so many. */
const uint8_t *bytes_skip(struct bytes *b, uint64_t count);
/* A number of up to 8 bytes, lowest byte first. */
uint64_t bytes_number(struct bytes *b, size_t size);
/* Numbers of 7 bits a byte; what does not fit into 64 bits is cut off. */
uint64_t bytes_uleb(struct bytes *b);
int64_t bytes_sleb(struct bytes *b);
/* A string with its NUL. */
const char *bytes_string(struct bytes *b);

#endif /* LATCHKIT_USER_SYMBOLS_DWARF_BYTES_H */
