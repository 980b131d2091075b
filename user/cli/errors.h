/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* errors.h - what an error number means, whoever gave it: the kernel or libbpf. */
#ifndef LATCHKIT_USER_CLI_ERRORS_H
#define LATCHKIT_USER_CLI_ERRORS_H

/*
 * Name an errno or one of libbpf's own codes, positive or negative; strerror(3) does not know the
 * latter. Valid until the next call. For one thread at a time.
 */
const char *error_text(int err);

#endif /* LATCHKIT_USER_CLI_ERRORS_H */
