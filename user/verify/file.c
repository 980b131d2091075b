// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* file.c - see verify/file.h. */
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/json_line.h"
#include "verify/file.h"

#define SCHEMA 1
/* A record is a few hundred bytes. */
#define FILE_MAX 65536
/* More than any record has. */
#define WORDS_MAX 1e6

cJSON *verify_failure_json(const struct verify_failure *f)
{
	cJSON *o = cJSON_CreateObject(), *where;
	char seed[24];

	snprintf(seed, sizeof(seed), "%llu", f->seed);
	cJSON_AddStringToObject(o, "type", "failure");
	cJSON_AddNumberToObject(o, "schema", SCHEMA);
	cJSON_AddStringToObject(o, "latchkit", LATCHKIT_VERSION);
	cJSON_AddStringToObject(o, "set", f->set);
	cJSON_AddStringToObject(o, "check", f->check);
	cJSON_AddStringToObject(o, "subject", f->subject);
	cJSON_AddStringToObject(o, "kind", verify_kind_name(f->kind));
	cJSON_AddStringToObject(o, "code", f->code);
	cJSON_AddStringToObject(o, "seed", seed);
	cJSON_AddStringToObject(o, "workload", f->workload);
	cJSON_AddNumberToObject(o, "words", f->words);
	cJSON_AddStringToObject(o, "site", f->site);
	cJSON_AddStringToObject(o, "context", f->context);
	cJSON_AddStringToObject(o, "read", f->read);
	where = cJSON_AddObjectToObject(o, "where");
	for (unsigned int i = 0; i < f->where_count; i++)
		cJSON_AddNumberToObject(where, f->where[i].name, (double)f->where[i].value);
	return o;
}

static const struct verify_failure *to_save(const struct verify_plan *plan)
{
	const struct verify_failure *found = NULL;

	for (size_t i = 0; i < plan->verdicts_count; i++) {
		const struct verify_verdict *v = &plan->verdicts[i];

		if (v->first.kind && verify_failed(v))
			return &v->first;
		if (v->first.kind && !found)
			found = &v->first;
	}
	return found;
}

int verify_save(const struct verify_plan *plan, const char *path)
{
	const struct verify_failure *f = to_save(plan);
	char *text;
	FILE *to;
	int r;

	if (!f) {
		note("--save %s: nothing failed: not written", path);
		return 0;
	}
	text = json_line_text(verify_failure_json(f));
	if (!text)
		return fail("--save %s: cannot write: out of memory", path);
	to = fopen(path, "we");
	r = !to || fputs(text, to) == EOF;
	if (to && fclose(to))
		r = 1;
	free(text);
	return r ? fail("--save %s: cannot write: %s", path, strerror(errno)) : 0;
}

/* -- reading ---------------------------------------------------------------------------------- */

static int foreign(const char *path)
{
	return fail(
		"--replay %s: not a failure that latchkit verify saved; --save makes such files",
		path);
}

/* Copy a string that is there and fits. */
static bool take(const cJSON *json, const char *key, char *to, size_t size)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));

	return text && (size_t)snprintf(to, size, "%s", text) < size;
}

static bool take_number(const cJSON *item, double most, lk_u64 *to)
{
	if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= most))
		return false;
	*to = (lk_u64)item->valuedouble;
	return true;
}

static bool take_where(struct verify_failure *f, const cJSON *where)
{
	const cJSON *number;

	if (!cJSON_IsObject(where))
		return false;
	cJSON_ArrayForEach (number, where) {
		struct verify_item *item = &f->where[f->where_count];

		if (f->where_count == sizeof(f->where) / sizeof(f->where[0]) ||
		    strlen(number->string) >= sizeof(item->name) ||
		    !take_number(number, 1e9, &item->value))
			return false;
		strcpy(item->name, number->string);
		f->where_count++;
	}
	return true;
}

static bool parse(struct verify_failure *f, const cJSON *json)
{
	char type[16], kind[16], seed[24], *end;
	lk_u64 words;

	memset(f, 0, sizeof(*f));
	if (!take(json, "type", type, sizeof(type)) || strcmp(type, "failure") != 0 ||
	    !take(json, "kind", kind, sizeof(kind)) || !take(json, "set", f->set, sizeof(f->set)) ||
	    !take(json, "check", f->check, sizeof(f->check)) ||
	    !take(json, "subject", f->subject, sizeof(f->subject)) ||
	    !take(json, "code", f->code, sizeof(f->code)) ||
	    !take(json, "seed", seed, sizeof(seed)) ||
	    !take(json, "workload", f->workload, sizeof(f->workload)) ||
	    !take_number(cJSON_GetObjectItemCaseSensitive(json, "words"), WORDS_MAX, &words) ||
	    !take_where(f, cJSON_GetObjectItemCaseSensitive(json, "where")))
		return false;
	f->kind = verify_kind_of(kind);
	f->words = (unsigned int)words;
	f->seed = strtoull(seed, &end, 10);
	return f->kind && !*end && *seed;
}

static int check_build(const struct verify_failure *f, const struct verify_set *set,
		       const cJSON *json, const char *path)
{
	const cJSON *schema = cJSON_GetObjectItemCaseSensitive(json, "schema");
	const struct verify_subject *subject = set ? verify_subject_find(set, f->subject) : NULL;
	char code[sizeof(f->code)], version[32];

	if (!cJSON_IsNumber(schema) || schema->valuedouble > SCHEMA)
		return fail("--replay %s: written by a newer latchkit; use that one", path);
	if (!subject || !verify_check_find(set, f->check))
		return fail("--replay %s: verify %s, %s, %s: no such %s or check here; use the "
			    "latchkit that wrote it",
			    path, f->set, f->subject, f->check, set ? set->noun : "set");
	verify_code_id(subject, code, sizeof(code));
	if (strcmp(code, f->code) == 0 && take(json, "latchkit", version, sizeof(version)) &&
	    strcmp(version, LATCHKIT_VERSION) == 0)
		return 0;
	return fail("--replay %s: from another build: the machine code of %s is %s here, %s there; "
		    "use the latchkit that wrote it",
		    path, f->subject, code, f->code);
}

int verify_load(struct verify_failure *f, const struct verify_set *const *sets,
		const struct verify_set **set, const char *path)
{
	FILE *from = fopen(path, "re");
	char *text = calloc(1, FILE_MAX + 1);
	cJSON *json = NULL;
	int r = 0;
	size_t n;

	if (!from || !text) {
		r = fail("--replay %s: cannot read: %s", path, strerror(errno));
		goto cleanup;
	}
	n = fread(text, 1, FILE_MAX, from);
	if (ferror(from)) {
		r = fail("--replay %s: cannot read: %s", path, strerror(errno));
		goto cleanup;
	}
	errno = EINVAL;
	json = strlen(text) == n ? json_line_parse(text) : NULL;
	*set = NULL;
	if (!json && errno == ENOMEM)
		r = fail("--replay %s: no memory to read it", path);
	else if (!json && strncmp(text, "{\"type\":\"failure\"", 17) == 0)
		r = fail("--replay %s: cut short; save it again", path);
	else if (!json || !parse(f, json))
		r = foreign(path);
	for (; !r && *sets && !*set; sets++)
		if (strcmp((*sets)->name, f->set) == 0)
			*set = *sets;
	if (!r)
		r = check_build(f, *set, json, path);
cleanup:
	cJSON_Delete(json);
	free(text);
	if (from)
		fclose(from);
	return r;
}
