/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * urcu_qsbr_calls.h - urcu_qsbr for programs that must not inline liburcu's read side: without
 * _LGPL_SOURCE each part of it is a call.
 */
#define URCU_CALLS
#include "bench/latch/peer/urcu_qsbr.h"

#define peer_urcu_qsbr_calls_words peer_urcu_qsbr_words
#define peer_urcu_qsbr_calls_publish peer_urcu_qsbr_publish
#define peer_urcu_qsbr_calls_accumulate peer_urcu_qsbr_accumulate
#define peer_urcu_qsbr_calls_read peer_urcu_qsbr_read
