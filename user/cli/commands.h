/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * commands.h - the subcommands. Each takes its own name as argv[0] and returns the exit code:
 * 0 done, 1 failed, 2 usage; failures have printed a diagnostic on standard error.
 */
#ifndef LATCHKIT_USER_CLI_COMMANDS_H
#define LATCHKIT_USER_CLI_COMMANDS_H

int cmd_trace(int argc, char **argv);
int cmd_ctl(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_bench_latch(int argc, char **argv);
int cmd_bench_trace(int argc, char **argv);
int cmd_bench_dispatch(int argc, char **argv);
int cmd_bench_registry(int argc, char **argv);
int cmd_bench_keyed(int argc, char **argv);
int cmd_bench_scratch(int argc, char **argv);
int cmd_bench_compare(int argc, char **argv);
int cmd_bench_plot(int argc, char **argv);
int cmd_verify(int argc, char **argv);

#endif /* LATCHKIT_USER_CLI_COMMANDS_H */
