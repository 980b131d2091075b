// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* progress.c - see host/progress.h */
#include <stdio.h>
#include <unistd.h>

#include "host/clock.h"
#include "host/progress.h"

#define FIRST_NS 1000000000
#define AGAIN_NS 500000000

void progress_begin(struct progress *p, const char *what)
{
	*p = (struct progress){.what = what, .start_ns = clock_now_ns()};
}

void progress_show(struct progress *p, size_t done, size_t all)
{
	uint64_t now = clock_now_ns(), spent = now - p->start_ns;

	if (!isatty(STDERR_FILENO) || !done || spent < FIRST_NS || now - p->shown_ns < AGAIN_NS)
		return;
	p->shown_ns = now;
	fprintf(stderr, "\r%zu of %zu %s, %.0f s left\033[K", done, all, p->what,
		(double)spent / 1e9 * (double)(all - done) / (double)done);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (!p->shown_ns)
		return;
	fprintf(stderr, "\r\033[K");
	fflush(stderr);
	p->shown_ns = 0;
}
