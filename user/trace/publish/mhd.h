/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * mhd.h - GNU libmicrohttpd, loaded when a trace listens and not before: no other command pays for
 * it and the TLS library that it brings, or fails without it.
 */
#ifndef LATCHKIT_USER_TRACE_PUBLISH_MHD_H
#define LATCHKIT_USER_TRACE_PUBLISH_MHD_H

#include <microhttpd.h>

#define MHD_FUNCTIONS(X) \
	X(start_daemon) \
	X(stop_daemon) \
	X(run) \
	X(get_timeout) \
	X(get_daemon_info) \
	X(get_connection_info) \
	X(lookup_connection_value) \
	X(create_response_from_buffer) \
	X(create_response_from_buffer_with_free_callback_cls) \
	X(add_response_header) \
	X(queue_response) \
	X(destroy_response)

/* MHD_NAME() of the manual is mhd->NAME(). */
struct mhd {
#define MHD_MEMBER(name) __typeof__(&MHD_##name) name;
	MHD_FUNCTIONS(MHD_MEMBER)
#undef MHD_MEMBER
};

/* Load it, once. Returns NULL after printing why it is not to be had. */
const struct mhd *mhd_load(void);

#endif /* LATCHKIT_USER_TRACE_PUBLISH_MHD_H */
