// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tracer.c - the ways to trace system calls that bench/trace/bench.c compares: nothing, empty
 * programs and latchkit's own, in this process; other tools, as children of it.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/errors.h"
#include "trace/engine/attach.h"
#include "cli/diag.h"
#include "trace/engine/engine.h"
#include "trace/probe/probe.h"
#include "trace/engine/reader.h"
#include "bench/trace/tools.h"
#include "trace/probe/syntax.h"
#include "trace/statements.h"

/* -- empty programs ---------------------------------------------------------------------------- */

/* Attach a program that returns at once. Returns the fd that holds it, or a negative errno. */
static int attach_empty(const char *tracepoint, bool typed)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = typed ? BPF_TRACE_RAW_TP : 0);
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int program, link,
		id = typed ? libbpf_find_vmlinux_btf_id(tracepoint, BPF_TRACE_RAW_TP) : 0;

	if (id < 0)
		return id;
	opts.attach_btf_id = (__u32)id;
	program = bpf_prog_load(typed ? BPF_PROG_TYPE_TRACING : BPF_PROG_TYPE_RAW_TRACEPOINT,
				"lk_bench_empty", "GPL", insns, 2, &opts);
	if (program < 0)
		return program;
	link = bpf_raw_tracepoint_open(typed ? NULL : tracepoint, program);
	close(program);
	return link;
}

