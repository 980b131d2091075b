/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * urcu_memb_calls.h - urcu_memb for programs that must not inline liburcu's read side: without
 * _LGPL_SOURCE each part of it is a call.
 */
#define URCU_CALLS
#include "bench/latch/peer/urcu_memb.h"

#define peer_urcu_memb_calls_words peer_urcu_memb_words
#define peer_urcu_memb_calls_publish peer_urcu_memb_publish
#define peer_urcu_memb_calls_accumulate peer_urcu_memb_accumulate
#define peer_urcu_memb_calls_read peer_urcu_memb_read
