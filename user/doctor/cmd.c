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

static void print_table(void)
{
	for (int i = 0; i < features_count(); i++) {
		const struct feature *f = features_get(i);
		struct feature_result r = feature_probe(f);

		printf("%-28s %-7s %s\n%37sso latchkit will %s\n", f->name,
		       r.state == FEATURE_INFO ? "" : feature_state_name(r.state), r.detail, "",
		       feature_so(f, &r));
	}
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
