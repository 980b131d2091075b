/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* cmd_verify.h - the subcommands of latchkit verify; as those in commands.h. */
#ifndef LATCHKIT_USER_CMD_VERIFY_H
#define LATCHKIT_USER_CMD_VERIFY_H

int cmd_verify_latch(int argc, char **argv);

#endif /* LATCHKIT_USER_CMD_VERIFY_H */
