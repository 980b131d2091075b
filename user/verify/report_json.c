// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report_json.c - see verify/report_json.h. */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "cli/json_line.h"
#include "host/environment.h"
#include "verify/file.h"
#include "verify/report_json.h"

static const char *outcome_word(const struct verify_verdict *v)
{
	static const char *const words[] = {
		[VERIFY_PASS] = "pass",
		[VERIFY_FAIL] = "fail",
		[VERIFY_SKIP] = "skip",
	};

	return words[v->outcome];
}

static void add_stepped(cJSON *o, const struct verify_verdict *v)
{
	cJSON *all = v->stepped_count ? cJSON_AddArrayToObject(o, "stepped") : NULL;

	for (unsigned int i = 0; i < v->stepped_count; i++) {
		const struct verify_stepped *t = &v->stepped[i];
		cJSON *one = cJSON_CreateObject();

		cJSON_AddStringToObject(one, "operation", t->operation);
		cJSON_AddBoolToObject(one, "failed", t->failed);
		cJSON_AddNumberToObject(one, "boundaries", (double)t->boundaries);
		cJSON_AddNumberToObject(one, "runs", (double)t->runs);
		cJSON_AddNumberToObject(one, "missed", (double)t->missed);
		cJSON_AddNumberToObject(one, "waited", (double)t->waited);
		cJSON_AddItemToArray(all, one);
	}
}

static cJSON *verdict_json(const struct verify_verdict *v)
{
	cJSON *o = cJSON_CreateObject(), *items, *notes = NULL;

	cJSON_AddStringToObject(o, "type", "verdict");
	cJSON_AddStringToObject(o, "subject", v->subject->name);
	cJSON_AddStringToObject(o, "soundness", v->subject->soundness);
	cJSON_AddStringToObject(o, "check", v->check->name);
	cJSON_AddStringToObject(o, "outcome", outcome_word(v));
	cJSON_AddBoolToObject(o, "expected", v->expected);
	if (v->outcome != VERIFY_PASS)
		cJSON_AddStringToObject(o, "reason", v->reason);
	items = cJSON_AddObjectToObject(o, "work");
	for (unsigned int i = 0; i < v->items_count; i++) {
		if (v->items[i].text[0])
			cJSON_AddStringToObject(items, v->items[i].name, v->items[i].text);
		else
			cJSON_AddNumberToObject(items, v->items[i].name, (double)v->items[i].value);
	}
	if (v->notes_count)
		notes = cJSON_AddArrayToObject(o, "notes");
	for (unsigned int i = 0; i < v->notes_count; i++)
		cJSON_AddItemToArray(notes, cJSON_CreateString(v->notes[i]));
	add_stepped(o, v);
	cJSON_AddNumberToObject(o, "seconds", v->seconds);
	if (v->first.kind)
		cJSON_AddItemToObject(o, "first_failure", verify_failure_json(&v->first));
	return o;
}

void verify_report_json(const struct verify_plan *plan, const struct bench_env *env, FILE *to)
{
	cJSON *first = bench_env_json(env, plan->interrupted), *bounds;
	char seed[24];

	snprintf(seed, sizeof(seed), "%llu", plan->options.seed);
	bounds = cJSON_AddObjectToObject(first, "bounds");
	cJSON_AddNumberToObject(bounds, "seconds", plan->options.seconds);
	cJSON_AddStringToObject(bounds, "seed", seed);
	cJSON_AddBoolToObject(bounds, "require_nmi", plan->options.require_nmi);
	json_line_print(first, to);
	for (size_t i = 0; i < plan->verdicts_count; i++)
		json_line_print(verdict_json(&plan->verdicts[i]), to);
}

/* What a TAP reader must see as `not ok` are real failures alone. */
void verify_report_tap(const struct verify_plan *plan, FILE *to)
{
	fprintf(to, "TAP version 13\n1..%zu\n", plan->subjects_count * plan->checks_count);
	for (size_t i = 0; i < plan->verdicts_count; i++) {
		const struct verify_verdict *v = &plan->verdicts[i];

		fprintf(to, "%s %zu - %s %s", verify_failed(v) ? "not ok" : "ok", i + 1,
			v->subject->name, v->check->name);
		if (v->expected)
			fprintf(to, ": fails as it must: %s", v->reason);
		else if (v->outcome == VERIFY_SKIP)
			fprintf(to, " # SKIP %s", v->reason);
		else
			fprintf(to, ": %llu %s", verify_counted(v, v->check->work), v->check->work);
		fputc('\n', to);
		if (verify_failed(v))
			fprintf(to, "# %s; %s; at %s\n", v->reason, v->first.context,
				v->first.site);
	}
	if (plan->interrupted)
		fputs("Bail out! interrupted\n", to);
}
