// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* folded.c - stacks in folded form, for flame graphs: at the end one line for each. */
#include <stdio.h>

#include "cli/diag.h"
#include "symbols/kernel.h"
#include "trace/report/report.h"
#include "trace/session/folded_rows.h"

static void note_losses(const struct trace *t)
{
	struct loss_counts sum = trace_losses_sum(t);

	for (int i = 0; i < LOSS_CAUSES; i++) {
		if (loss_get(&sum, i) == LOSS_UNKNOWN)
			note("lost: %s unknown", loss_names[i]);
		else if (loss_get(&sum, i))
			note("lost: %s %llu", loss_names[i], loss_get(&sum, i));
	}
}

static void folded_summary(struct trace *t)
{
	struct stack_text *stacks;
	size_t n;

	trace_report_failed(t, folded_rows_read(t, &stacks, &n));
	if (t->ksyms && !ksyms__addresses_known(t->ksyms))
		note("kernel symbols are hidden (kernel.kptr_restrict, CAP_SYSLOG): kernel frames "
		     "have no names");
	for (size_t i = 0; i < n; i++)
		fprintf(t->out, "%s %llu\n", stacks[i].text, stacks[i].count);
	stack_texts_free(stacks, n);
	if (trace_own_stacks(t))
		note("left out: %llu stacks of latchkit itself", trace_own_stacks(t));
	note_losses(t);
}

const struct report report_folded = {
	.option = "folded",
	.help = "sampled stacks in folded form, at the end",
	.only_stacks = true,
	.summary = folded_summary,
};
