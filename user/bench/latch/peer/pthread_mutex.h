/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pthread_mutex.h - a POSIX mutex around every access. */
#define PEER_LOCK pthread_mutex_t
#define PEER_LOCK_INIT(lock) pthread_mutex_init(lock, NULL)
#define PEER_LOCK_DESTROY pthread_mutex_destroy
#define PEER_LOCK_WRITE pthread_mutex_lock
#define PEER_LOCK_READ pthread_mutex_lock
#define PEER_UNLOCK pthread_mutex_unlock
#include "bench/latch/peer/pthread_lock.h"
