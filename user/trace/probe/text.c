// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* text.c - see trace/probe/text.h. */
#include <errno.h>
#include <stdlib.h>

#include "cli/diag.h"
#include "trace/probe/text.h"

int probe_bad_form(const struct probe_text *text)
{
	return fail_usage("%s: not a %s probe; write it as %s", text->whole, text->type->name,
			  text->type->form);
}

bool probe_has_fields(const struct probe_text *text, int min, int max)
{
	if (text->fields - 1 < min || text->fields - 1 > max)
		return false;
	for (int i = 1; i < text->fields; i++)
		if (!*text->field[i])
			return false;
	return true;
}

bool probe_number(const char *text, int base, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, base);
	return !errno && !*end && *number;
}

int probe_too_many(const struct probe_list *list, const struct probe_text *text, size_t matches)
{
	return fail("%s: matches %zu places, more than the limit of %zu; narrow the pattern or "
		    "raise --max-probes",
		    text->whole, matches, list->limit);
}
