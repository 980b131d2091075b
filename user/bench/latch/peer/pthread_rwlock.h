/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pthread_rwlock.h - a POSIX read-write lock: readers share. */
#define PEER_LOCK pthread_rwlock_t
#define PEER_LOCK_INIT(lock) pthread_rwlock_init(lock, NULL)
#define PEER_LOCK_DESTROY pthread_rwlock_destroy
#define PEER_LOCK_WRITE pthread_rwlock_wrlock
#define PEER_LOCK_READ pthread_rwlock_rdlock
#define PEER_UNLOCK pthread_rwlock_unlock
#include "bench/latch/peer/pthread_lock.h"
