/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* code_id.h - a hash of machine code, by which a saved failure knows the build that it is of. */
#ifndef LATCHKIT_USER_VERIFY_CORE_CODE_ID_H
#define LATCHKIT_USER_VERIFY_CORE_CODE_ID_H

#include <stddef.h>

/* Write a hash of the bytes from begin to end: the same for the same instructions. */
void verify_code_id(const unsigned char *begin, const unsigned char *end, char *id, size_t size);

#endif /* LATCHKIT_USER_VERIFY_CORE_CODE_ID_H */
