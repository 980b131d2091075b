// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* claim.c - see bench/core/claim.h. */
#include <stdarg.h>
#include <string.h>

#include "bench/core/claim.h"
#include "cli/diag.h"
#include "cli/json_line.h"
#include "host/cpus.h"

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

int bench_judge_scenario(const struct bench_scenario *s, const struct bench_plan *plan, FILE *out)
{
	struct bench_answer a = {.text = "", .verdict = "not measured"};
	int err = s->judge->judge(plan, &a);
	const char *text = a.text + (a.text[0] == ' ');
	cJSON *o;

	if (err)
		return fail("--scenario %s: %s", s->name, strerror(-err));
	if (plan->format != BENCH_JSON) {
		fprintf(out, "\n%s %s\n  %s\n  verdict: %s\n", s->name, s->sentence, text,
			a.verdict);
		return EXIT_OK;
	}
	o = cJSON_CreateObject();
	cJSON_AddStringToObject(o, "type", "answer");
	cJSON_AddStringToObject(o, "scenario", s->name);
	cJSON_AddStringToObject(o, "claim", s->sentence);
	cJSON_AddStringToObject(o, "answer", text);
	cJSON_AddStringToObject(o, "verdict", a.verdict);
	json_line_print(o, out);
	return EXIT_OK;
}
