/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* pthread_spin.h - a POSIX spin lock around every access. */
#define PEER_LOCK pthread_spinlock_t
#define PEER_LOCK_INIT(lock) pthread_spin_init(lock, PTHREAD_PROCESS_PRIVATE)
#define PEER_LOCK_DESTROY pthread_spin_destroy
#define PEER_LOCK_WRITE pthread_spin_lock
#define PEER_LOCK_READ pthread_spin_lock
#define PEER_UNLOCK pthread_spin_unlock
#include "bench/latch/peer/pthread_lock.h"
