// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* claim.c - see bench/core/claim.h. */
#include <stdarg.h>
#include <string.h>

#include "bench/core/claim.h"
#include "bench/core/record.h"
#include "host/cpus.h"
#include "cli/json_line.h"

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

void bench_answer_print(const struct bench_answer *a, const char *name, const char *claim,
			bool json, FILE *out)
{
	const char *text = a->text + (a->text[0] == ' ');
	cJSON *o;

	if (!json) {
		fprintf(out, "\n%s %s\n  %s\n  verdict: %s\n", name, claim, text, a->verdict);
		return;
	}
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "type", "answer");
	cJSON_AddStringToObject(o, "scenario", name);
	cJSON_AddStringToObject(o, "claim", claim);
	cJSON_AddStringToObject(o, "answer", text);
	cJSON_AddStringToObject(o, "verdict", a->verdict);
	json_line_print(o, out);
}
