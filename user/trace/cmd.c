// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit trace: its options. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/arguments.h"
#include "cli/diag.h"
#include "cli/escape.h"
#include "cli/numbers.h"
#include "cli/output_end.h"
#include "cli/suggest.h"
#include "trace/command.h"
#include "trace/probe/syntax.h"
#include "trace/publish/publish.h"
#include "trace/recipe/expand.h"
#include "trace/report/report.h"
#include "trace/run.h"
#include "trace/statement/explain.h"
#include "trace/statement/list.h"
#include "trace/statements.h"
#include "trace/target.h"

enum {
	OPTION_CGROUP = 256,
	OPTION_LATCH,
	OPTION_COLOR,
	OPTION_SPIN,
	OPTION_TOP,
	OPTION_MAX_PROBES,
	OPTION_ON_SAMPLE,
	OPTION_CONTROL,
	OPTION_PROCESSES,
	OPTION_EXIT_STATUS,
	OPTION_FORCE,
	OPTION_RAW_SYMBOLS,
	OPTION_SORT,
	OPTION_BY,
	OPTION_KEYS,
	OPTION_EXPLAIN,
	OPTION_DELTA,
	OPTION_OPEN,
	OPTION_OLDER,
	OPTION_SPANS,
	OPTION_EVENTS,
	OPTION_FLAME,
	OPTION_HEATMAP,
	OPTION_LISTEN,
	OPTION_TEXTFILE,
};

