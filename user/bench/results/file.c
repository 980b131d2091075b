// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * file.c - see bench/results/file.h: the file line by line; bench/results/file_parse.c knows one
 * result.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/results/file.h"
#include "cli/diag.h"
#include "bench/results/file_parse.h"
#include "cli/json_line.h"

static int foreign(const struct bench_file *f)
{
	return fail("%s:%zu: not a result of latchkit bench; latchkit bench latch makes them",
		    f->path, f->line);
}

static int not_json(const struct bench_file *f)
{
	return fail("%s:%zu: not JSON: was the run cut short? delete this line to use the others",
		    f->path, f->line);
}

/* The object on the line, or NULL and errno. A NUL byte within the line is no JSON either. */
static cJSON *parse_line(const char *line, size_t length)
{
	errno = EINVAL;
	return strlen(line) == length ? json_line_parse(line) : NULL;
}

static bool is_type(const cJSON *json, const char *type)
{
	const char *is = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "type"));

	return is && strcmp(is, type) == 0;
}

static int check_schema(const struct bench_file *f)
{
	const cJSON *schema = cJSON_GetObjectItemCaseSensitive(f->environment, "schema");
	char version[64];

	if (!cJSON_IsNumber(schema))
		return foreign(f);
	if (schema->valuedouble > BENCH_FILE_SCHEMA)
		return fail("%s:%zu: schema %g is newer than %d, the newest known here; use the "
			    "latchkit that wrote it: %s",
			    f->path, f->line, schema->valuedouble, BENCH_FILE_SCHEMA,
			    bench_file_environment(f, "latchkit", version, sizeof(version)));
	return 0;
}

static int take_environment(struct bench_file *f, cJSON *json)
{
	if (f->environment) {
		cJSON_Delete(json);
		return fail("%s:%zu: a second run begins here; keep each run in its own file",
			    f->path, f->line);
	}
	f->environment = json;
	f->partial = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "partial"));
	return check_schema(f);
}

static int take_result(struct bench_file *f, cJSON *json)
{
	struct bench_file_result *more =
		reallocarray(f->results, f->count + 1, sizeof(*f->results));

	if (!more) {
		cJSON_Delete(json);
		return fail("%s: no memory to read it", f->path);
	}
	f->results = more;
	memset(&more[f->count], 0, sizeof(*more));
	f->count++;
	return bench_file_parse(f->path, f->line, &more[f->count - 1], json);
}

static int take_line(struct bench_file *f, const char *line, size_t length)
{
	static const char begins[] = "{\"type\":\"environment\"";
	cJSON *json;

	if (line[strspn(line, " \t\r\n")] == '\0' && strlen(line) == length)
		return 0;
	json = parse_line(line, length);
	if (!json && errno == ENOMEM)
		return fail("%s: no memory to read it", f->path);
	if (!json && !f->environment && strncmp(line, begins, sizeof(begins) - 1))
		return foreign(f);
	if (!json)
		return not_json(f);
	if (is_type(json, "environment"))
		return take_environment(f, json);
	if (f->environment && is_type(json, "result"))
		return take_result(f, json);
	cJSON_Delete(json);
	return f->environment ? 0 : foreign(f);
}

static int read_lines(struct bench_file *f, FILE *from)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int r = 0;

	while (!r && (n = getline(&line, &size, from)) >= 0) {
		f->line++;
		r = take_line(f, line, (size_t)n);
	}
	if (!r && !feof(from)) /* no memory for a line is no end of the file */
		r = fail("%s: cannot read: %m", f->path);
	free(line);
	return r;
}

int bench_file_read(struct bench_file *f, const char *path)
{
	FILE *from = fopen(path, "re");
	int r;

	*f = (struct bench_file){.path = path};
	if (!from)
		return fail("%s: cannot read: %m; latchkit bench latch makes such files", path);
	r = read_lines(f, from);
	fclose(from);
	if (r)
		return r;
	if (!f->environment)
		return fail("%s: empty; latchkit bench latch makes such files", path);
	if (!f->count)
		return fail("%s: no results: was the run cut short? run it again", path);
	return 0;
}

void bench_file_free(struct bench_file *f)
{
	for (size_t i = 0; i < f->count; i++)
		bench_file_result_free(&f->results[i]);
	free(f->results);
	cJSON_Delete(f->environment);
	*f = (struct bench_file){0};
}

bool bench_file_same(const struct bench_file_result *a, const struct bench_file_result *b,
		     unsigned int keys)
{
	return (!(keys & BENCH_FILE_SUBJECT) || strcmp(a->subject, b->subject) == 0) &&
	       (!(keys & BENCH_FILE_WORKLOAD) || strcmp(a->workload, b->workload) == 0) &&
	       (!(keys & BENCH_FILE_PAYLOAD) || a->payload_bytes == b->payload_bytes) &&
	       (!(keys & BENCH_FILE_WRITERS) || strcmp(a->writers, b->writers) == 0) &&
	       (!(keys & BENCH_FILE_READERS) || strcmp(a->readers, b->readers) == 0) &&
	       (!(keys & BENCH_FILE_RATE) || a->rate_per_s == b->rate_per_s);
}

const struct bench_file_result *bench_file_find(const struct bench_file *f,
						const struct bench_file_result *like)
{
	for (size_t i = 0; i < f->count; i++)
		if (bench_file_same(&f->results[i], like, BENCH_FILE_ALL))
			return &f->results[i];
	return NULL;
}

const char *bench_file_environment(const struct bench_file *f, const char *key, char *buf,
				   size_t size)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(f->environment, key);

	if (cJSON_IsString(value))
		snprintf(buf, size, "%s", value->valuestring);
	else if (cJSON_IsNumber(value))
		snprintf(buf, size, "%g", value->valuedouble);
	else if (cJSON_IsBool(value))
		snprintf(buf, size, "%s", cJSON_IsTrue(value) ? "yes" : "no");
	else
		snprintf(buf, size, "unknown");
	return buf;
}
