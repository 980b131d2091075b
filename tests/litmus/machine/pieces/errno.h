/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* errno.h - what dispatch.h and the registries want of it: the machine's headers are not here. */
#ifndef LATCHKIT_PROOF_ERRNO_H
#define LATCHKIT_PROOF_ERRNO_H

#define ENOENT 2
#define E2BIG 7
#define ENOMEM 12
#define EBUSY 16
#define EEXIST 17
#define EINVAL 22
#define ERANGE 34
#define EDEADLK 35

#endif /* LATCHKIT_PROOF_ERRNO_H */
