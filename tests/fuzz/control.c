// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * control.c - any bytes from clients to the socket of a trace, or from a trace to latchkit ctl. The
 * first byte says which. To the trace: pieces, each after a byte that says from which client and
 * how long it is; 0xff: that client hangs up. The trace answers each line with a line of JSON.
 */
#include <cjson/cJSON.h>
#include <sys/socket.h>

#include "fuzz.h"
#include "trace/control/client.h"
#include "trace/control/dir.h"
#include "trace/control/request.h"
#include "trace/control/socket.h"
#include "trace/engine/engine.h"
#include "trace/session/session.h"

#define CLIENTS 12 /* more than are served at once */

/* A trace of two probes without a kernel: on no CPU, so that there are no records to read. */
static struct probe probes[2] = {{.name = "a\"\n\x1b\xff", .kind = KIND_EVENT},
				 {.name = "b", .kind = KIND_LATENCY}};
static struct probe_view views[2];
static const struct probe_list none;
static struct engine engine = {.probes = &none};
static struct reader reader = {.view = views, .engine = &engine};
static struct trace trace = {
	.engine = &engine,
	.reader = &reader,
	.probes = {.probe = probes, .count = 2, .kinds = {[KIND_EVENT] = 1, [KIND_LATENCY] = 1}},
};

static void listen_once(struct control **control, int *dir)
{
	char path[256];

	if (*control)
		return;
	*control = control__new(control_answer, &trace);
	for (unsigned int i = 0; i < CONTROL_DIRS && *dir < 0; i++)
		*dir = control_dir_open(i, geteuid(), path);
	FUZZ_PROMISE(*control && *dir >= 0);
}

/* Lines of JSON, each whole. */
static void check_answers(int fd)
{
	char text[65536], *line = text, *end;
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (n <= 0)
		return;
	text[n] = '\0';
	FUZZ_PROMISE(fuzz_is_fit(text, (size_t)n) && text[n - 1] == '\n');
	for (; (end = strchr(line, '\n')); line = end + 1) {
		cJSON *answer;

		*end = '\0';
		answer = cJSON_Parse(line);
		FUZZ_PROMISE(cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(answer, "ok")));
		cJSON_Delete(answer);
	}
}

static void hang_up(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void to_trace(const uint8_t *data, size_t size)
{
	static struct control *control;
	static int dir = -1;
	int fd[CLIENTS];
	char name[32];

	listen_once(&control, &dir);
	snprintf(name, sizeof(name), "%d.sock", getpid());
	for (int i = 0; i < CLIENTS; i++)
		fd[i] = -1;
	while (size) {
		int who = *data % CLIENTS;
		size_t length = *data == 0xff ? 0 : 1 + (size_t)*data / CLIENTS * 16;

		data++;
		size--;
		length = length < size ? length : size;
		if (!length)
			hang_up(&fd[who]);
		else if (fd[who] < 0)
			fd[who] = control_connect(dir, name);
		if (fd[who] >= 0 && send(fd[who], data, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			hang_up(&fd[who]);
		control_serve(control);
		if (fd[who] >= 0)
			check_answers(fd[who]);
		data += length;
		size -= length;
	}
	for (int i = 0; i < CLIENTS; i++)
		hang_up(&fd[i]);
	control_serve(control);
}

static void from_trace(const uint8_t *data, size_t size)
{
	struct ctl_client client = {.pid = 1};
	struct ctl_answer answer;
	FILE *before = stderr;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return;
	client.fd = pair[0];
	if (send(pair[1], data, size, MSG_DONTWAIT) < 0)
		size = 0;
	shutdown(pair[1], SHUT_WR);
	stderr = fopen("/dev/null", "we");
	while (!ctl_ask(&client, "status", &answer)) {
		FUZZ_PROMISE(fuzz_is_fit(answer.error, strlen(answer.error)));
		FUZZ_PROMISE(fuzz_is_fit(answer.first_probe, strlen(answer.first_probe)));
		ctl_answer_free(&answer);
	}
	fclose(stderr);
	stderr = before;
	ctl_disconnect(&client);
	close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (data[0] & 1)
		from_trace(data + 1, size - 1);
	else
		to_trace(data + 1, size - 1);
	return 0;
}
