/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* negotiate.h - which format a scraper asks for: HTTP's header Accept (RFC 9110, 12.5.1). */
#ifndef LATCHKIT_USER_TRACE_PUBLISH_NEGOTIATE_H
#define LATCHKIT_USER_TRACE_PUBLISH_NEGOTIATE_H

#include "trace/report/metrics/exposition.h"

/*
 * OpenMetrics 1.0 where it is named and not less wanted than text; else text, also for those who
 * accept neither. `accept`: any text, or NULL: no such header.
 */
enum exposition_format negotiate(const char *accept);
/* The header Content-Type of a format. */
const char *negotiate_type(enum exposition_format format);

#endif /* LATCHKIT_USER_TRACE_PUBLISH_NEGOTIATE_H */
