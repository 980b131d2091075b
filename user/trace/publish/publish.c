// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* publish.c - see trace/publish/publish.h */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "host/clock.h"
#include "trace/publish/address.h"
#include "trace/publish/http.h"
#include "trace/publish/publish.h"
#include "trace/publish/textfile.h"
#include "trace/report/metrics/metrics.h"

struct publish {
	struct trace *trace;
	void (*look)(struct trace *trace);
	struct http *http; /* NULL: nobody listens */
	unsigned long long
		created_ns; /* when the trace began, since 1970: the same in all metrics */
	int write_errno; /* why the file could not be written the last time; 0: it could */
};

int publish_check(const struct trace_options *o)
{
	struct address address;
	char why[128];

	if (o->listen && !address_parse(o->listen, &address, why, sizeof(why)))
		return fail_usage("--listen %s: %s", o->listen, why);
	if (o->textfile && !textfile_is_read(o->textfile))
		return fail_usage("--textfile %s: node_exporter reads names that end in "
				  "%s only; give it such a name",
				  o->textfile, TEXTFILE_SUFFIX);
	if (o->delta && (o->listen || o->textfile))
		return fail_usage("--delta: metrics tell of the whole trace; leave one out");
	return 0;
}

/* Metrics of what was read last. */
static int render(struct publish *p, struct exposition *e)
{
	e->created_ns = p->created_ns;
	return metrics_render(p->trace, e);
}

static int render_now(void *arg, struct exposition *e)
{
	struct publish *p = arg;

	p->look(p->trace);
	return render(p, e);
}

static bool listen_at(struct publish *p, const char *text)
{
	struct address address;
	char spelled[ADDRESS_TEXT], why[128];
	int fd = -1;

	if (address_parse(text, &address, why, sizeof(why)))
		fd = address_listen(&address, spelled);
	if (fd < 0)
		return false;
	p->http = http__new(fd, render_now, p);
	if (p->http)
		note("metrics: http://%s/metrics", spelled);
	return p->http;
}

struct publish *publish__new(struct trace *t, void (*look)(struct trace *trace))
{
	struct publish *p = calloc(1, sizeof(*p));

	if (!p) {
		fail("trace: out of memory");
		return NULL;
	}
	p->trace = t;
	p->look = look;
	if (!t->options->listen || listen_at(p, t->options->listen))
		return p;
	publish__free(p);
	return NULL;
}

/* Returns 0 or an errno. */
static int write_file(struct publish *p)
{
	struct exposition e = {.format = EXPOSITION_TEXT};
	int err = render(p, &e);

	err = err ? err : textfile_write(p->trace->options->textfile, e.text, e.length);
	free(e.text);
	return err;
}

int publish_begin(struct publish *p)
{
	const char *path = p->trace->options->textfile;
	int err;

	p->created_ns = clock_realtime_ns() - (clock_now_ns() - p->trace->start_ns);
	err = path ? write_file(p) : 0;
	return err ? fail("--textfile %s: cannot write: %s", path, strerror(err)) : 0;
}

int publish_fd(const struct publish *p)
{
	return p->http ? http_fd(p->http) : -1;
}

unsigned long long publish_serve(struct publish *p, unsigned long long until_ns)
{
	unsigned long long next = p->http ? http_serve(p->http) : ~0ULL;

	return next < until_ns ? next : until_ns;
}

int publish_write(struct publish *p)
{
	const char *path = p->trace->options->textfile;
	int err = path ? write_file(p) : 0;

	if (err && err != p->write_errno)
		fail("--textfile %s: cannot write: %s; it stays as it was, and is tried again at "
		     "the next interval",
		     path, strerror(err));
	if (!err && p->write_errno)
		note("--textfile %s: written again", path);
	p->write_errno = err;
	return err ? EXIT_FAILED : 0;
}

void publish__free(struct publish *p)
{
	if (!p)
		return;
	http__free(p->http);
	free(p);
}
