// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* list.c - latchkit list: what there is to choose from. */
#include <argp.h>
#include <stdbool.h>
#include <string.h>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/diag.h"
#include "cli/suggest.h"
#include "latch/list.h"
#include "trace/recipe/show.h"

static const struct argp_option options[] = {
	{"json", 'j', NULL, 0, "one JSON object with an array `variants`, or `recipes`", 0},
	{0},
};

struct asked {
	bool json, recipes;
};

static void take_word(struct argp_state *state, struct asked *asked, const char *word)
{
	struct suggest near;

	if (strcmp(word, "recipes") == 0 && !asked->recipes) {
		asked->recipes = true;
		return;
	}
	suggest_init(&near, word);
	suggest_offer(&near, "recipes");
	argp_error(state, "%s: list takes no arguments but the word recipes; %s", word,
		   suggest_hint(&near, "see --help"));
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct asked *asked = state->input;

	if (key == 'j')
		asked->json = true;
	else if (key == ARGP_KEY_ARG)
		take_word(state, asked, arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int cmd_list(int argc, char **argv)
{
	static const struct argp argp = {
		options,
		parse_option,
		"\nrecipes",
		"List the latch variants and their properties, or the recipes of latchkit trace.",
		NULL,
		NULL,
		NULL,
	};
	struct asked asked = {false, false};

	if (arguments_parse(&argp, argc, argv, &asked))
		return EXIT_FAILED;
	return asked.recipes ? recipes_show(asked.json) : latches_show(asked.json);
}
