/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* units.h - what the values of a hist() are in, so that reports can spell them. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_UNITS_H
#define LATCHKIT_USER_TRACE_STATEMENT_UNITS_H

enum unit {
	UNIT_NONE,
	UNIT_NS,
	UNIT_US,
	UNIT_MS,
	UNIT_S,
	UNIT_B,
	UNIT_KIB,
	UNIT_MIB,
	UNIT_GIB,
	UNITS
};

/* "ns", "KiB"; "" for UNIT_NONE. */
const char *unit_name(enum unit unit);
/* How many ns, or bytes, one of it is; of UNIT_NONE 1. */
unsigned long long unit_factor(enum unit unit);
/* UNITS: there is none of that name. */
enum unit unit_find(const char *name);

#endif /* LATCHKIT_USER_TRACE_STATEMENT_UNITS_H */
