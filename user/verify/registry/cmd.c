// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit verify registry: its options and its report. */
#include <argp.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/diag.h"
#include "cli/suggest.h"
#include "verify/registry/registry.h"

enum { OPTION_CHECK = 256, OPTION_SECONDS, OPTION_JSON };

#define CHECKS 16
#define SUBJECTS 8

struct command_line {
	double seconds;
	bool json;
	bool check[CHECKS], subject[SUBJECTS];
	bool some_checks, some_subjects;
};

static const struct argp_option options[] = {
	{"check", OPTION_CHECK, "LIST", 0, "only these checks, separated by commas", 1},
	{"seconds", OPTION_SECONDS, "N", 0,
	 "let each check that repeats itself do so for N seconds (2)", 1},
	{"json", OPTION_JSON, NULL, 0, "one JSON object a line, see docs/json.md", 2},
	{0},
};

static const char doc[] =
	"Try to break registries (include/latchkit/registry.h) with threads that look up, insert, "
	"delete and shed at once. The hardened ones must hold; the published one must fail, or the "
	"check is broken.\v"
	"Without NAMEs: all. Exit code 1 if anything failed that should not, or did not fail that "
	"should.";

static const char *check_name(size_t i)
{
	return verify_registry_check_get(i)->name;
}

static const char *subject_name(size_t i)
{
	return verify_registry_subject_get(i)->name;
}

/* Mark the one of that name. */
static void mark(struct argp_state *state, bool *marks, size_t count,
		 const char *(*name_of)(size_t), const char *name, const char *what)
{
	struct suggest near;

	suggest_init(&near, name);
	for (size_t i = 0; i < count; i++) {
		suggest_offer(&near, name_of(i));
		if (strcmp(name_of(i), name) == 0) {
			marks[i] = true;
			return;
		}
	}
	if (suggest_best(&near))
		argp_error(state, "%s: no such %s; did you mean %s?", name, what,
			   suggest_best(&near));
	argp_error(state, "%s: no such %s; --help shows them", name, what);
}

