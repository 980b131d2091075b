/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * http.h - metrics by HTTP: /metrics and /healthz, to be read only, one request a connection.
 * Nothing here waits for a client, and what clients can cost is bounded: connections, the size of
 * a request, the time for all of it, memory for answers that are not read. When a bound is
 * reached the oldest connection goes, so that a new one is always served.
 *
 * Metrics are rendered when they are asked for, but not more often than so that it takes a tenth
 * of the time: else the last ones are sent again.
 *
 * One thread, which may use nothing else of this trace while it is in here.
 */
#ifndef LATCHKIT_USER_TRACE_PUBLISH_HTTP_H
#define LATCHKIT_USER_TRACE_PUBLISH_HTTP_H

#include "trace/report/metrics/exposition.h"

/* Connections at a time. */
#define HTTP_CLIENTS 256
/* Bytes of a connection for its request; what is longer is refused. */
#define HTTP_REQUEST 8192
/* From its begin to the end of a connection. */
#define HTTP_PATIENCE_NS 10000000000ULL
/* All answers that are not read yet. */
#define HTTP_ANSWERS ((size_t)256 << 20)

struct http;

/* Render the metrics of now: fill in e->text and e->length. Returns 0 or an errno. */
typedef int http_render_fn(void *arg, struct exposition *e);

/* Serve what connects to `listener`, which is the server's then. Returns NULL, diagnosed. */
struct http *http__new(int listener, http_render_fn *render, void *arg);
/* Disconnect all. NULL is allowed. */
void http__free(struct http *http);
/* A descriptor that is readable when there is something to serve. */
int http_fd(const struct http *http);
/*
 * Serve what can be served without waiting, a bounded number of steps, and end connections that
 * took too long. Returns when to call it again if nothing comes before (CLOCK_MONOTONIC, ns).
 */
unsigned long long http_serve(struct http *http);

#endif /* LATCHKIT_USER_TRACE_PUBLISH_HTTP_H */
