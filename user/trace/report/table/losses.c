// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* losses.c - see trace/report/table/losses.h */
#include <stdio.h>
#include <string.h>

#include "trace/report/table/style.h"
#include "trace/report/table/losses.h"
#include "trace/session/idle.h"

/* What a cause means, and what helps; short enough for 80 columns with the cause before it. */
static const char *const meaning[LOSS_CAUSES] = {
	[LOSS_DROPPED] = "the latch refused a write during another; --latch bank takes both",
	[LOSS_MAP_FULL] = "no room for a start (--spans N) or a stack; trace fewer probes",
	[LOSS_TOO_DEEP] = "calls within 64 others; probe functions that recurse less",
	[LOSS_UNPAIRED] = "their begin was before the trace, a fork or unseen, or has another tie",
	[LOSS_UNREAD] = "an expression read memory that was not there; the event does not count",
	[LOSS_ABANDONED] = "left by longjmp, exception, exec or exit; nothing to mend",
	[LOSS_RESTARTED] = "a span began again before it ended; is the start the right one?",
	[LOSS_UNSENT] = "no room for their lines; they count. Ask for fewer, by a predicate",
	[LOSS_SKIPPED] = "another program was running on that CPU; sample less often",
	[LOSS_MISSED] = "the kernel refused to run a program within one; try fentry, fexit",
};

/* A clock's missing ticks are no loss as such: see print_shortfalls(). */
static bool is_lost(const struct loss_counts *l, int cause)
{
	unsigned long long n = loss_get(l, cause);

	return cause != LOSS_LATE && n && n != LOSS_UNKNOWN;
}

/* "dropped 3, missed 4". Returns the number of characters; buf: as many causes as fit. */
static size_t list(const struct loss_counts *l, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int i = 0; i < LOSS_CAUSES; i++)
		if (is_lost(l, i) && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%s %llu",
						 used ? ", " : "", loss_names[i], loss_get(l, i));
	return used;
}

void table_losses_cell(const struct trace *t, const struct loss_counts *l, size_t room)
{
	char text[512], number[STYLE_COUNT];
	size_t length = list(l, text, sizeof(text));
	unsigned long long sum = 0;

	for (int i = 0; i < LOSS_CAUSES; i++)
		sum += is_lost(l, i) ? loss_get(l, i) : 0;
	if (!length)
		fputc('-', t->out);
	else if (length <= room)
		fprintf(t->out, "%s%s%s", style_red(t), text, style_plain(t));
	else
		fprintf(t->out, "%s%s%s", style_red(t), style_count(number, (double)sum, (int)room),
			style_plain(t));
}

/* What is known to be lost of all probes. */
static struct loss_counts known(const struct trace *t)
{
	struct loss_counts sum = {0};

	for (size_t i = 0; i < t->probes.count; i++)
		for (int cause = 0; cause < LOSS_CAUSES; cause++)
			if (is_lost(&t->reader->view[i].losses, cause))
				sum.by[cause] += loss_get(&t->reader->view[i].losses, cause);
	return sum;
}

/* Of how many probes a cause cannot be known; *first: one of them. */
static size_t count_unknown(const struct trace *t, int cause, size_t *first)
{
	size_t n = 0;

	for (size_t i = t->probes.count; i-- > 0;)
		if (loss_get(&t->reader->view[i].losses, cause) == LOSS_UNKNOWN) {
			*first = i;
			n++;
		}
	return n;
}

static void print_unknown(const struct trace *t)
{
	const char *separator = "cannot be known here: ";
	char name[STYLE_TEXT];
	size_t first = 0;

	for (int i = 0; i < LOSS_CAUSES; i++) {
		size_t n = count_unknown(t, i, &first);

		if (!n)
			continue;
		fprintf(t->out, "%s%s of ", separator, loss_names[i]);
		if (n == 1)
			fputs(style_text(name, t->probes.probe[first].name, SIZE_MAX), t->out);
		else
			fprintf(t->out, "%zu probes", n);
		separator = ", ";
	}
	if (*separator == ',')
		fputc('\n', t->out);
}

/* Ticks that are missing, beside the time in which there was nothing to sample. */
static void print_shortfalls(const struct trace *t)
{
	for (size_t i = 0; i < t->probes.count; i++) {
		char name[STYLE_TEXT], missing[16], idle[16], late[16];
		struct shortfall s;

		if (t->probes.probe[i].kind != KIND_SAMPLE || !idle_shortfall(t, i, &s))
			continue;
		fprintf(t->out, "idle or late: %llu ticks of %s, %s", s.ticks,
			style_text(name, t->probes.probe[i].name, SIZE_MAX),
			style_duration(missing, (double)s.ns));
		if (s.idle_known)
			fprintf(t->out, "; CPUs idled %s", style_duration(idle, (double)s.idle_ns));
		if (s.idle_known && s.idle_ns < s.ns)
			fprintf(t->out, ", late %s",
				style_duration(late, (double)(s.ns - s.idle_ns)));
		fputc('\n', t->out);
	}
}

static void print_without_room(const struct trace *t)
{
	unsigned long long n = 0;

	for (size_t i = 0; t->options->engine.keys.count && !t->lines && i < t->probes.count; i++)
		n += summed_count(probe_table(&t->probes.probe[i]), &t->reader->view[i].other);
	if (n)
		fprintf(t->out,
			"(other): %llu events whose keys found no room; --keys N makes more\n", n);
}

/* Why most events of a probe may be unread, and what would read them. */
static void print_unread_user(const struct trace *t)
{
	unsigned long long n = trace_unread_user(t);

	if (n)
		fprintf(t->out,
			"  unread: %llu at addresses of user space: only tracepoint:syscalls and "
			"user "
			"probes\n    read user memory; trace one of those\n",
			n);
}

void table_losses(const struct trace *t)
{
	struct loss_counts sum = known(t);
	char text[512];

	if (list(&sum, text, sizeof(text)))
		fprintf(t->out, "lost: %s%s%s\n", style_red(t), text, style_plain(t));
	else if (!t->lines) /* nothing is between lines that need not be there */
		fputs("lost: nothing\n", t->out);
	for (int i = 0; i < LOSS_CAUSES; i++)
		if (is_lost(&sum, i))
			fprintf(t->out, "  %s: %s\n", loss_names[i], meaning[i]);
	print_unread_user(t);
	print_without_room(t);
	print_unknown(t);
	print_shortfalls(t);
}