static const struct argp_option options[] = {
	{NULL, 0, NULL, 0, "What to trace:", 1},
	{"pid", 'p', "PID", 0, "only this process; the trace ends with it", 1},
	{"tid", 't', "TID", 0, "only this thread; the trace ends with it", 1},
	{"cpu", 'C', "CPULIST", 0, "only these CPUs, such as 0,2-3", 1},
	{"cgroup", OPTION_CGROUP, "PATH", 0,
	 "only tasks in this cgroup (v2) or below; the trace ends with it", 1},
	{"command", 'c', "COMMAND", 0, "run COMMAND, trace it and its children, end with it", 1},
	{"frequency", 'F', "HZ", 0, "how often the default sampling samples (99)", 1},
	{"by", OPTION_BY, "KEY,...", 0,
	 "records for each of these keys: comm, pid, tid, uid, cpu, cgroup, probe, func (of the "
	 "instruction pointer), kstack, ustack; kstack(3): of the 3 innermost functions",
	 1},
	{"keys", OPTION_KEYS, "N", 0,
	 "room for so many keys of each probe (1000; 10000 of samples by func or stack); of what "
	 "finds none there is one record, (other)",
	 1},
	{"spans", OPTION_SPANS, "N", 0,
	 "room for so many spans that have not ended (65536); what finds none is map_full", 1},
	{"events", OPTION_EVENTS, NULL, 0,
	 "show each event on a line, with the keys of --by (default: comm,pid), as statements "
	 "with {print(KEY,...)} do",
	 1},
	{"max-probes", OPTION_MAX_PROBES, "N", 0, "the most that patterns may match (1000)", 1},
	{"on-sample", OPTION_ON_SAMPLE, "HANDLER", 0,
	 "what to do with an event: count it, time it (latency), or also count it by stack "
	 "(stacks); default: what each probe is for",
	 1},
	{"control", OPTION_CONTROL, NULL, 0, "let latchkit ctl swap the handler meanwhile", 1},
	{"force", OPTION_FORCE, NULL, 0,
	 "attach even what can crash the target: returns of Go functions", 1},
	{"processes", OPTION_PROCESSES, NULL, 0, "also report each process that ends", 1},
	{"exit-status", OPTION_EXIT_STATUS, "WHOSE", 0,
	 "exit with the status of the traced command (command, the default) or with the trace's "
	 "own "
	 "(trace)",
	 1},
	{NULL, 0, NULL, 0, "How long, how often:", 2},
	{"duration", 'd', "SECONDS", 0, "stop after this time (default: at ^C)", 2},
	{"interval", 'i', "SECONDS", 0, "report this often (1)", 2},
	{NULL, 0, NULL, 0, "How to show it:", 3},
	{"top", OPTION_TOP, "N", 0, "rows of the table (20), stacks below it (5); 0: all", 3},
	{"sort", OPTION_SORT, "KEY", 0,
	 "sort the table by count, rate, or of latencies sum, avg, max or p99 (default: probes "
	 "named one by one first)",
	 3},
	{"delta", OPTION_DELTA, NULL, 0,
	 "the table tells of each interval, not of all since the begin", 3},
	{"open", OPTION_OPEN, NULL, 0,
	 "also report, at the end, the spans that have not ended, oldest first", 3},
	{"older", OPTION_OLDER, "SECONDS", 0, "of these, those that began so long ago", 3},
	{"color", OPTION_COLOR, "WHEN", 0, "auto, always or never", 3},
	{"raw-symbols", OPTION_RAW_SYMBOLS, NULL, 0,
	 "names of C++ and Rust functions as they are in the file", 3},
	{"output", 'o', "FILE", 0, "write there instead of to standard output", 3},
	{"flame", OPTION_FLAME, "FILE", 0,
	 "also draw the stacks as a flame graph, in SVG for a browser", 3},
	{"heatmap", OPTION_HEATMAP, "FILE", 0,
	 "also draw latencies and values over time, in SVG for a browser", 3},
	{"listen", OPTION_LISTEN, "[ADDR:]PORT", 0,
	 "also serve metrics for Prometheus there, by HTTP (ADDR: 127.0.0.1)", 3},
	{"textfile", OPTION_TEXTFILE, "FILE", 0,
	 "also keep metrics in FILE, a name in .prom for node_exporter, written at each interval",
	 3},
	{NULL, 0, NULL, 0, "How it works:", 4},
	{"latch", OPTION_LATCH, "NAME", 0, "the latch to write through, see latchkit list", 4},
	{"spin", OPTION_SPIN, NULL, 0, "read records all the time: a test of the latch", 4},
	{"verbose", 'v', NULL, 0,
	 "print what libbpf says, how large programs are, and how often records were read; with -l "
	 "arguments and their types",
	 4},
	{NULL, 0, NULL, 0, "Instead of tracing:", 5},
	{"list", 'l', NULL, 0,
	 "list the probes of this host that match the patterns, or 'struct NAME'; -lv with their "
	 "arguments, and types",
	 5},
	{"explain", OPTION_EXPLAIN, NULL, 0,
	 "print what would be attached, the fields that are read, and the steps of expressions", 5},
	{"dry-run", 0, NULL, OPTION_ALIAS, NULL, 5},
	{0},
};

static const char doc[] =
	"Show what this host is doing.\v"
	"Without probes: samples, context switches, the latency of every system call, and whose "
	"they are.\n\n"
	"%s\n"
	"Names may be patterns with * and ?. A probe on a return includes the entry. @RECIPE "
	"stands "
	"for probes and options that latchkit list recipes shows.";

/* The probe types go where the text has %s. */
static char *fill_in_types(int key, const char *text, void *input)
{
	char *types, *filled = NULL;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	types = probe_types_help();
	if (!types || asprintf(&filled, text, types) < 0)
		filled = NULL; /* argp prints nothing; errno tells main() */
	free(types);
	return filled;
}

static void set_latch(struct argp_state *state, struct trace_options *o, const char *arg)
{
	struct suggest near;

	o->engine.variant = latch_variant_find(arg);
	if (o->engine.variant)
		return;
	suggest_init(&near, arg);
	for (size_t i = 0; i < latch_variants_count(); i++)
		suggest_offer(&near, latch_variant_get(i)->name);
	argp_error(state, "--latch %s: no such latch; %s", arg,
		   suggest_hint(&near, "latchkit list shows them"));
}

