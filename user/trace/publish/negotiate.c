// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* negotiate.c - see trace/publish/negotiate.h */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "trace/publish/negotiate.h"

static const struct {
	const char *type, *version, *header;
} formats[EXPOSITION_FORMATS] = {
	[EXPOSITION_TEXT] = {"text/plain", "0.0.4", "text/plain; version=0.0.4; charset=utf-8"},
	[EXPOSITION_OPENMETRICS] = {"application/openmetrics-text", "1.0.0",
				    "application/openmetrics-text; version=1.0.0; charset=utf-8"},
};

/* Part of a header: it goes on up to `length`. */
struct piece {
	const char *text;
	size_t length;
};

static struct piece trim(struct piece p)
{
	while (p.length && strchr(" \t", p.text[0])) {
		p.text++;
		p.length--;
	}
	while (p.length && strchr(" \t", p.text[p.length - 1]))
		p.length--;
	return p;
}

/* Cut off what stands before the separator. */
static struct piece take(struct piece *rest, char separator)
{
	const char *end = memchr(rest->text, separator, rest->length);
	struct piece p = {rest->text, end ? (size_t)(end - rest->text) : rest->length};
	size_t taken = p.length + (end != NULL);

	rest->text += taken;
	rest->length -= taken;
	return trim(p);
}

static bool is(struct piece p, const char *text)
{
	return p.length == strlen(text) && strncasecmp(p.text, text, p.length) == 0;
}

/* "0", "0.5", "1.000" in thousandths; what is no such number wants nothing. */
static int weight(struct piece p)
{
	int thousandths = 0, unit = 1000;

	for (size_t i = 0; i < p.length && i < 5; i++) {
		if (i == 1 && p.text[i] == '.')
			continue;
		if (i == 1 || p.text[i] < '0' || p.text[i] > '9')
			return 0;
		thousandths += (p.text[i] - '0') * unit;
		unit /= 10;
	}
	return thousandths > 1000 ? 1000 : thousandths;
}

/* How much a media range wants a format, in thousandths; 0: not, or it is about another one. */
static int wanted(struct piece range, enum exposition_format format)
{
	struct piece type = take(&range, ';');
	bool any = format == EXPOSITION_TEXT && (is(type, "*/*") || is(type, "text/*"));
	int q = 1000;

	if (!any && !is(type, formats[format].type))
		return 0;
	while (range.length) {
		struct piece value = take(&range, ';'), name = take(&value, '=');

		value = trim(value);
		if (is(name, "q"))
			q = weight(value);
		else if (is(name, "version") && !any && !is(value, formats[format].version))
			return 0;
	}
	return q;
}

enum exposition_format negotiate(const char *accept)
{
	struct piece all = {accept ? accept : "", accept ? strlen(accept) : 0};
	int best[EXPOSITION_FORMATS] = {0};

	while (all.length) {
		struct piece range = take(&all, ',');

		for (int f = 0; f < EXPOSITION_FORMATS; f++) {
			int q = wanted(range, (enum exposition_format)f);

			best[f] = q > best[f] ? q : best[f];
		}
	}
	return best[EXPOSITION_OPENMETRICS] && best[EXPOSITION_OPENMETRICS] >= best[EXPOSITION_TEXT]
		       ? EXPOSITION_OPENMETRICS
		       : EXPOSITION_TEXT;
}

const char *negotiate_type(enum exposition_format format)
{
	return formats[format].header;
}
