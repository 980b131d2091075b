/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* urcu_qsbr.h - liburcu's flavour qsbr; see bench/latch/peer/urcu.h. */
#ifndef URCU_CALLS
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-qsbr.h>

#define URCU(verb) urcu_qsbr_##verb
#include "bench/latch/peer/urcu.h"

#define peer_urcu_qsbr_words(words) (URCU_CELL_WORDS + 0 * (words))
#define peer_urcu_qsbr_publish(memory, words, record, stamp) \
	((void)(stamp), urcu_publish(memory, words, record))
#define peer_urcu_qsbr_accumulate urcu_accumulate
#define peer_urcu_qsbr_read(memory, words, record, tries) \
	((void)(tries), urcu_read(memory, words, record))
/* Between loops a thread uses nothing; a writer that waits must not hold up its own wait. */
#define PEER_PAUSE() urcu_qsbr_quiescent_state()