static void set_handler(struct argp_state *state, struct trace_options *o, const char *arg)
{
	char why[256];

	o->engine.handler = handler_find(arg);
	if (o->engine.handler)
		return;
	handler_explain(arg, why, sizeof(why));
	argp_error(state, "--on-sample %s", why);
}

static void set_cpus(struct argp_state *state, struct trace_options *o, const char *arg)
{
	struct cpulist online;

	if (cpulist_parse(arg, &o->engine.cpus))
		argp_error(state, "-C %s: not a list of CPUs; write 0,2-3", arg);
	o->engine.by_cpu = true;
	if (cpulist_online(&online))
		return;
	for (int cpu = 0; cpu < CPULIST_MAX; cpu++)
		if (cpulist_has(&o->engine.cpus, cpu) && !cpulist_has(&online, cpu))
			argp_error(state,
				   "-C %s: CPU %d is not online; see "
				   "/sys/devices/system/cpu/online",
				   arg, cpu);
}

static void set_color(struct argp_state *state, struct trace_options *o, const char *arg)
{
	if (strcmp(arg, "always") == 0)
		o->color = COLOR_ALWAYS;
	else if (strcmp(arg, "never") == 0)
		o->color = COLOR_NEVER;
	else if (strcmp(arg, "auto") == 0)
		o->color = COLOR_AUTO;
	else
		argp_error(state, "--color %s: auto, always or never", arg);
}

static void set_exit_status(struct argp_state *state, struct trace_options *o, const char *arg)
{
	if (strcmp(arg, "command") && strcmp(arg, "trace"))
		argp_error(state, "--exit-status %s: command or trace", arg);
	o->own_status = strcmp(arg, "trace") == 0;
}

static void set_sort(struct argp_state *state, struct trace_options *o, const char *arg)
{
	struct suggest near;
	int sort = sort_find(arg);

	suggest_init(&near, arg);
	for (size_t i = 0; sort_name(i); i++)
		suggest_offer(&near, sort_name(i));
	if (sort < 0)
		argp_error(state, "--sort %s: no such key; %s", arg,
			   suggest_hint(&near, "count, rate, sum, avg, max or p99"));
	o->sort = (enum trace_sort)sort;
}

static void set_keys(struct argp_state *state, struct trace_options *o, const char *arg)
{
	char why[320], shown[ESCAPE_ROOM(sizeof(why))];

	if (o->engine.keys.count)
		argp_error(state, "--by: is there twice; write --by comm,pid");
	if (!keys_parse(arg, &o->engine.keys, why, sizeof(why)))
		argp_error(state, "--by %s",
			   escape_text(ESCAPE_MESSAGE, shown, sizeof(shown), why, sizeof(why)));
}