static double seconds_of(struct argp_state *state, const char *arg)
{
	char *end;
	double s = strtod(arg, &end);

	if (*end || end == arg || !(s > 0 && s <= 1e6))
		argp_error(state, "--seconds %s: not a number of seconds above 0", arg);
	return s;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct command_line *c = state->input;
	char *name;

	switch (key) {
	case OPTION_CHECK:
		c->some_checks = true;
		while ((name = strsep(&arg, ",")))
			mark(state, c->check, verify_registry_checks_count(), check_name, name,
			     "check");
		break;
	case OPTION_SECONDS:
		c->seconds = seconds_of(state, arg);
		break;
	case OPTION_JSON:
		c->json = true;
		break;
	case ARGP_KEY_ARG:
		c->some_subjects = true;
		mark(state, c->subject, verify_registry_subjects_count(), subject_name, arg,
		     "registry");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* Checks and subjects belong to the help text, but only their tables know them. */
static char *help_filter(int key, const char *text, void *input)
{
	char *list = NULL;
	size_t size = 0;
	FILE *f;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&list, &size);
	if (!f)
		return (char *)text;
	fprintf(f, "%s\n\nRegistries:\n", text);
	for (size_t i = 0; i < verify_registry_subjects_count(); i++)
		fprintf(f, "  %-10s %s\n", subject_name(i),
			verify_registry_subject_get(i)->promise);
	fputs("\nChecks:\n", f);
	for (size_t i = 0; i < verify_registry_checks_count(); i++)
		fprintf(f, "  %-10s %s\n", check_name(i), verify_registry_check_get(i)->promise);
	fputc('\n', f);
	fclose(f);
	return list;
}

static const char *verdict(const struct verify_registry_ops *ops,
			   const struct verify_registry_result *r)
{
	if (r->outcome == REGISTRY_SKIP)
		return "SKIP";
	if (r->outcome == REGISTRY_PASS)
		return ops->posted ? "FAIL: passed, though it must fail" : "PASS";
	return ops->posted ? "FAIL (expected)" : "FAIL";
}

static bool is_good(const struct verify_registry_ops *ops, const struct verify_registry_result *r)
{
	return r->outcome == REGISTRY_SKIP || (r->outcome == REGISTRY_FAIL) == ops->posted;
}

static void add_stepped(cJSON *o, const struct verify_registry_result *r)
{
	cJSON *all = r->stepped_count ? cJSON_AddArrayToObject(o, "stepped") : NULL;

	for (unsigned int i = 0; i < r->stepped_count; i++) {
		const struct verify_registry_stepped *t = &r->stepped[i];
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

static void print_json(const struct verify_registry_ops *ops,
		       const struct verify_registry_check *check,
		       const struct verify_registry_result *r)
{
	const struct verify_registry_account *a = &r->account;
	cJSON *o = cJSON_CreateObject();
	static const char *const outcomes[] = {"pass", "fail", "skip"};
	char *text;

	cJSON_AddStringToObject(o, "type", "verify_registry");
	cJSON_AddStringToObject(o, "subject", ops->name);
	cJSON_AddStringToObject(o, "check", check->name);
	cJSON_AddStringToObject(o, "outcome", outcomes[r->outcome]);
	cJSON_AddBoolToObject(o, "expected", is_good(ops, r));
	if (r->outcome)
		cJSON_AddStringToObject(o, "reason", r->reason);
	cJSON_AddNumberToObject(o, "operations", (double)r->operations);
	cJSON_AddNumberToObject(o, "hits", (double)r->hits);
	cJSON_AddNumberToObject(o, "made", (double)a->made);
	cJSON_AddNumberToObject(o, "freed", (double)a->freed);
	cJSON_AddNumberToObject(o, "leaked", (double)r->leaked);
	cJSON_AddNumberToObject(o, "early", (double)r->early);
	cJSON_AddNumberToObject(o, "miscounted", (double)a->warnings);
	cJSON_AddNumberToObject(o, "seconds", r->seconds);
	add_stepped(o, r);
	text = cJSON_PrintUnformatted(o);
	if (text)
		printf("%s\n", text);
	free(text);
	cJSON_Delete(o);
	fflush(stdout);
}

static void add_row(struct columns *table, const struct verify_registry_ops *ops,
		    const struct verify_registry_check *check,
		    const struct verify_registry_result *r)
{
	const struct verify_registry_account *a = &r->account;

	columns_add(table, "%s", ops->name);
	columns_add(table, "%s", check->name);
	columns_add(table, "%s", verdict(ops, r));
	columns_add(table, "%llu", r->operations);
	columns_add(table, "%llu", r->hits);
	columns_add(table, "%llu", a->made);
	columns_add(table, "%lld", (long long)r->leaked);
	columns_add(table, "%llu", r->early);
	columns_add(table, "%llu", a->warnings);
	columns_add(table, "%.1f", r->seconds);
	columns_add(table, "%s", r->outcome ? r->reason : "");
}

/* What `step` did, a line for each subject below the table. */
static void add_notes(FILE *notes, const struct verify_registry_ops *ops,
		      const struct verify_registry_result *r)
{
	lk_u64 waited = 0, missed = 0, runs = 0;

	if (!r->stepped_count)
		return;
	fprintf(notes, "%s step: stopped at each instruction of", ops->name);
	for (unsigned int i = 0; i < r->stepped_count; i++) {
		const struct verify_registry_stepped *t = &r->stepped[i];

		fprintf(notes, "%s %s %lu%s", i ? "," : "", t->operation, t->boundaries,
			t->failed ? " (fails)" : "");
		waited += t->waited;
		missed += t->missed;
		runs += t->runs;
	}
	fprintf(notes,
		"; %llu runs; in %llu the other thread waited for a lock of the one that was "
		"stopped; %llu came not to their instruction\n",
		runs, waited, missed);
}

static int run_one(const struct command_line *c, struct columns *table, FILE *notes, size_t subject,
		   size_t check, int *code)
{
	const struct verify_registry_ops *ops = verify_registry_subject_get(subject);
	const struct verify_registry_check *k = verify_registry_check_get(check);
	struct verify_registry_result r = {0};
	int err = verify_registry_run(k, ops, c->seconds, &r);

	if (err == -EINTR)
		return fail("verify registry: interrupted");
	if (err)
		return fail("verify registry: no process for %s of %s: %s", k->name, ops->name,
			    strerror(-err));
	if (!is_good(ops, &r))
		*code = EXIT_FAILED;
	if (c->json) {
		print_json(ops, k, &r);
		return EXIT_OK;
	}
	add_row(table, ops, k, &r);
	add_notes(notes, ops, &r);
	return EXIT_OK;
}

static int run(const struct command_line *c)
{
	const char *const head[] = {"REGISTRY",	  "CHECK",   "VERDICT", "OPERATIONS",
				    "HITS",	  "MADE",    "LEAKED",	"EARLY",
				    "MISCOUNTED", "SECONDS", "REASON"};
	struct columns table = {.width = sizeof(head) / sizeof(head[0]), .right = 0x3f8};
	int code = EXIT_OK, r = EXIT_OK;
	char *text = NULL;
	size_t size = 0;
	FILE *notes = open_memstream(&text, &size);

	if (!notes)
		return fail("verify registry: out of memory");
	for (size_t i = 0; i < table.width; i++)
		columns_add(&table, "%s", head[i]);
	for (size_t s = 0; !r && s < verify_registry_subjects_count(); s++) {
		if (c->some_subjects && !c->subject[s])
			continue;
		for (size_t k = 0; !r && k < verify_registry_checks_count(); k++)
			if (!c->some_checks || c->check[k])
				r = run_one(c, &table, notes, s, k, &code);
	}
	if (!c->json && !columns_print(&table, stdout))
		r = fail("verify registry: out of memory");
	columns_free(&table);
	fclose(notes);
	if (text && *text)
		printf("\n%s", text);
	free(text);
	if (fflush(stdout) || ferror(stdout))
		r = fail("standard output: cannot write: %s", strerror(errno));
	return r ? r : code;
}

int cmd_verify_registry(int argc, char **argv)
{
	static const struct argp argp = {options, parse_option, "[NAME]...", doc,
					 NULL,	  help_filter,	NULL};
	struct command_line c = {.seconds = 2};

	if (argp_parse(&argp, argc, argv, 0, NULL, &c))
		return EXIT_USAGE;
	return run(&c);
}
