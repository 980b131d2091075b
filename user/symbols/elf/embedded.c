// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* embedded.c - see symbols/elf/embedded.h */
#include <errno.h>
#include <lzma.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbols/elf/embedded.h"

/* Whoever makes a file decides what comes out of it: no more memory and no more bytes than that. */
#define DECODER_BYTES_MAX (64ULL << 20)
#define DECODED_BYTES_MAX (64ULL << 20)

/* Returns 0 or a negative errno. */
static int write_whole(int fd, const unsigned char *bytes, size_t size)
{
	ssize_t n = write(fd, bytes, size); /* to memory: whole, or there is none */

	return n == (ssize_t)size ? 0 : n < 0 ? -errno : -ENOSPC;
}

static int decode(lzma_stream *stream, int fd)
{
	unsigned char out[1 << 14];
	lzma_ret code = LZMA_OK;
	int err = 0;

	while (!err && code == LZMA_OK) {
		stream->next_out = out;
		stream->avail_out = sizeof(out);
		code = lzma_code(stream, LZMA_FINISH);
		err = write_whole(fd, out, sizeof(out) - stream->avail_out);
		if (stream->total_out > DECODED_BYTES_MAX)
			return -ENOEXEC;
	}
	return err			 ? err
	       : code == LZMA_STREAM_END ? 0
	       : code == LZMA_MEM_ERROR	 ? -ENOMEM
					 : -ENOEXEC;
}

static int decode_into(int fd, const void *bytes, size_t size)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	int err;

	if (lzma_stream_decoder(&stream, DECODER_BYTES_MAX, 0) != LZMA_OK)
		return -ENOMEM;
	stream.next_in = bytes;
	stream.avail_in = size;
	err = decode(&stream, fd);
	lzma_end(&stream);
	return err;
}

int embedded_open(const void *bytes, size_t size, struct elf_file *debug)
{
	int fd = memfd_create("latchkit-names", MFD_CLOEXEC), err;
	char path[32];

	if (fd < 0)
		return -errno;
	err = decode_into(fd, bytes, size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = err ? err : elf_file_open(debug, path);
	close(fd);
	return err;
}
