/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* give_up.h - libraries that end the program by abort(3) where memory or threads run out. */
#ifndef LATCHKIT_USER_CLI_GIVE_UP_H
#define LATCHKIT_USER_CLI_GIVE_UP_H

/*
 * From now on, an abort(3) after an error that says that memory or threads are scarce is told, and
 * ends the program with EXIT_FAILED, as liburcu and argp give up so. Any other stays one.
 */
void give_up_explain(void);

#endif /* LATCHKIT_USER_CLI_GIVE_UP_H */
