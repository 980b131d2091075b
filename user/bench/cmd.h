/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* cmd.h - the subcommands of latchkit bench; as those in cli/commands.h. */
#ifndef LATCHKIT_USER_BENCH_CMD_H
#define LATCHKIT_USER_BENCH_CMD_H

int cmd_bench_latch(int argc, char **argv);
int cmd_bench_trace(int argc, char **argv);
int cmd_bench_dispatch(int argc, char **argv);
int cmd_bench_registry(int argc, char **argv);
int cmd_bench_compare(int argc, char **argv);
int cmd_bench_plot(int argc, char **argv);

#endif /* LATCHKIT_USER_BENCH_CMD_H */
