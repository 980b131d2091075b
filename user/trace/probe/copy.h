/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* copy.h - copies of programs whose attachments cannot carry a cookie. */
#ifndef LATCHKIT_USER_TRACE_PROBE_COPY_H
#define LATCHKIT_USER_TRACE_PROBE_COPY_H

#include <bpf/libbpf.h>

#include "trace/probe/attachments.h"

/*
 * Load a copy of program `name` that has the probe's number in place of TRACE_PROBE_PLACEHOLDER,
 * and note it as the probe's own. Returns its fd, which *a keeps, or a negative errno: -ENOENT when
 * the program has no placeholder.
 */
int attach_copy(struct attachments *a, const struct probe *p, const char *name,
		enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id);

#endif /* LATCHKIT_USER_TRACE_PROBE_COPY_H */
