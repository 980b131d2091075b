// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* socket.c - see trace/control/socket.h: the socket and its connections. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/json_line.h"
#include "trace/control/dir.h"
#include "trace/control/socket.h"

#define CLIENTS 8

struct client {
	int fd; /* -1: none */
	unsigned long long last; /* value of control->clock at its last request */
	size_t length;
	char line[CONTROL_LINE + 1];
};

struct control {
	control_answer_fn answer;
	void *arg;
	int dir, listener, epoll;
	char name[32]; /* of the socket, in the directory; "": there is none yet */
	struct client client[CLIENTS];
	unsigned long long clock; /* counts requests and connections */
};

/* -- one connection ---------------------------------------------------------------------------- */

static void hang_up(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd); /* epoll forgets it */
	c->fd = -1;
	c->length = 0;
}

char *control_refusal(const char *why)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddBoolToObject(o, "ok", false);
	cJSON_AddStringToObject(o, "error", why);
	return json_line_text(o);
}

/* Answers are small: where one does not fit, the client has not read those before. */
static bool send_answer(int fd, char *line)
{
	size_t length = line ? strlen(line) : 0;
	bool sent =
		length && send(fd, line, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length;

	free(line);
	return sent;
}

/* Answer each whole line. */
static void serve_lines(struct control *control, struct client *c)
{
	char *end;

	while ((end = memchr(c->line, '\n', c->length))) {
		size_t length = (size_t)(end - c->line);

		if (!send_answer(c->fd, control->answer(control->arg, c->line, length))) {
			hang_up(c);
			return;
		}
		c->length -= length + 1;
		memmove(c->line, end + 1, c->length);
	}
	if (c->length < sizeof(c->line))
		return;
	send_answer(c->fd, control_refusal("a request is one line of at most 255 bytes"));
	hang_up(c);
}

static void serve_client(struct control *control, struct client *c)
{
	ssize_t n = recv(c->fd, c->line + c->length, sizeof(c->line) - c->length, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		hang_up(c);
		return;
	}
	c->last = ++control->clock;
	c->length += (size_t)n;
	serve_lines(control, c);
}

/* -- connections ------------------------------------------------------------------------------- */

/* A place for a connection: a free one, or that of the client that has been silent longest. */
static struct client *client_place(struct control *control)
{
	struct client *oldest = &control->client[0];

	for (int i = 0; i < CLIENTS; i++) {
		struct client *c = &control->client[i];

		if (c->fd < 0)
			return c;
		if (c->last < oldest->last)
			oldest = c;
	}
	hang_up(oldest);
	return oldest;
}

/* The mode of the directory keeps others out; this holds even if someone has changed it. */
static bool may_ask(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) &&
	       (peer.uid == geteuid() || peer.uid == 0);
}

static void accept_client(struct control *control)
{
	int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct epoll_event event = {.events = EPOLLIN};
	char why[96];
	struct client *c;

	if (fd < 0)
		return;
	if (!may_ask(fd)) {
		snprintf(why, sizeof(why), "refused: this trace belongs to user %u", geteuid());
		send_answer(fd, control_refusal(why));
		close(fd);
		return;
	}
	c = client_place(control);
	event.data.ptr = c;
	if (epoll_ctl(control->epoll, EPOLL_CTL_ADD, fd, &event)) {
		close(fd);
		return;
	}
	c->fd = fd;
	c->last = ++control->clock;
}

void control_serve(struct control *control)
{
	struct epoll_event event[CLIENTS + 1];
	int n = epoll_wait(control->epoll, event, CLIENTS + 1, 0);

	/* New ones last: they may take the place of one that event[] points to. */
	for (int i = 0; i < n; i++) {
		struct client *c = event[i].data.ptr;

		if (c && c->fd >= 0)
			serve_client(control, c);
	}
	for (int i = 0; i < n; i++)
		if (!event[i].data.ptr)
			accept_client(control);
}

int control_fd(const struct control *control)
{
	return control->epoll;
}

/* -- the socket -------------------------------------------------------------------------------- */

/*
 * Bind PID.new, listen, and only then rename it to PID.sock: a PID.sock that refuses connections is
 * stale, not one that is about to listen. An existing PID.sock is stale and replaced, unless it
 * accepts: then a trace in another pid namespace has the same pid.
 */
static int bind_name(struct control *control, const char *path)
{
	int other = control_connect(control->dir, control->name);
	struct sockaddr_un address;
	char new_name[40];

	if (other >= 0) {
		close(other);
		return fail("--control: %s/%s is taken by another trace with this pid; set "
			    "XDG_RUNTIME_DIR to another directory",
			    path, control->name);
	}
	snprintf(new_name, sizeof(new_name), "%d.new", getpid());
	unlinkat(control->dir, new_name, 0);
	control_address(control->dir, new_name, &address);
	if (bind(control->listener, (struct sockaddr *)&address, sizeof(address)) ||
	    fchmodat(control->dir, new_name, 0600, 0) || listen(control->listener, CLIENTS) ||
	    renameat(control->dir, new_name, control->dir, control->name)) {
		fail("--control: cannot listen in %s: %m", path);
		unlinkat(control->dir, new_name, 0);
		return EXIT_FAILED;
	}
	return 0;
}

static int open_socket(struct control *control)
{
	struct epoll_event event = {.events = EPOLLIN}; /* no client: the listener */
	char path[256];

	control->dir = control_dir_make(path);
	if (control->dir < 0)
		return EXIT_FAILED;
	control->epoll = epoll_create1(EPOLL_CLOEXEC);
	control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->epoll < 0 || control->listener < 0 ||
	    epoll_ctl(control->epoll, EPOLL_CTL_ADD, control->listener, &event))
		return fail("--control: no socket: %m");
	snprintf(control->name, sizeof(control->name), "%d.sock", getpid());
	if (!bind_name(control, path))
		return 0;
	control->name[0] = '\0'; /* nothing to remove */
	return EXIT_FAILED;
}

struct control *control__new(control_answer_fn answer, void *arg)
{
	struct control *control = calloc(1, sizeof(*control));

	if (!control) {
		fail("trace: out of memory");
		return NULL;
	}
	control->answer = answer;
	control->arg = arg;
	control->dir = control->listener = control->epoll = -1;
	for (int i = 0; i < CLIENTS; i++)
		control->client[i].fd = -1;
	if (!open_socket(control))
		return control;
	control__free(control);
	return NULL;
}

void control__free(struct control *control)
{
	if (!control)
		return;
	if (control->name[0])
		unlinkat(control->dir, control->name, 0);
	for (int i = 0; i < CLIENTS; i++)
		hang_up(&control->client[i]);
	if (control->listener >= 0)
		close(control->listener);
	if (control->epoll >= 0)
		close(control->epoll);
	if (control->dir >= 0)
		close(control->dir);
	free(control);
}
