// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* claim.c - see bench/core/claim.h. */
#include <stdarg.h>
#include <string.h>

#include "bench/core/claim.h"
#include "bench/core/record.h"
#include "cli/diag.h"
#include "cli/suggest.h"
#include "host/cpus.h"

unsigned int bench_many_threads(void)
{
	return cpus_count() > 2 ? cpus_count() : 2;
}

void bench_say(struct bench_answer *a, const char *format, ...)
{
	size_t length = strlen(a->text);
	va_list args;

	va_start(args, format);
	vsnprintf(a->text + length, sizeof(a->text) - length, format, args);
	va_end(args);
}

void bench_decide(struct bench_answer *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(a->verdict, sizeof(a->verdict), format, args);
	va_end(args);
}

static const struct bench_claim *claim_at(const void *scenarios, size_t size, size_t i)
{
	return (const void *)((const char *)scenarios + i * size);
}

const void *bench_claim_find(const void *scenarios, size_t count, size_t size, const char *name)
{
	struct suggest near;

	suggest_init(&near, name);
	for (size_t i = 0; i < count; i++) {
		const struct bench_claim *c = claim_at(scenarios, size, i);

		if (strcmp(c->name, name) == 0)
			return c;
		suggest_offer(&near, c->name);
	}
	if (suggest_best(&near))
		fail_usage("--scenario %s: no such scenario; did you mean %s?", name,
			   suggest_best(&near));
	else
		fail_usage("--scenario %s: no such scenario; --list shows them", name);
	return NULL;
}

void bench_claims_list(const void *scenarios, size_t count, size_t size, int width, FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct bench_claim *c = claim_at(scenarios, size, i);

		fprintf(out, "%-*s scenario  %s\n", width, c->name, c->sentence);
	}
}

int bench_claim_needs_two(const struct bench_claim *c, bool oversubscribe)
{
	if (oversubscribe || cpus_count() >= 2)
		return EXIT_OK;
	return fail("--scenario %s: needs two CPUs; --oversubscribe measures on one, for what that "
		    "is worth",
		    c->name);
}

void bench_claim_print(const struct bench_claim *c, const struct bench_answer *a, bool json,
		       FILE *out)
{
	const char *text = a->text + (a->text[0] == ' ');
	cJSON *o;

	if (!json) {
		fprintf(out, "\n%s %s\n  %s\n  verdict: %s\n", c->name, c->sentence, text,
			a->verdict);
		return;
	}
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "type", "answer");
	cJSON_AddStringToObject(o, "scenario", c->name);
	cJSON_AddStringToObject(o, "claim", c->sentence);
	cJSON_AddStringToObject(o, "answer", text);
	cJSON_AddStringToObject(o, "verdict", a->verdict);
	bench_record_print(o, out);
}
