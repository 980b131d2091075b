// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* recipe.c - see trace/recipe/recipe.h */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "cli/suggest.h"
#include "trace/recipe/recipe.h"
#include "trace/statement/expr/complaint.h"
#include "trace/statement/statement.h"

#define FIELDS 4
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789_-"

/* A part of a line, without the blanks around it. */
struct field {
	size_t at, length;
};

/* One line, while it is read. */
struct line {
	const char *text; /* ended by a NUL */
	const char *file;
	int number;
	struct field field[FIELDS];
	size_t fields;
	struct complaint complaint;
};

static int out_of_memory(void)
{
	return fail("trace: out of memory for recipes");
}

static int print_complaint(const struct line *l)
{
	struct complaint c = l->complaint;
	const char *what = l->complaint.what;

	c.what[0] = '\0';
	complain(&c, c.at, c.length, "%s:%d: %s", l->file, l->number, what);
	return complaint_print(&c, l->text);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || !c;
}

/* A bar with blanks, or the ends of the line, around it. */
static bool is_bar(const char *text, size_t at)
{
	return text[at] == '|' && (!at || is_blank(text[at - 1])) && is_blank(text[at + 1]);
}

static bool add_field(struct line *l, size_t from, size_t to)
{
	while (from < to && is_blank(l->text[from]))
		from++;
	while (to > from && is_blank(l->text[to - 1]))
		to--;
	if (l->fields == FIELDS)
		return complain(&l->complaint, from, to - from,
				"too many fields; a bar inside of an expression has no blanks "
				"around it");
	l->field[l->fields++] = (struct field){from, to - from};
	return true;
}

static bool split_fields(struct line *l)
{
	size_t from = 0, at = 0;

	for (; l->text[at]; at++) {
		if (!is_bar(l->text, at))
			continue;
		if (!add_field(l, from, at))
			return false;
		from = at + 1;
	}
	return add_field(l, from, at);
}

static bool wants(struct line *l, size_t i, const char *what)
{
	size_t end = strlen(l->text);

	if (i < l->fields && l->field[i].length)
		return true;
	return complain(&l->complaint, i < l->fields ? l->field[i].at : end, 1,
			"%s is missing: "
			"NAME | HELP | STATEMENT [| MORE ARGUMENTS]",
			what);
}

/* What a recipe may ask for: not to run, nor to write, anything. */
static bool is_allowed(const char *option)
{
	static const char *const allowed[] = {
		"--sort=",	 "--top=",	"--keys=",     "--delta",      "--on-sample=",
		"--max-probes=", "--interval=", "--duration=", "--frequency=", "--open",
		"--older=",	 "--spans=",	"-F",	       "-i",	       "-d"};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (strncmp(option, allowed[i], strlen(allowed[i])) == 0)
			return true;
	return false;
}

/* Parse a statement that stands at a place of the line. */
static bool check_statement(struct line *l, const char *text, size_t at)
{
	struct statement st;
	bool valid = statement_parse(&st, text);

	if (!valid)
		complain(&l->complaint, at + st.complaint.at, st.complaint.length, "%s",
			 st.complaint.what);
	statement_free(&st);
	return valid;
}

static bool check_word(struct line *l, const char *word, size_t at)
{
	if (*word != '-')
		return check_statement(l, word, at);
	return is_allowed(word) ||
	       complain(&l->complaint, at, strlen(word),
			"%s: no option for a recipe, which has --sort=, --top=, --keys=, --delta, "
			"--on-sample=, --max-probes=, -F, -i and -d, each in one word",
			word);
}

static bool add_word(struct line *l, struct recipe_way *way, size_t at, size_t length)
{
	char *word;

	if (way->words == RECIPE_WORDS)
		return complain(&l->complaint, at, length, "more than %d arguments", RECIPE_WORDS);
	word = strndup(l->text + at, length);
	if (!word)
		return complain(&l->complaint, at, length, "out of memory");
	way->word[way->words++] = word;
	return check_word(l, word, at);
}

/* Words between blanks; blanks between single quotes do not count. */
static bool split_words(struct line *l, struct recipe_way *way, struct field f)
{
	size_t end = f.at + f.length;

	for (size_t at = f.at, to; at < end; at = to + 1) {
		bool quoted = l->text[at] == '\'';

		to = at;
		if (is_blank(l->text[at]))
			continue;
		at += quoted;
		for (to = at; to < end && (quoted ? l->text[to] != '\'' : !is_blank(l->text[to]));)
			to++;
		if (quoted && to == end)
			return complain(&l->complaint, at - 1, 1, "no ' ends what this one begins");
		if (!add_word(l, way, at, to - at))
			return false;
	}
	return true;
}