static error_t parse_keys(int key, char *arg, struct argp_state *state)
{
	struct trace_options *o = state->input;

	switch (key) {
	case OPTION_BY:
		set_keys(state, o, arg);
		return 0;
	case OPTION_EVENTS:
		o->engine.lines = true;
		return 0;
	case OPTION_KEYS:
		o->engine.keys_most = number_option(state, "--keys", arg, 100000000);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_filter(int key, char *arg, struct argp_state *state)
{
	struct trace_options *o = state->input;

	switch (key) {
	case 'p':
		o->engine.tgid = (unsigned int)number_option(state, "-p", arg, 1 << 22);
		return 0;
	case 't':
		o->engine.tid = (unsigned int)number_option(state, "-t", arg, 1 << 22);
		return 0;
	case 'C':
		set_cpus(state, o, arg);
		return 0;
	case OPTION_CGROUP:
		o->engine.cgroup = arg;
		return 0;
	case 'c':
		o->command = command_split(arg);
		if (!o->command)
			argp_error(state, "-c %s: not a command; quote it as for a shell", arg);
		return 0;
	case OPTION_FORCE:
		o->force = true;
		return 0;
	case OPTION_EXIT_STATUS:
		set_exit_status(state, o, arg);
		return 0;
	default:
		return parse_keys(key, arg, state);
	}
}

static error_t parse_open(int key, char *arg, struct argp_state *state)
{
	struct trace_options *o = state->input;

	switch (key) {
	case OPTION_OPEN:
		o->open = true;
		return 0;
	case OPTION_OLDER:
		o->older_s = seconds_option(state, "--older", arg, 0, 1e9);
		return 0;
	case OPTION_SPANS:
		o->engine.spans_most = number_option(state, "--spans", arg, 100000000);
		return 0;
	default:
		return parse_filter(key, arg, state);
	}
}

static error_t parse_format(int key, char *arg, struct argp_state *state)
{
	struct trace_options *o = state->input;

	switch (key) {
	case OPTION_COLOR:
		set_color(state, o, arg);
		return 0;
	case OPTION_TOP:
		o->top = (unsigned int)number_option_from(state, "--top", arg, 0, 100000);
		o->stacks = o->top;
		return 0;
	case OPTION_RAW_SYMBOLS:
		o->raw_symbols = true;
		return 0;
	case OPTION_SORT:
		set_sort(state, o, arg);
		return 0;
	case OPTION_DELTA:
		o->delta = true;
		return 0;
	case 'o':
		o->output = arg;
		return 0;
	case OPTION_FLAME:
		o->picture[PICTURE_FLAME] = arg;
		return 0;
	case OPTION_HEATMAP:
		o->picture[PICTURE_HEATMAP] = arg;
		return 0;
	case OPTION_LISTEN:
		o->listen = arg;
		return 0;
	case OPTION_TEXTFILE:
		o->textfile = arg;
		return 0;
	default:
		return parse_open(key, arg, state);
	}
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct trace_options *o = state->input;

	switch (key) {
	case 'F':
		o->frequency_hz = (unsigned int)number_option(state, "-F", arg, 100000);
		return 0;
	case OPTION_ON_SAMPLE:
		set_handler(state, o, arg);
		return 0;
	case OPTION_CONTROL:
		o->control = o->engine.swappable = true;
		return 0;
	case OPTION_PROCESSES:
		o->processes = o->engine.processes = true;
		return 0;
	case OPTION_MAX_PROBES:
		o->max_probes = number_option(state, "--max-probes", arg, 60000);
		return 0;
	case 'd':
		o->duration_s = seconds_option(state, "-d", arg, 0.001, 1e9);
		return 0;
	case 'i':
		o->interval_s = seconds_option(state, "-i", arg, 0.001, 1e9);
		return 0;
	case 'l':
		o->list = true;
		return 0;
	case OPTION_EXPLAIN:
		o->explain = true;
		return 0;
	case OPTION_LATCH:
		set_latch(state, o, arg);
		return 0;
	case OPTION_SPIN:
		o->spin = true;
		return 0;
	case 'v':
		o->engine.verbose = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->report;
		return 0;
	case ARGP_KEY_ARGS:
		o->probes = state->argv + state->next;
		o->probe_count = state->argc - state->next;
		return 0;
	default:
		return parse_format(key, arg, state);
	}
}

/* Cut "-- COMMAND ARG..." off, which argp would take for probes. Returns 0 or EXIT_USAGE. */
static int take_command(struct trace_options *o, int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		if (i + 1 == *argc)
			return fail_usage("--: no command follows; write -- COMMAND [ARG]...");
		o->command = argv + i + 1;
		*argc = i;
		return 0;
	}
	return 0;
}

/* What is asked for instead of a trace. */
static int show(const struct trace_options *o)
{
	struct probe_list like = {
		.limit = o->max_probes,
		.force = o->force,
		.pid = (pid_t)(o->engine.tgid ? o->engine.tgid : o->engine.tid),
	};
	int r;

	if (o->list)
		r = list_probes(o->probes, o->probe_count, o->engine.verbose, stdout);
	else if (o->probe_count)
		r = explain_statements(&like, o->probes, o->probe_count, stdout);
	else
		return fail_usage("--explain: what? Give a probe, or a statement in quotes");
	return r ? r : output_end(stdout, NULL);
}

/* Stacks are asked for by a format, or by a picture. */
static void set_stacks(struct trace_options *o)
{
	bool flame = o->picture[PICTURE_FLAME];

	o->only_stacks = o->report->only_stacks || (flame && !o->picture[PICTURE_HEATMAP]);
	o->stacks_option = o->report->only_stacks ? report_option(o->report)
			   : flame		  ? "--flame"
						  : NULL;
	o->engine.count_stacks = o->stacks_option;
}

static int parse(int argc, char **argv, struct trace_options *o)
{
	const struct argp_child children[] = {{.argp = report_argp()}, {0}};
	const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "[PROBE|@RECIPE]...\n[PROBE|@RECIPE]... -- COMMAND [ARG]...\n-l[v] "
			    "[PATTERN]...\n--explain PROBE|@RECIPE...",
		.doc = doc,
		.help_filter = fill_in_types,
		.children = children,
	};

	return arguments_parse(&argp, argc, argv, o) ? EXIT_FAILED : 0;
}

