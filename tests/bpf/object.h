/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* object.h - user/object/image.h for tests: failures fail the cmocka test. */
#ifndef LATCHKIT_TESTS_OBJECT_H
#define LATCHKIT_TESTS_OBJECT_H

#include <glob.h>

#include "object/image.h"
#include "tests/test.h"

/* Call add(path) for each object of build/tests/bpf/ whose name matches. */
static inline void objects_for_each(const char *name, void (*add)(const char *path))
{
	const char *build = getenv("LATCHKIT_BUILD");
	char pattern[256];
	glob_t files;

	snprintf(pattern, sizeof(pattern), "%s/tests/bpf/%s.bpf.o", build ? build : "build", name);
	if (glob(pattern, 0, NULL, &files))
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		add(files.gl_pathv[i]);
	globfree(&files);
}

static inline void object_open(struct bpf_image *o, const char *path)
{
	assert_int_equal(bpf_image_open_file(o, path), 0);
}

static inline lk_u64 *object_global(const struct bpf_image *o, const char *name)
{
	lk_u64 *p = bpf_image_global(o, name);

	assert_non_null(p);
	return p;
}

#endif /* LATCHKIT_TESTS_OBJECT_H */
