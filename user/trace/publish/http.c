// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* http.c - see trace/publish/http.h */
#if __has_include(<microhttpd.h>)

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/diag.h"
#include "host/clock.h"
#include "trace/publish/clients.h"
#include "trace/publish/http.h"
#include "trace/publish/mhd.h"
#include "trace/publish/negotiate.h"

/* How often the library is asked to go on in one call of http_serve(). */
#define STEPS 8
/* Metrics are as old as this many times what it took this thread to render them, at most. */
#define REST 10

/* What was rendered last in one format. */
struct rendered {
	struct MHD_Response *response; /* NULL: nothing yet */
	unsigned long long number; /* of the rendering */
	unsigned long long made_ns, took_ns; /* took: of this thread, however busy CPUs are */
};

/* The text of a response, which others may still be sent. */
struct body {
	struct http *http;
	char *text;
	size_t length;
};

struct http {
	const struct mhd *mhd;
	struct MHD_Daemon *daemon;
	http_render_fn *render;
	void *arg;
	int fd; /* of its epoll(7) */
	struct clients clients;
	struct rendered rendered[EXPOSITION_FORMATS];
	unsigned long long renderings;
	size_t bytes; /* of all bodies that somebody is still sent */
};

/* -- metrics ---------------------------------------------------------------------------------- */

static void free_body(void *cls)
{
	struct body *body = cls;

	body->http->bytes -= body->length;
	free(body->text);
	free(body);
}

/* A response of the text, which it frees; NULL: out of memory. */
static struct MHD_Response *response_of(struct http *http, const struct exposition *e)
{
	struct body *body = malloc(sizeof(*body));
	struct MHD_Response *response = NULL;

	if (body) {
		*body = (struct body){http, e->text, e->length};
		response = http->mhd->create_response_from_buffer_with_free_callback_cls(
			e->length, e->text, free_body, body);
	}
	if (!response) {
		free(body);
		free(e->text);
		return NULL;
	}
	http->bytes += e->length;
	http->mhd->add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				       negotiate_type(e->format));
	http->mhd->add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	return response;
}

/* Render anew. The last one stays if that fails. */
static void render(struct http *http, enum exposition_format format)
{
	struct rendered *last = &http->rendered[format];
	struct exposition e = {.format = format};
	unsigned long long began = clock_thread_ns();
	struct MHD_Response *response = NULL;

	if (http->render(http->arg, &e))
		free(e.text);
	else
		response = response_of(http, &e);
	if (!response)
		return;
	if (last->response)
		http->mhd->destroy_response(last->response);
	last->response = response;
	last->number = ++http->renderings;
	last->made_ns = clock_now_ns();
	last->took_ns = clock_thread_ns() - began;
	if (http->bytes > HTTP_ANSWERS)
		clients_cut_oldest_answer(&http->clients);
}

static const struct rendered *metrics(struct http *http, enum exposition_format format)
{
	struct rendered *last = &http->rendered[format];

	if (!last->response || clock_now_ns() - last->made_ns >= REST * last->took_ns)
		render(http, format);
	return last;
}

/* -- requests ---------------------------------------------------------------------------------- */

/* Send a short text. `allow`: the methods that there are, or NULL. */
static enum MHD_Result say(const struct http *http, struct MHD_Connection *connection,
			   unsigned int status, const char *text, const char *allow)
{
	struct MHD_Response *r = http->mhd->create_response_from_buffer(strlen(text), (void *)text,
									MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	http->mhd->add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
				       "text/plain; charset=utf-8");
	http->mhd->add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
	if (allow)
		http->mhd->add_response_header(r, MHD_HTTP_HEADER_ALLOW, allow);
	result = http->mhd->queue_response(connection, status, r);
	http->mhd->destroy_response(r);
	return result;
}

static enum MHD_Result say_metrics(struct http *http, struct MHD_Connection *connection)
{
	const char *accept = http->mhd->lookup_connection_value(connection, MHD_HEADER_KIND,
								MHD_HTTP_HEADER_ACCEPT);
	const struct rendered *last = metrics(http, negotiate(accept));
	const union MHD_ConnectionInfo *info =
		http->mhd->get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;

