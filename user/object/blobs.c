// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* blobs.c - see object/blobs.h; the Makefile defines BLOB_DIR. */
#include <string.h>

#include "object/blobs.h"

#define BLOB(kind, variant) \
	asm(".section .rodata.blobs, \"a\", @progbits\n" \
	    ".balign 16\n" \
	    "blob_" #kind "_" #variant ": .incbin \"" BLOB_DIR "/" #kind "." #variant ".bpf.o\"\n" \
	    "blob_" #kind "_" #variant "_end: .byte 0\n" \
	    ".previous\n"); \
	extern const char blob_##kind##_##variant[], blob_##kind##_##variant##_end[];
#define LATCH(variant, ...) BLOB(trace, variant) BLOB(bench, variant) BLOB(nmi, variant)
#include <latchkit/variants.def>
#undef LATCH
BLOB(bench, maps)
BLOB(bench, keyed)
BLOB(bench, dispatch)
BLOB(bench, registry_maps)
BLOB(bench, registry_array)
BLOB(bench, registry_kptr)
BLOB(keyed, keyed)
BLOB(keyed, ready_first)
BLOB(scratch, plain)
BLOB(scratch, busy)
BLOB(scratch, nesting)
BLOB(scratch, scratch)
BLOB(bench, scratch)
BLOB(spans, spans)
BLOB(spans, ready_first)

static const struct blob {
	const char *kind, *variant, *start, *end;
} blobs[] = {
#define ENTRY(kind, variant) \
	{#kind, #variant, blob_##kind##_##variant, blob_##kind##_##variant##_end},
#define LATCH(variant, ...) ENTRY(trace, variant) ENTRY(bench, variant) ENTRY(nmi, variant)
#include <latchkit/variants.def>
#undef LATCH
	ENTRY(bench, maps) ENTRY(bench, keyed) ENTRY(bench, dispatch) ENTRY(bench, registry_maps)
		ENTRY(bench, registry_array) ENTRY(bench, registry_kptr) ENTRY(keyed, keyed)
			ENTRY(keyed, ready_first) ENTRY(scratch, plain) ENTRY(scratch, busy)
				ENTRY(scratch, nesting) ENTRY(scratch, scratch)
					ENTRY(bench, scratch) ENTRY(spans, spans)
						ENTRY(spans, ready_first)};

const void *blob_find(const char *kind, const char *variant, size_t *size)
{
	for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++) {
		if (strcmp(blobs[i].kind, kind) == 0 && strcmp(blobs[i].variant, variant) == 0) {
			*size = (size_t)(blobs[i].end - blobs[i].start);
			return blobs[i].start;
		}
	}
	return NULL;
}
