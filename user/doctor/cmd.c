// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit doctor: what this host can do, and what latchkit will do about it. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/output_end.h"
#include "cli/json_line.h"
#include "doctor/features.h"

static const struct argp_option options[] = {
	{"json", 'j', NULL, 0, "one JSON object with an array `features`", 0},
	{0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	if (key == 'j')
		*json = true;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "%s: doctor takes no arguments; see --help", arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

/* What is lacking is told with its consequence. */
static void print_feature(const struct feature *f, const struct feature_result *r)
{
	printf("%-28s %-7s %s\n", f->name,
	       r->state == FEATURE_INFO ? "" : feature_state_name(r->state), r->detail);
	if (r->state == FEATURE_NO || r->state == FEATURE_UNKNOWN)
		printf("%37slatchkit will %s\n", "", feature_so(f, r));
}

/* What `latchkit trace` offers, and the features that each needs, one of them or the other. */
static const struct {
	const char *what, *needs, *or_needs;
} offers[] = {
	{"tracepoints", "raw_tp", "raw_tp"},
	{"system calls, timed", "tp_btf", "tp_btf"},
	{"kernel functions", "kprobe", "fentry"},
	{"user functions and probes", "uprobe", "uprobe"},
	{"samples by a counter of cycles", "pmu", "pmu"},
	{"samples by a clock", "sw_clock", "sw_clock"},
	{"watchpoints", "watchpoint", "watchpoint"},
};

static bool has(const struct feature_result *results, const char *key)
{
	return results[feature_find(key) - features_get(0)].state == FEATURE_YES;
}

static void print_offers(const struct feature_result *results, bool wanted)
{
	const char *before = wanted ? "latchkit trace works here, with: " : "not here: ";

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		bool have = has(results, offers[i].needs) || has(results, offers[i].or_needs);

		if (have != wanted)
			continue;
		printf("%s%s", before, offers[i].what);
		before = "; ";
	}
	if (before[0] == ';')
		putchar('\n');
}

/* The conclusion, in the end, where it is seen. */
static void print_conclusion(const struct feature_result *results)
{
	static const char *const required[] = {"bpf_load", "btf", "mmap_freeze"};

	putchar('\n');
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		const struct feature *f = feature_find(required[i]);

		if (has(results, required[i]))
			continue;
		printf("latchkit trace does not work here: %s: %s\n", f->name,
		       results[f - features_get(0)].detail);
		return;
	}
	print_offers(results, false);
	print_offers(results, true);
}

static void print_table(void)
{
	struct feature_result results[FEATURES_MAX];

	for (int i = 0; i < features_count(); i++) {
		results[i] = feature_probe(features_get(i));
		print_feature(features_get(i), &results[i]);
	}
	print_conclusion(results);
}

static void add_feature(cJSON *list, const struct feature *f)
{
	struct feature_result r = feature_probe(f);
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "key", f->key);
	cJSON_AddStringToObject(o, "name", f->name);
	cJSON_AddStringToObject(o, "state", feature_state_name(r.state));
	cJSON_AddStringToObject(o, "detail", r.detail);
	cJSON_AddStringToObject(o, "so", feature_so(f, &r));
	cJSON_AddItemToArray(list, o);
}

/* Returns 0 or an exit code. */
static int print_json(void)
{
	cJSON *root = cJSON_CreateObject(), *list;
	struct utsname u;

	uname(&u);
	cJSON_AddStringToObject(root, "kernel", u.release);
	cJSON_AddStringToObject(root, "arch", u.machine);
	list = cJSON_AddArrayToObject(root, "features");
	for (int i = 0; i < features_count(); i++)
		add_feature(list, features_get(i));
	json_line_print(root, stdout);
	return output_end(stdout, NULL);
}

int cmd_doctor(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.doc = "Say what this host can do, each capability by trying it.",
	};
	bool json = false;

	if (arguments_parse(&argp, argc, argv, &json))
		return EXIT_FAILED;
	if (json)
		return print_json();
	print_table();
	return output_end(stdout, NULL);
}