/* The last recipe gets another way: of the statement in field i, and of what follows. */
static bool add_way(struct recipes *all, struct line *l, size_t i)
{
	struct recipe *r = &all->recipe[all->count - 1];
	struct recipe_way *grown = reallocarray(r->way, r->ways + 1, sizeof(*grown));

	if (!grown)
		return complain(&l->complaint, 0, 0, "out of memory");
	r->way = grown;
	r->way[r->ways] = (struct recipe_way){.words = 0};
	r->ways++;
	if (!wants(l, i, "the statement"))
		return false;
	if (l->fields > i + 2)
		return complain(&l->complaint, l->field[i + 2].at, 1,
				"too many fields: | STATEMENT | MORE ARGUMENTS is all");
	return add_word(l, &r->way[r->ways - 1], l->field[i].at, l->field[i].length) &&
	       (i + 1 >= l->fields || split_words(l, &r->way[r->ways - 1], l->field[i + 1]));
}

static char *copy(const struct line *l, size_t i)
{
	return strndup(l->text + l->field[i].at, l->field[i].length);
}

static const struct recipe *find(const struct recipes *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(all->recipe[i].name, name) == 0)
			return &all->recipe[i];
	return NULL;
}

static bool check_name(const struct recipes *all, struct line *l, const char *name)
{
	const struct field *f = &l->field[0];
	size_t good = strspn(name, NAME_LETTERS);
	const struct recipe *other = find(all, name);

	if (name[good])
		return complain(&l->complaint, f->at + good, 1,
				"a name has small letters, digits, - and _ only");
	if (other)
		return complain(&l->complaint, f->at, f->length,
				"recipe %s is there already, at %s:%d; give one of them another "
				"name",
				name, other->file, other->line);
	return true;
}

static bool add_recipe(struct recipes *all, struct line *l)
{
	struct recipe r = {.file = strdup(l->file), .line = l->number};
	struct recipe *grown = reallocarray(all->recipe, all->count + 1, sizeof(*grown));
	bool valid = wants(l, 0, "the name") && wants(l, 1, "the help");

	all->recipe = grown ? grown : all->recipe;
	if (valid) {
		r.name = copy(l, 0);
		r.help = copy(l, 1);
	}
	if (valid && grown && r.file && r.name && r.help && check_name(all, l, r.name)) {
		all->recipe[all->count++] = r;
		return add_way(all, l, 2);
	}
	free(r.name);
	free(r.help);
	free(r.file);
	return complain(&l->complaint, 0, 0, "out of memory");
}

static bool parse_line(struct recipes *all, struct line *l)
{
	const char *first = l->text + strspn(l->text, " \t");

	if (!*first || *first == '#')
		return true;
	if (!split_fields(l))
		return false;
	if (*first != '|')
		return add_recipe(all, l);
	/* The field before the bar is empty. */
	if (!all->count || strcmp(all->recipe[all->count - 1].file, l->file) != 0)
		return complain(&l->complaint, l->field[0].at, 1,
				"another way of which recipe? It stands above");
	return add_way(all, l, 1);
}

int recipes_parse(struct recipes *all, const char *file, const char *text)
{
	int number = 1, r = 0;

	for (; !r && *text; number++) {
		size_t length = strcspn(text, "\n");
		struct line l = {.text = strndup(text, length), .file = file, .number = number};

		if (!l.text)
			return out_of_memory();
		if (!parse_line(all, &l))
			r = print_complaint(&l);
		free((char *)l.text);
		text += length + (text[length] == '\n');
	}
	return r;
}

static void free_recipe(struct recipe *r)
{
	for (size_t i = 0; i < r->ways; i++)
		for (size_t j = 0; j < r->way[i].words; j++)
			free(r->way[i].word[j]);
	free(r->way);
	free(r->name);
	free(r->help);
	free(r->file);
}

void recipes_free(struct recipes *all)
{
	for (size_t i = 0; i < all->count; i++)
		free_recipe(&all->recipe[i]);
	free(all->recipe);
	*all = (struct recipes){0};
}

const struct recipe *recipes_find(const struct recipes *all, const char *name)
{
	const struct recipe *r = find(all, name);
	struct suggest near;

	if (r)
		return r;
	suggest_init(&near, name);
	for (size_t i = 0; i < all->count; i++)
		suggest_offer(&near, all->recipe[i].name);
	fail_usage("@%s: no such recipe; %s", name,
		   suggest_hint(&near, "latchkit list recipes shows them"));
	return NULL;
}