	if (!last->response)
		return say(http, connection, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory\n", NULL);
	if (client)
		client->answer = last->number;
	return http->mhd->queue_response(connection, MHD_HTTP_OK, last->response);
}

/* Called when the header of a request is complete. What is uploaded is not read. */
static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	struct http *http = cls;

	(void)version;
	(void)upload;
	(void)upload_size;
	(void)state;
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return say(http, connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n",
			   "GET, HEAD");
	if (strcmp(url, "/metrics") == 0)
		return say_metrics(http, connection);
	if (strcmp(url, "/healthz") == 0)
		return say(http, connection, MHD_HTTP_OK, "ok\n", NULL);
	return say(http, connection, MHD_HTTP_NOT_FOUND, "/metrics and /healthz are here\n", NULL);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct http *http = cls;
	const union MHD_ConnectionInfo *info;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		info = http->mhd->get_connection_info(connection,
						      MHD_CONNECTION_INFO_CONNECTION_FD);
		*context = clients_add(&http->clients, info->connect_fd);
		if (!*context) /* it could stay for ever */
			shutdown(info->connect_fd, SHUT_RDWR);
	} else if (*context) {
		clients_remove(&http->clients, *context);
		*context = NULL;
	}
}

/* -- the server ------------------------------------------------------------------------- */

unsigned long long http_serve(struct http *http)
{
	unsigned long long next = clients_expire(&http->clients);
	MHD_UNSIGNED_LONG_LONG left_ms;
	int steps = 0;

	do
		http->mhd->run(http->daemon);
	while (http->mhd->get_timeout(http->daemon, &left_ms) == MHD_YES && !left_ms &&
	       ++steps < STEPS);
	return steps == STEPS ? clock_now_ns() : next;
}

int http_fd(const struct http *http)
{
	return http->fd;
}

static bool start(struct http *http, int listener)
{
	const union MHD_DaemonInfo *info;

	/* Twice the clients: those that are cut are there until the library has seen it. */
	http->daemon = http->mhd->start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, answer, http, MHD_OPTION_LISTEN_SOCKET, listener,
		MHD_OPTION_CONNECTION_LIMIT, 2U * HTTP_CLIENTS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)HTTP_REQUEST, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_END);
	if (!http->daemon) {
		close(listener);
		return false;
	}
	info = http->mhd->get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	http->fd = info ? info->epoll_fd : -1;
	return http->fd >= 0;
}

struct http *http__new(int listener, http_render_fn *render_now, void *arg)
{
	const struct mhd *mhd = mhd_load();
	struct http *http = mhd ? calloc(1, sizeof(*http)) : NULL;

	if (!http) {
		close(listener);
		if (mhd)
			fail("trace: out of memory");
		return NULL;
	}
	http->mhd = mhd;
	http->render = render_now;
	http->arg = arg;
	http->clients = (struct clients){.most = HTTP_CLIENTS, .patience_ns = HTTP_PATIENCE_NS};
	if (start(http, listener))
		return http;
	fail("--listen: cannot start the HTTP server: %m");
	http__free(http);
	return NULL;
}

void http__free(struct http *http)
{
	if (!http)
		return;
	if (http->daemon)
		http->mhd->stop_daemon(http->daemon);
	for (int i = 0; i < EXPOSITION_FORMATS; i++)
		if (http->rendered[i].response)
			http->mhd->destroy_response(http->rendered[i].response);
	free(http);
}

#else /* built without the library */

#include <stddef.h>
#include <unistd.h>

#include "cli/diag.h"
#include "trace/publish/http.h"

struct http *http__new(int listener, http_render_fn *render, void *arg)
{
	(void)render;
	(void)arg;
	close(listener);
	fail("--listen: not in this build; install libmicrohttpd-dev and build again");
	return NULL;
}

void http__free(struct http *http)
{
	(void)http;
}

int http_fd(const struct http *http)
{
	(void)http;
	return -1;
}

unsigned long long http_serve(struct http *http)
{
	(void)http;
	return ~0ULL;
}

#endif
