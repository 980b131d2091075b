// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* blobs.c - see blobs.h; the Makefile defines BLOB_DIR. */
#include <string.h>

#include "blobs.h"

#define LATCH(variant, ...) \
	asm(".section .rodata.blobs, \"a\", @progbits\n" \
	    ".balign 16\n" \
	    "blob_trace_" #variant ": .incbin \"" BLOB_DIR "/trace." #variant ".bpf.o\"\n" \
	    "blob_trace_" #variant "_end: .byte 0\n" \
	    ".previous\n"); \
	extern const char blob_trace_##variant[], blob_trace_##variant##_end[];
#include <latchkit/variants.def>
#undef LATCH

static const struct blob {
	const char *variant, *start, *end;
} blobs[] = {
#define LATCH(variant, ...) {#variant, blob_trace_##variant, blob_trace_##variant##_end},
#include <latchkit/variants.def>
#undef LATCH
};

const void *blob_trace(const char *variant, size_t *size)
{
	for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++) {
		if (strcmp(blobs[i].variant, variant) == 0) {
			*size = (size_t)(blobs[i].end - blobs[i].start);
			return blobs[i].start;
		}
	}
	return NULL;
}
