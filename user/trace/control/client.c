// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* client.c - see trace/control/client.h */
#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trace/control/dir.h"
#include "trace/control/client.h"
#include "cli/diag.h"
#include "cli/json_line.h"
#include "host/scarcity.h"
#include "trace/engine/handler.h"

#define PATH_SIZE 256

/* -- where ------------------------------------------------------------------------------------- */

static int add_pid(struct ctl_trace_list *list, pid_t pid)
{
	pid_t *grown = realloc(list->pid, (list->count + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	list->pid = grown;
	list->pid[list->count++] = pid;
	return 0;
}

/* Takes the descriptor of the directory. Returns 0 or a negative errno. */
static int add_names(struct ctl_trace_list *list, int dir)
{
	DIR *d = fdopendir(dir);
	struct dirent *entry;
	int err = d ? 0 : -errno;

	while (!err && (errno = 0, entry = readdir(d))) {
		int used = 0;
		pid_t pid;

		if (sscanf(entry->d_name, "%d.sock%n", &pid, &used) == 1 && used &&
		    !entry->d_name[used] && pid > 0)
			err = add_pid(list, pid);
		errno = 0;
	}
	err = err ? err : -errno;
	if (d)
		closedir(d);
	else
		close(dir);
	return err;
}

/* Is there no such directory, or is it not this user's, so that nothing in it counts? */
static bool is_absent(int err)
{
	return err == ENOENT || err == EPERM;
}

int ctl_list(struct ctl_trace_list *list)
{
	char path[PATH_SIZE] = "";
	int err = 0;

	memset(list, 0, sizeof(*list));
	for (unsigned int i = 0; !err && i < CONTROL_DIRS; i++) {
		int dir = control_dir_open(i, geteuid(), path);

		if (dir >= 0)
			err = add_names(list, dir);
		else if (!is_absent(errno))
			err = -errno;
	}
	return err ? fail("ctl: cannot look for traces: %s", strerror(-err)) : 0;
}

/* The user that a process runs as. Returns 0 or a negative errno: -ENOENT, no such process. */
static int process_owner(pid_t pid, uid_t *uid)
{
	char path[64], line[128];
	int err = -ENOENT;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (err && fgets(line, sizeof(line), f))
		if (sscanf(line, "Uid: %*u %u", uid) == 1)
			err = 0;
	if (err && ferror(f) && scarcity_is(errno))
		err = -errno;
	fclose(f);
	return err;
}

/* Why there is no socket of that name, in any directory. */
static int explain_absence(pid_t pid, bool alive, uid_t owner)
{
	if (!alive)
		return fail("ctl: %d: no such process; latchkit ctl lists the traces", pid);
	if (geteuid() && owner != geteuid())
		return fail("ctl: %d: belongs to user %u; only that user and root may control it",
			    pid, owner);
	return fail("ctl: %d: is no trace that can be controlled; start it with latchkit trace "
		    "--control",
		    pid);
}

/* A socket that nobody listens at: of a trace that was killed. Removed, so that the next is found.
 */
static int explain_stale(pid_t pid, int dir, const char *name)
{
	unlinkat(dir, name, 0);
	return fail("ctl: %d: that trace has died and left its socket, which is removed now; "
		    "latchkit ctl lists the traces",
		    pid);
}

int ctl_connect(struct ctl_client *c, pid_t pid)
{
	char path[PATH_SIZE], name[32];
	uid_t owner = geteuid();
	int err = process_owner(pid, &owner);
	bool alive = !err;

	memset(c, 0, sizeof(*c));
	c->pid = pid;
	if (scarcity_is(err))
		return fail("ctl: %d: cannot look who it is: %s", pid, strerror(-err));
	snprintf(name, sizeof(name), "%d.sock", pid);
	for (unsigned int i = 0; i < CONTROL_DIRS; i++) {
		int dir = control_dir_open(i, owner, path);

		/* What another user does not let us look at is explained below. */
		if (dir < 0 && !is_absent(errno) && (errno != EACCES || owner == geteuid()))
			return fail("ctl: %d: cannot look for its socket: %m", pid);
		if (dir < 0)
			continue;
		err = c->fd = control_connect(dir, name);
		c->gone = err == -ECONNREFUSED;
		if (c->gone)
			explain_stale(pid, dir, name);
		close(dir);
		if (err >= 0)
			return 0;
		if (c->gone)
			return EXIT_FAILED;
		if (err != -ENOENT)
			return fail("ctl: %d: cannot connect to %s/%s: %s", pid, path, name,
				    err == -EAGAIN ? "it does not answer" : strerror(-err));
	}
	c->gone = true;
	return explain_absence(pid, alive, owner);
}

void ctl_disconnect(struct ctl_client *c)
{
	close(c->fd);
}

/* -- what -------------------------------------------------------------------------------------- */

static int send_request(const struct ctl_client *c, const char *request)
{
	size_t length = strlen(request);
	char *line;
	bool sent;

	if (asprintf(&line, "%s\n", request) < 0)
		return fail("ctl: out of memory");
	sent = send(c->fd, line, length + 1, MSG_NOSIGNAL) == (ssize_t)length + 1;
	free(line);
	/* A trace that has hung up may have sent the reason before: it is read next. */
	if (!sent && errno != EPIPE && errno != ECONNRESET)
		return fail("ctl: %d: cannot send: %m", c->pid);
	return 0;
}

/* Read a line to c->line, without its newline; what follows it stays for the next. */
static int receive_line(struct ctl_client *c, char *line)
{
	char *end;

	while (!(end = memchr(c->line, '\n', c->length))) {
		ssize_t n = c->length < sizeof(c->line) ? recv(c->fd, c->line + c->length,
							       sizeof(c->line) - c->length, 0)
							: -1;

		if (n < 0 && c->length == sizeof(c->line))
			return fail("ctl: %d: its answer makes no sense", c->pid);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return fail("ctl: %d: does not answer; is it stopped?", c->pid);
		if (n < 0 && errno != ECONNRESET)
			return fail("ctl: %d: cannot read its answer: %m", c->pid);
		c->gone = n <= 0;
		if (c->gone)
			return fail("ctl: %d: has hung up: it has ended, or others keep it busy",
				    c->pid);
		c->length += (size_t)n;
	}
	*end = '\0';
	strcpy(line, c->line);
	c->length -= (size_t)(end + 1 - c->line);
	memmove(c->line, end + 1, c->length);
	return 0;
}

static void take_text(const cJSON *object, const char *key, char *to, size_t size)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

	snprintf(to, size, "%s", text ? text : "");
	for (; *to; to++)
		if (*to < ' ' || *to > '~')
			*to = '?';
}

static double take_number(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

/* A count; 0 if what is there cannot be one. */
static unsigned long long take_count(const cJSON *object, const char *key)
{
	double number = take_number(object, key);

	return number >= 0 && number < 0x1p64 ? (unsigned long long)number : 0;
}

static void take_answer(const cJSON *o, struct ctl_answer *a)
{
	const cJSON *by = cJSON_GetObjectItemCaseSensitive(o, "handled_by");

	a->ok = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "ok"));
	take_text(o, "error", a->error, sizeof(a->error));
	take_text(o, "handler", a->handler, sizeof(a->handler));
	take_text(o, "before", a->before, sizeof(a->before));
	take_text(o, "first_probe", a->first_probe, sizeof(a->first_probe));
	a->swaps = take_count(o, "swaps");
	a->probes = take_count(o, "probes");
	a->of = take_count(o, "of");
	a->duration_s = take_number(o, "duration_s");
	for (int h = 0; h < HANDLERS; h++)
		a->handled[h] = take_count(by, handler_get(h)->name);
}

int ctl_ask(struct ctl_client *c, const char *request, struct ctl_answer *answer)
{
	char line[CTL_ANSWER];
	int r = send_request(c, request);
	cJSON *object;

	r = r ? r : receive_line(c, line);
	if (r)
		return r;
	memset(answer, 0, sizeof(*answer));
	object = json_line_parse(line);
	if (!object)
		return errno == ENOMEM ? fail("ctl: out of memory")
				       : fail("ctl: %d: its answer makes no sense", c->pid);
	take_answer(object, answer);
	answer->text = cJSON_PrintUnformatted(object);
	cJSON_Delete(object);
	return answer->text ? 0 : fail("ctl: out of memory");
}

void ctl_answer_free(struct ctl_answer *answer)
{
	free(answer->text);
}
