/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * fuzz.h - what the fuzzers share. Each is one file with LLVMFuzzerTestOneInput(), which is called
 * with any bytes and aborts when a promise is broken: linked with clang's libFuzzer, or with
 * driver.c where there is none.
 */
#ifndef LATCHKIT_TESTS_FUZZ_FUZZ_H
#define LATCHKIT_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* End the run with a message unless the promise holds. */
#define FUZZ_PROMISE(holds) ((holds) ? (void)0 : fuzz_broken(#holds, __FILE__, __LINE__))

static inline void fuzz_broken(const char *promise, const char *file, int line)
{
	dprintf(STDERR_FILENO, "%s:%d: broken: %s\n", file, line, promise);
	abort();
}

/* A file with those bytes, in memory; `path` holds 40. Returns its descriptor: close(). */
static inline int fuzz_file(const uint8_t *data, size_t size, char *path)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	FUZZ_PROMISE(fd >= 0 && (!size || write(fd, data, size) == (ssize_t)size));
	snprintf(path, 40, "/proc/self/fd/%d", fd);
	return fd;
}

/* The bytes of a UTF-8 character that text begins with; 0: it is none, or cut off. */
static inline size_t fuzz_character(const unsigned char *text, size_t size)
{
	size_t bytes = text[0] < 0x80 ? 1 : text[0] >= 0xc2 && text[0] < 0xe0 ? 2 : 0;

	if (text[0] >= 0xe0 && text[0] < 0xf5)
		bytes = text[0] < 0xf0 ? 3 : 4;
	if (bytes > size)
		return 0;
	for (size_t i = 1; i < bytes; i++)
		if (text[i] >> 6 != 2)
			return 0;
	if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
	    (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return bytes;
}

/* Is it fit for a terminal: UTF-8, no control characters but newlines? */
static inline int fuzz_is_fit(const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + size;

	while (at < end) {
		size_t bytes = fuzz_character(at, (size_t)(end - at));

		if (!bytes || (*at < ' ' && *at != '\n') || *at == 0x7f)
			return 0;
		if (bytes == 2 && at[0] == 0xc2 && at[1] < 0xa0)
			return 0;
		at += bytes;
	}
	return 1;
}

#endif /* LATCHKIT_TESTS_FUZZ_FUZZ_H */
