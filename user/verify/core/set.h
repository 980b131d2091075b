/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * set.h - a set of subjects, such as the latches, with the checks of all of them. A set is one
 * file and one line in verify/cmd.c.
 */
#ifndef LATCHKIT_USER_VERIFY_CORE_SET_H
#define LATCHKIT_USER_VERIFY_CORE_SET_H

#include "verify/core/verdict.h"

struct verify_set {
	const char *name; /* the subcommand */
	const char *noun; /* what its subjects are */
	const char *summary; /* of the subcommand, in a line */
	const char *doc; /* the same, for --help */
	const char *shown_by; /* a command that lists the subjects */
	size_t (*count)(void);
	const struct verify_subject *(*get)(size_t i);
	const struct verify_check *const *checks;
	size_t checks_count;
	bool uses_nmi; /* some check does: --require-nmi means something */
};

/* These return NULL if there is none of that name. */
const struct verify_subject *verify_subject_find(const struct verify_set *set, const char *name);
const struct verify_check *verify_check_find(const struct verify_set *set, const char *name);
/*
 * Write a hash of a subject's machine code, the same for the same instructions: by it a saved
 * failure knows the build that it is of.
 */
void verify_code_id(const struct verify_subject *subject, char *id, size_t size);

#endif /* LATCHKIT_USER_VERIFY_CORE_SET_H */
