/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* urcu_memb.h - liburcu's flavour memb; see bench/latch/peer/urcu.h. */
#ifndef URCU_CALLS
#define _LGPL_SOURCE
#endif
#include <urcu/urcu-memb.h>

#define URCU(verb) urcu_memb_##verb
#include "bench/latch/peer/urcu.h"

#define peer_urcu_memb_words(words) (URCU_CELL_WORDS + 0 * (words))
#define peer_urcu_memb_publish(memory, words, record, stamp) \
	((void)(stamp), urcu_publish(memory, words, record))
#define peer_urcu_memb_accumulate urcu_accumulate
#define peer_urcu_memb_read(memory, words, record, tries) \
	((void)(tries), urcu_read(memory, words, record))
