// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* cmd.c - latchkit bench: the table of its subcommands. */
#include "cli/commands.h"
#include "cli/subcommand.h"

static const struct subcommand commands[] = {
	{"latch", cmd_bench_latch, .summary = "measure the latches and their peers side by side"},
	{"trace", cmd_bench_trace, .summary = "measure what tracing costs, beside other tools"},
	{"dispatch", cmd_bench_dispatch,
	 .summary = "measure handlers that are swapped, and judge what is claimed"},
	{"registry", cmd_bench_registry,
	 .summary = "measure tables of objects found by an id, and judge what is claimed"},
	{"keyed", cmd_bench_keyed,
	 .summary = "measure records by key beside hash maps, and judge what is claimed"},
	{"scratch", cmd_bench_scratch,
	 .summary = "measure scratch memory of programs beside what is done instead"},
	{"compare", cmd_bench_compare, .summary = "say what differs between two files of results"},
	{"plot", cmd_bench_plot, .summary = "draw a file of results with gnuplot"},
};

int cmd_bench(int argc, char **argv)
{
	static const struct subcommands bench = {"latchkit bench", "bench ", commands,
						 sizeof(commands) / sizeof(commands[0]), false};

	return subcommands_run(&bench, argc, argv);
}