static long long empty_detach(struct bench_tracing *t)
{
	int *fds = t->state;

	for (int i = 0; i < BENCH_TRACER_HOOKS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(fds);
	return -1;
}

static int explain_empty(int err)
{
	if (err == -EPERM || err == -EACCES)
		return fail("bench trace: cannot attach BPF programs: %s; run as root, or with "
			    "CAP_BPF and CAP_PERFMON (see latchkit doctor)",
			    error_text(err));
	return fail("bench trace: cannot attach BPF programs: %s; see latchkit doctor",
		    error_text(err));
}

static int empty_attach(struct bench_tracing *t)
{
	int *fds = malloc(BENCH_TRACER_HOOKS * sizeof(*fds)), err = 0;

	if (!fds)
		return fail("bench trace: out of memory");
	t->state = fds;
	for (int i = 0; i < BENCH_TRACER_HOOKS; i++) {
		const char *hook = t->tracer->hooks[i];

		fds[i] = hook && !err ? attach_empty(hook, t->tracer->typed) : -1;
		if (hook && !err && fds[i] < 0)
			err = fds[i];
	}
	if (!err)
		return 0;
	empty_detach(t);
	return explain_empty(err);
}

/* -- latchkit's own: the programs of latchkit trace, loaded and attached as it does ------------ */

struct own {
	struct trace_options options;
	struct trace trace; /* its probes */
	struct engine *engine;
	struct attachments *attachments;
};

static void own_free(struct own *own)
{
	attachments__free(own->attachments);
	engine__free(own->engine);
	statements_free(&own->trace);
	probe_list_free(&own->trace.probes);
	free(own);
}

static int own_start(struct own *own, const struct bench_tracer *tracer)
{
	struct engine_config *config = &own->options.engine;
	struct probe_list *probes = &own->trace.probes;
	char why[200];
	int r;

	config->variant = latch_variant_find(LATCH_DEFAULT);
	if (tracer->by && !keys_parse(tracer->by, &config->keys, why, sizeof(why)))
		return fail("bench trace: --by %s", why);
	own->trace.options = &own->options;
	probes->limit = PROBE_LIMIT;
	r = statements_add(&own->trace, tracer->probe);
	if (r)
		return r;
	probe_list_number(probes);
	own->engine = engine__new(config, probes);
	if (own->engine)
		own->attachments = attachments__new(own->engine, 0);
	if (!own->attachments)
		return EXIT_FAILED;
	attachments_begin(own->engine, own->attachments);
	return 0;
}

static int own_attach(struct bench_tracing *t)
{
	struct own *own = calloc(1, sizeof(*own));
	int r = own ? own_start(own, t->tracer) : fail("bench trace: out of memory");

	t->state = own;
	if (r && own)
		own_free(own);
	return r ? EXIT_FAILED : 0;
}

static long long own_detach(struct bench_tracing *t)
{
	struct own *own = t->state;
	struct reader *reader = reader__new(own->engine, own->attachments);
	long long seen = -1;

	if (reader) {
		reader_read_all(reader);
		seen = (long long)probe_view_count(&reader->view[0]);
	}
	reader__free(reader);
	own_free(own);
	return seen;
}

/* -- the table --------------------------------------------------------------------------------- */

#define COUNT_ALL "tracepoint:raw_syscalls:sys_enter { @ = count(); }"
#define COUNT_RAW "rawtracepoint:sys_enter { @ = count(); }"
#define COUNT_BY "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }"
#define COUNT_BY_RAW "rawtracepoint:sys_enter { @[comm] = count(); }"
#define TIME_INTO(into, enter, leave) \
	enter " { @s[tid] = nsecs; } " leave " /@s[tid]/ " \
	      "{ " into " = hist(nsecs - @s[tid]); delete(@s[tid]); }"
#define TIME(enter, leave) TIME_INTO("@", enter, leave)
#define TIME_ALL TIME("tracepoint:raw_syscalls:sys_enter", "tracepoint:raw_syscalls:sys_exit")
#define TIME_ONE \
	TIME("tracepoint:syscalls:sys_enter_getppid", "tracepoint:syscalls:sys_exit_getppid")
#define TIME_BY \
	TIME_INTO("@[comm]", "tracepoint:raw_syscalls:sys_enter", \
		  "tracepoint:raw_syscalls:sys_exit")
#define TIME_ONE_BY \
	TIME_INTO("@[comm]", "tracepoint:syscalls:sys_enter_getppid", \
		  "tracepoint:syscalls:sys_exit_getppid")

#define SUM_ONE_BY "tracepoint:syscalls:sys_exit_read { @[comm] = sum(args->ret); }"

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define HOOKS(...) .hooks = {__VA_ARGS__}
#define IN_PROCESS(name) .attach = name##_attach, .detach = name##_detach
#define BPFTRACE(script) \
	.argv = ARGV("bpftrace", "-f", "json", "-e", script), .package = "bpftrace", \
	.attach = bench_tool_attach, .detach = bench_tool_detach_bpftrace
#define SYSCOUNT(...) \
	.argv = ARGV("syscount", __VA_ARGS__), .other_name = "syscount-bpfcc", \
	.package = "libbpf-tools", .attach = bench_tool_attach, \
	.detach = bench_tool_detach_syscount

const struct bench_tracer bench_tracers[] = {
	{.job = "count", .name = "none", .does = "nothing attached"},
	{"count", "empty", "an empty program on raw tracepoint sys_enter", HOOKS("sys_enter"),
	 IN_PROCESS(empty)},
	{"count", "latchkit", "rawtracepoint:sys_enter (every system call)", HOOKS("sys_enter"),
	 .probe = "rawtracepoint:sys_enter", IN_PROCESS(own)},
	{"count", "bpftrace", COUNT_ALL " (every system call)", HOOKS("sys_enter"),
	 BPFTRACE(COUNT_ALL)},
	{"count", "bpftrace_raw", COUNT_RAW " (every system call)", HOOKS("sys_enter"),
	 BPFTRACE(COUNT_RAW)},
	{"count", "syscount", "syscount (every system call, a count for each number)",
	 HOOKS("sys_exit"), SYSCOUNT("-T", "500")},

	{.job = "latency", .name = "none", .does = "nothing attached"},
	{"latency", "empty",
	 "empty programs on raw tracepoints sys_enter and sys_exit, typed as latchkit's",
	 HOOKS("sys_enter", "sys_exit"), IN_PROCESS(empty), .typed = true},
	{"latency", "latchkit",
	 "tracepoint:syscalls:sys_enter_getppid (getppid; count, sum, min, max, histogram)",
	 HOOKS("sys_enter", "sys_exit"), .probe = "tracepoint:syscalls:sys_enter_getppid",
	 IN_PROCESS(own)},
	{"latency", "bpftrace", TIME_ALL " (every system call; histogram)",
	 HOOKS("sys_enter", "sys_exit"), BPFTRACE(TIME_ALL)},
	{"latency", "bpftrace_getppid", TIME_ONE " (getppid; histogram)",
	 HOOKS("sys_enter_getppid", "sys_exit_getppid"), BPFTRACE(TIME_ONE)},
	{"latency", "syscount",
	 "syscount -L (every system call; a count and a sum for each number, no histogram)",
	 HOOKS("sys_enter", "sys_exit"), SYSCOUNT("-L", "-T", "500")},

	{.job = "count by comm", .name = "none", .does = "nothing attached"},
	{"count by comm", "empty", "an empty program on raw tracepoint sys_enter",
	 HOOKS("sys_enter"), IN_PROCESS(empty)},
	{"count by comm", "latchkit", "--by comm rawtracepoint:sys_enter (every system call)",
	 HOOKS("sys_enter"), .probe = "rawtracepoint:sys_enter", .by = "comm", IN_PROCESS(own)},
	{"count by comm", "bpftrace", COUNT_BY " (every system call)", HOOKS("sys_enter"),
	 BPFTRACE(COUNT_BY)},
	{"count by comm", "bpftrace_raw", COUNT_BY_RAW " (every system call)", HOOKS("sys_enter"),
	 BPFTRACE(COUNT_BY_RAW)},

	{.job = "latency by comm", .name = "none", .does = "nothing attached"},
	{"latency by comm", "empty",
	 "empty programs on raw tracepoints sys_enter and sys_exit, typed as latchkit's",
	 HOOKS("sys_enter", "sys_exit"), IN_PROCESS(empty), .typed = true},
	{"latency by comm", "latchkit",
	 "--by comm tracepoint:syscalls:sys_enter_getppid (getppid; count, sum, min, max, "
	 "histogram)",
	 HOOKS("sys_enter", "sys_exit"), .probe = "tracepoint:syscalls:sys_enter_getppid",
	 .by = "comm", IN_PROCESS(own)},
	{"latency by comm", "bpftrace", TIME_BY " (every system call; histogram)",
	 HOOKS("sys_enter", "sys_exit"), BPFTRACE(TIME_BY)},
	{"latency by comm", "bpftrace_getppid", TIME_ONE_BY " (getppid; histogram)",
	 HOOKS("sys_enter_getppid", "sys_exit_getppid"), BPFTRACE(TIME_ONE_BY)},

	{.job = "sum by comm", .name = "none", .does = "nothing attached", .call = BENCH_CALL_READ},
	{"sum by comm", "empty", "an empty program on raw tracepoint sys_exit, typed as latchkit's",
	 HOOKS("sys_exit"), .call = BENCH_CALL_READ, IN_PROCESS(empty), .typed = true},
	{"sum by comm", "latchkit",
	 "tracepoint:syscalls:sys_enter_read {sum(retval) by comm} (read; count, sum, min, max, "
	 "histogram)",
	 HOOKS("sys_exit"), .call = BENCH_CALL_READ,
	 .probe = "tracepoint:syscalls:sys_enter_read {sum(retval) by comm}", .by = "comm",
	 IN_PROCESS(own)},
	{"sum by comm", "bpftrace", SUM_ONE_BY " (read; sum)", HOOKS("sys_exit_read"),
	 .call = BENCH_CALL_READ, BPFTRACE(SUM_ONE_BY)},
	{0},
};
