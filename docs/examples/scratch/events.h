/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* events.h - between events.bpf.c and events.c: what is written to the ring buffer. */
#ifndef EVENTS_H
#define EVENTS_H

#define EVENT_WORDS 128

/* Every word is the number of the event: what is not was written by somebody else. */
struct event {
	unsigned long long words[EVENT_WORDS];
};

#endif
