// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* record.c - see trace/probe/record.h */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "host/perf_event.h"
#include "symbols/tracepoints.h"
#include "trace/probe/attachments.h"
#include "trace/probe/record.h"

/* The kernel's number of the tracepoint that "tracepoint:CATEGORY:NAME" is. */
static long event_number(const char *name)
{
	const char *category = strchr(name, ':') + 1, *event = strchr(category, ':');
	char path[512], text[32] = "";
	ssize_t length;
	int fd;

	if (!event)
		return -ENOENT;
	snprintf(path, sizeof(path), "events/%.*s/%s/id", (int)(event - category), category,
		 event + 1);
	fd = tracefs_open(path);
	if (fd < 0)
		return fd;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	return length > 0 ? strtol(text, NULL, 10) : -EIO;
}

/* It is opened on one CPU; the program runs on all of them. */
static int attach_record(struct attachments *a, const struct probe *p)
{
	LIBBPF_OPTS(bpf_perf_event_opts, opts, .bpf_cookie = p->number);
	long number = event_number(p->name);
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.config = (unsigned long long)number,
	};
	struct bpf_link *link;
	int fd, err;

	if (number < 0)
		return (int)number;
	fd = perf_event_open(&attr, -1, 0);
	if (fd < 0)
		return fd;
	link = bpf_program__attach_perf_event_opts(attach_program(a, p->type->programs[0]), fd,
						   &opts);
	if (!link) {
		err = -errno;
		close(fd);
		return err;
	}
	return attach_keep_link(a, link);
}

static int explain_record(const struct probe *p, int err)
{
	return fail("%s: cannot attach a classic tracepoint, which fields of its format file take: "
		    "%s; use the arguments that latchkit trace -lv %s lists",
		    p->name, error_text(err), p->name);
}

const struct probe_type probe_type_record = {
	PROBE_SPELLED("tracepoint", "t", "tracepoint:CATEGORY:NAME"),
	.kind = KIND_EVENT,
	.attach = attach_record,
	.explain = explain_record,
	.may_skip = true,
	.programs = {"hit_record"},
};
