// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* suffix.c - see symbols/elf/suffix.h */
#include <string.h>

#include "symbols/elf/suffix.h"

static const struct {
	const char *word;
	enum suffix means;
} words[] = {
	{"isra", SUFFIX_CLONE},	      {"constprop", SUFFIX_CLONE}, {"lto_priv", SUFFIX_CLONE},
	{"llvm", SUFFIX_CLONE},	      {"__uniq", SUFFIX_CLONE},	   {"clone", SUFFIX_CLONE},
	{"localalias", SUFFIX_CLONE}, {"part", SUFFIX_PART},	   {"cold", SUFFIX_COLD},
};

/* What one part between dots says. Numbers tell copies apart, local functions among them. */
static enum suffix meaning(const char *word, size_t length)
{
	if (length && strspn(word, "0123456789") >= length)
		return SUFFIX_CLONE;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == length && strncmp(words[i].word, word, length) == 0)
			return words[i].means;
	return SUFFIX_NONE;
}

enum suffix suffix_of(const char *name, size_t *bare)
{
	const char *dot = *name ? strchr(name + 1, '.') : NULL;
	enum suffix worst = SUFFIX_NONE;

	*bare = dot ? (size_t)(dot - name) : strlen(name);
	while (dot) {
		size_t length = strcspn(dot + 1, ".");
		enum suffix one = meaning(dot + 1, length);

		if (one == SUFFIX_NONE) {
			*bare = strlen(name);
			return SUFFIX_NONE;
		}
		worst = one > worst ? one : worst;
		dot = dot[1 + length] ? dot + 1 + length : NULL;
	}
	return worst;
}

bool suffix_extends(const char *name, const char *bare)
{
	size_t length;

	return suffix_of(name, &length) != SUFFIX_NONE && strlen(bare) == length &&
	       strncmp(name, bare, length) == 0;
}
