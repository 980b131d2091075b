// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* report_table.c - verdicts for people: subject by check, then what was done, then failures.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/columns.h"
#include "verify/core/report_table.h"

static const struct verify_verdict *find(const struct verify_plan *plan, size_t subject,
					 size_t check)
{
	size_t i = subject * plan->checks_count + check;

	return i < plan->verdicts_count ? &plan->verdicts[i] : NULL;
}

static void add_heading(struct columns *c, const char *name)
{
	char upper[32];
	size_t i = 0;

	for (; name[i] && i < sizeof(upper) - 1; i++)
		upper[i] = name[i] == '_' ? ' ' : (char)toupper(name[i]);
	upper[i] = '\0';
	columns_add(c, "%s", upper);
}

static void add_verdict(struct columns *c, const struct verify_verdict *v)
{
	lk_u64 work = v ? verify_counted(v, v->check->work) : 0;

	if (!v)
		columns_add(c, "-");
	else if (v->outcome == VERIFY_SKIP)
		columns_add(c, "SKIP");
	else
		columns_add(c, "%s, %llu %s", verify_outcome_text(v), work, v->check->work);
}

/* One row for each subject, one column for each check. */
static void print_verdicts(const struct verify_plan *plan, FILE *to)
{
	struct columns c = {.width = plan->checks_count + 1};

	add_heading(&c, plan->set->noun);
	for (size_t check = 0; check < plan->checks_count; check++)
		add_heading(&c, plan->checks[check]->name);
	for (size_t i = 0; i < plan->subjects_count; i++) {
		columns_add(&c, "%s", plan->subjects[i]->name);
		for (size_t check = 0; check < plan->checks_count; check++)
			add_verdict(&c, find(plan, i, check));
	}
	columns_print(&c, to);
	columns_free(&c);
}

static void add_item(struct columns *c, const struct verify_verdict *v, const char *name)
{
	for (unsigned int i = 0; i < v->items_count; i++) {
		if (strcmp(v->items[i].name, name) != 0)
			continue;
		if (v->items[i].text[0])
			columns_add(c, "%s", v->items[i].text);
		else
			columns_add(c, "%llu", v->items[i].value);
		return;
	}
	columns_add(c, "-");
}

/* The verdict of this check with the most items: its items are the columns. */
static const struct verify_verdict *fullest(const struct verify_plan *plan, size_t check)
{
	const struct verify_verdict *best = NULL;

	for (size_t i = 0; i < plan->subjects_count; i++) {
		const struct verify_verdict *v = find(plan, i, check);

		if (v && (!best || v->items_count > best->items_count))
			best = v;
	}
	return best;
}

static void print_notes(const struct verify_verdict *v, FILE *to)
{
	for (unsigned int i = 0; v && i < v->notes_count; i++)
		fprintf(to, "%s: %s\n", v->subject->name, v->notes[i]);
}

/* What one check did, subject by subject. */
static void print_work(const struct verify_plan *plan, size_t check, FILE *to)
{
	const struct verify_verdict *model = fullest(plan, check);
	struct columns c = {.width = 2, .right = ~1U};

	if (!model || !model->items_count)
		return;
	fprintf(to, "\n%s: %s\n", model->check->name, model->check->promise);
	c.width = model->items_count + 2;
	add_heading(&c, plan->set->noun);
	for (unsigned int i = 0; i < model->items_count; i++)
		add_heading(&c, model->items[i].name);
	columns_add(&c, "SECONDS");
	for (size_t i = 0; i < plan->subjects_count; i++) {
		const struct verify_verdict *v = find(plan, i, check);

		if (!v)
			continue;
		columns_add(&c, "%s", v->subject->name);
		for (unsigned int item = 0; item < model->items_count; item++)
			add_item(&c, v, model->items[item].name);
		columns_add(&c, "%.1f", v->seconds);
	}
	columns_print(&c, to);
	columns_free(&c);
	for (size_t i = 0; i < plan->subjects_count; i++)
		print_notes(find(plan, i, check), to);
}

static void print_failure(const struct verify_failure *f, FILE *to)
{
	if (f->words)
		fprintf(to, "; %s of %u word%s, seed %llu", f->workload, f->words,
			f->words == 1 ? "" : "s", f->seed);
	if (f->context[0])
		fprintf(to, ": %s", f->context);
	if (f->site[0])
		fprintf(to, "; at %s", f->site);
}

static void print_reasons(const struct verify_plan *plan, FILE *to)
{
	bool first = true;

	for (size_t i = 0; i < plan->verdicts_count; i++) {
		const struct verify_verdict *v = &plan->verdicts[i];

		if (v->outcome == VERIFY_PASS)
			continue;
		if (first)
			fputc('\n', to);
		first = false;
		fprintf(to, "%s %s %s: %s", verify_outcome_text(v), v->subject->name,
			v->check->name, v->reason);
		if (v->outcome == VERIFY_FAIL)
			print_failure(&v->first, to);
		fputc('\n', to);
	}
}

/* The last line: what it comes to. */
static void print_conclusion(const struct verify_plan *plan, FILE *to)
{
	size_t passed = 0, expected = 0, failed = 0, skipped = 0;

	for (size_t i = 0; i < plan->verdicts_count; i++) {
		const struct verify_verdict *v = &plan->verdicts[i];

		if (verify_failed(v))
			failed++;
		else if (v->outcome == VERIFY_SKIP)
			skipped++;
		else if (v->outcome == VERIFY_FAIL)
			expected++;
		else
			passed++;
	}
	fprintf(to,
		"\n%s: %zu checks passed, %zu failed as expected of their subjects, %zu "
		"failed, %zu skipped\n",
		plan->interrupted ? "interrupted: not all of it was tested"
		: failed	  ? "FAIL"
				  : "PASS",
		passed, expected, failed, skipped);
}

void verify_report_table(const struct verify_plan *plan, FILE *to)
{
	print_verdicts(plan, to);
	for (size_t check = 0; check < plan->checks_count; check++)
		print_work(plan, check, to);
	print_reasons(plan, to);
	print_conclusion(plan, to);
}