/* Parse again, with what recipes stand for in place of their names. Returns 0 or an exit code. */
static int take_recipes(char **argv, struct trace_options *o, struct trace_options initial)
{
	struct words words;
	int r;

	if (o->list || !recipes_are_named(o))
		return 0;
	r = recipes_expand(o, argv, &words);
	*o = initial;
	return r ? r : parse(words.count, words.word, o);
}

/* Would one output overwrite another? */
static int check_files(const struct trace_options *o)
{
	const char *const file[] = {o->output, o->textfile, o->picture[PICTURE_FLAME],
				    o->picture[PICTURE_HEATMAP]};

	for (size_t i = 0; i < sizeof(file) / sizeof(file[0]); i++)
		for (size_t j = 0; j < i; j++)
			if (file[i] && file[j] && strcmp(file[i], file[j]) == 0)
				return fail_usage("%s: is two outputs; name two files", file[i]);
	return 0;
}

/* Fill in what follows from other options. Returns 0 or an exit code: they do not go together. */
static int check(struct trace_options *o)
{
	int r = check_files(o);

	if (r)
		return r;
	o->engine.follow = o->command != NULL;
	set_stacks(o);
	r = statements_keys(&o->engine.keys, &o->engine.lines, o->probes, (size_t)o->probe_count);
	if (r)
		return r;
	o->engine.activity =
		!o->probe_count && !o->engine.keys.count && !o->engine.lines && !o->only_stacks;
	r = o->engine.lines ? report_check_lines(o->report) : 0;
	if (r)
		return r;
	r = o->processes ? report_check_processes(o->report) : 0;
	r = r || !o->delta ? r : report_check_delta(o->report);
	r = r || !o->open ? r : report_check_open(o->report);
	if (!r && o->older_s > 0 && !o->open)
		return fail_usage("--older: than what? It is for --open");
	r = r ? r : publish_check(o);
	return r ? r : target_check(o);
}

int cmd_trace(int argc, char **argv)
{
	struct trace_options o = {
		.report = report_default(),
		.interval_s = 1,
		.frequency_hz = 99,
		.top = 20,
		.stacks = 5,
		.max_probes = PROBE_LIMIT,
		.engine.variant = latch_variant_find(LATCH_DEFAULT),
	};
	struct trace_options initial;
	char *const *split;
	int r;

	r = take_command(&o, &argc, argv);
	if (r)
		return r;
	split = o.command;
	initial = o;
	r = parse(argc, argv, &o);
	r = r ? r : take_recipes(argv, &o, initial);
	if (r)
		return r;
	if (o.list || o.explain)
		return show(&o);
	if (split && split != o.command)
		return fail_usage("-c and --: give the command once");
	r = check(&o);
	return r ? r : trace_run(&o);
}
