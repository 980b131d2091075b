// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* target.c - see trace/target.h */
#include <errno.h>
#include <stdio.h>

#include "cli/diag.h"
#include "trace/target.h"

/* The number of the process of a thread; 0 and errno, ESRCH where there is no such thread. */
static unsigned int process_of(unsigned int tid)
{
	char path[64], line[256];
	unsigned int tgid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/status", tid);
	f = fopen(path, "re");
	if (!f) {
		errno = errno == ENOENT ? ESRCH : errno;
		return 0;
	}
	while (!tgid && fgets(line, sizeof(line), f))
		if (sscanf(line, "Tgid: %u", &tgid) != 1)
			tgid = 0;
	if (!tgid && !ferror(f))
		errno = ESRCH;
	fclose(f);
	return tgid;
}

/* There is none, or it cannot be seen. */
static int explain(const char *option, unsigned int id, const char *noun)
{
	if (errno == ESRCH)
		return fail("%s %u: no such %s", option, id, noun);
	return fail("%s %u: cannot look at that %s: %m", option, id, noun);
}

static int check_process(unsigned int pid)
{
	unsigned int tgid = process_of(pid);

	if (!tgid)
		return explain("-p", pid, "process");
	if (tgid != pid)
		return fail("-p %u: is a thread of process %u; use -t %u or -p %u", pid, tgid, pid,
			    tgid);
	return 0;
}

static int check_thread(unsigned int tid, unsigned int pid)
{
	unsigned int tgid = process_of(tid);

	if (!tgid)
		return explain("-t", tid, "thread");
	if (pid && tgid != pid)
		return fail("-t %u: is a thread of process %u, not of %u; leave out -p %u", tid,
			    tgid, pid, pid);
	return 0;
}

int target_check(const struct trace_options *o)
{
	int r = 0;

	if (o->command && (o->engine.tgid || o->engine.tid))
		return fail_usage("%s and a command: two targets; leave one out",
				  o->engine.tgid ? "-p" : "-t");
	if (o->engine.tgid)
		r = check_process(o->engine.tgid);
	if (!r && o->engine.tid)
		r = check_thread(o->engine.tid, o->engine.tgid);
	return r;
}
