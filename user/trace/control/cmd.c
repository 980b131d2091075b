// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit ctl: list running traces, look at one, swap its handler. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "trace/control/client.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/escape.h"
#include "cli/numbers.h"
#include "trace/engine/handler.h"

struct ctl_options {
	bool json;
	char *words[3]; /* PID, request, name */
	int count;
};

static const struct argp_option options[] = {
	{"json", 'j', NULL, 0, "the answers as they are, see docs/json.md", 0},
	{0},
};

static const char doc[] =
	"Look at traces that run with --control, and swap what they do with events.\v"
	"Without arguments: the traces of this user.\n\n"
	"  PID status                what the trace does, and how many events each handler has "
	"had\n"
	"  PID set-handler NAME      count, latency or stacks: see latchkit trace --help\n"
	"  PID -                     requests from standard input, one a line; JSON answers\n\n"
	"An event that has begun, such as a call that has not returned, stays with the handler "
	"that it "
	"began with.";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct ctl_options *o = state->input;

	switch (key) {
	case 'j':
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->count == 3)
			argp_error(state, "%s: one argument too many", arg);
		o->words[o->count++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Who answers may be anybody's program: print a line of JSON with nothing that moves a cursor. */
static void print_text(const char *json)
{
	escape_print(ESCAPE_JSON, stdout, json, strlen(json));
	putchar('\n');
}

/* -- one request ------------------------------------------------------------------------------- */

static int print_answer(const struct ctl_options *o, struct ctl_client *client, const char *request)
{
	struct ctl_answer answer;
	int r = ctl_ask(client, request, &answer);

	if (r)
		return r;
	if (o->json)
		print_text(answer.text);
	else if (!answer.ok)
		r = fail("ctl: %s", answer.error);
	else if (o->words[2])
		printf("%d: %s instead of %s, for %llu of %llu probes\n", client->pid,
		       answer.handler, answer.before, answer.probes, answer.of);
	else
		printf("%d: handler %s, %llu swaps, %llu probes, %.1f s\nhandled by: count %llu, "
		       "latency %llu, stacks %llu\n",
		       client->pid, answer.handler, answer.swaps, answer.probes, answer.duration_s,
		       answer.handled[HANDLER_COUNT], answer.handled[HANDLER_LATENCY],
		       answer.handled[HANDLER_STACKS]);
	r = answer.ok ? r : EXIT_FAILED;
	ctl_answer_free(&answer);
	return r;
}

/* Requests from standard input, each answered before the next. */
static int ask_all(struct ctl_client *client)
{
	char *line = NULL;
	size_t size = 0;
	int r = 0, worst = 0;
	ssize_t n;

	while (r == 0 && (n = getline(&line, &size, stdin)) > 0) {
		struct ctl_answer answer;

		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		r = ctl_ask(client, line, &answer);
		if (r)
			break;
		print_text(answer.text);
		if (!answer.ok)
			worst = EXIT_FAILED;
		ctl_answer_free(&answer);
	}
	if (!r && !feof(stdin)) /* no memory for a line is no end of the input */
		r = fail("ctl: standard input: cannot read: %m");
	free(line);
	return r ? r : worst;
}

/* -- the list ---------------------------------------------------------------------------------- */

static void print_trace(const struct ctl_options *o, const struct ctl_client *client,
			const struct ctl_answer *answer, bool first)
{
	if (o->json) {
		print_text(answer->text);
		return;
	}
	if (first)
		printf("%8s %-8s %8s %7s %9s  %s\n", "PID", "HANDLER", "SWAPS", "PROBES", "SECONDS",
		       "FIRST PROBE");
	printf("%8d %-8s %8llu %7llu %9.1f  ", client->pid, answer->handler, answer->swaps,
	       answer->probes, answer->duration_s);
	escape_print(ESCAPE_TERMINAL, stdout, answer->first_probe, sizeof(answer->first_probe));
	putchar('\n');
}

/* One that has ended meanwhile is left out. Returns 0, or EXIT_FAILED: prints a diagnostic. */
static int list_trace(const struct ctl_options *o, pid_t pid, size_t *shown)
{
	struct ctl_client client;
	struct ctl_answer answer;
	int r;

	if (ctl_connect(&client, pid))
		return client.gone ? 0 : EXIT_FAILED;
	r = ctl_ask(&client, "status", &answer);
	if (!r) {
		print_trace(o, &client, &answer, !*shown);
		++*shown;
		ctl_answer_free(&answer);
	}
	ctl_disconnect(&client);
	return client.gone ? 0 : r;
}

static int list_traces(const struct ctl_options *o)
{
	struct ctl_trace_list list;
	size_t shown = 0;
	int r = ctl_list(&list);

	for (size_t i = 0; i < list.count; i++)
		if (list_trace(o, list.pid[i], &shown))
			r = EXIT_FAILED;
	free(list.pid);
	if (!r && !shown && !o->json)
		note("ctl: no trace of yours can be controlled now; start one with latchkit trace "
		     "--control");
	return r;
}

/* -- the command line -------------------------------------------------------------------------- */

static int check_request(const struct ctl_options *o)
{
	static const char usage[] =
		"write PID status, PID set-handler NAME, PID -, or nothing for a list";
	char why[256];

	if (o->count == 1)
		return fail_usage("ctl: %s: and what about it? %s", o->words[0], usage);
	if (strcmp(o->words[1], "set-handler") == 0) {
		if (!o->words[2])
			return fail_usage("ctl: set-handler: which? count, latency or stacks");
		if (handler_find(o->words[2]))
			return 0;
		handler_explain(o->words[2], why, sizeof(why));
		return fail_usage("ctl: %s", why);
	}
	if (o->words[2])
		return fail_usage("ctl: %s: one argument too many; %s", o->words[2], usage);
	if (strcmp(o->words[1], "status") && strcmp(o->words[1], "-"))
		return fail_usage("ctl: %s: no such request; %s", o->words[1], usage);
	return 0;
}

static int parse_pid(const char *text, pid_t *pid)
{
	unsigned long long value;

	if (!number_parse(text, 10, 1, 1 << 22, &value))
		return fail_usage(
			"ctl: %s: not the pid of a process; latchkit ctl lists the traces", text);
	*pid = (pid_t)value;
	return 0;
}

int cmd_ctl(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "\nPID status\nPID set-handler NAME\nPID -",
		.doc = doc,
	};
	struct ctl_options o = {0};
	struct ctl_client client;
	char request[64];
	pid_t pid = 0;
	int r;

	if (arguments_parse(&argp, argc, argv, &o))
		return EXIT_FAILED;
	if (!o.count)
		return list_traces(&o);
	r = parse_pid(o.words[0], &pid);
	r = r ? r : check_request(&o);
	r = r ? r : ctl_connect(&client, pid);
	if (r)
		return r;
	if (strcmp(o.words[1], "-") == 0) {
		r = ask_all(&client);
	} else {
		snprintf(request, sizeof(request), "%s%s%s", o.words[1], o.words[2] ? " " : "",
			 o.words[2] ? o.words[2] : "");
		r = print_answer(&o, &client, request);
	}
	ctl_disconnect(&client);
	return r;
}
