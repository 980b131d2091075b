// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test_publish.c - where metrics go: addresses, formats, files, and who is connected. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/test.h"

#include "trace/publish/address.h"
#include "trace/publish/clients.h"
#include "trace/publish/negotiate.h"
#include "trace/publish/textfile.h"

TEST(formats_are_negotiated)
{
	static const char prometheus[] =
		"application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
		"version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

	assert_int_equal(negotiate(prometheus), EXPOSITION_OPENMETRICS);
	assert_int_equal(negotiate("application/openmetrics-text"), EXPOSITION_OPENMETRICS);
	assert_int_equal(negotiate("Application/OpenMetrics-Text ; q=0.3"), EXPOSITION_OPENMETRICS);
	assert_int_equal(negotiate("application/openmetrics-text; version=0.0.1"), EXPOSITION_TEXT);
	assert_int_equal(negotiate("application/openmetrics-text;q=0.4, text/plain"),
			 EXPOSITION_TEXT);
	assert_int_equal(negotiate("application/openmetrics-text;q=0"), EXPOSITION_TEXT);
	assert_int_equal(negotiate(NULL), EXPOSITION_TEXT);
	assert_int_equal(negotiate(""), EXPOSITION_TEXT);
	assert_int_equal(negotiate("*/*"), EXPOSITION_TEXT);
	assert_int_equal(negotiate("text/html,application/xml;q=0.9,*/*;q=0.8"), EXPOSITION_TEXT);
	assert_int_equal(negotiate(";;,,=;q=,q;q;q=9.999999;"), EXPOSITION_TEXT);
}

static bool parses(const char *text, struct address *a)
{
	char why[128];

	return address_parse(text, a, why, sizeof(why));
}

TEST(addresses)
{
	struct address a;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a.socket;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a.socket;
	static const char *const wrong[] = {
		"",	   ":",	       "a",	"65536",       "-1",	      "1 ",
		"1:2:3",   "::1:80",   "[::1]", "[]:80",       "]:80",	      "[:80",
		"host:80", "1.2.3:80", ":80",	"1.2.3.4:80x", "[::1%lo]:80", "[1.2.3.4]:80"};

	assert_true(parses("9435", &a));
	assert_int_equal(ntohs(v4->sin_port), 9435);
	assert_int_equal(ntohl(v4->sin_addr.s_addr), INADDR_LOOPBACK);
	assert_true(parses("0.0.0.0:0", &a));
	assert_int_equal(v4->sin_addr.s_addr, 0);
	assert_true(parses("[::1]:80", &a));
	assert_int_equal(a.socket.ss_family, AF_INET6);
	assert_int_equal(ntohs(v6->sin6_port), 80);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (parses(wrong[i], &a))
			fail_msg("%s is no address", wrong[i]);
}

TEST(names_that_are_read)
{
	assert_true(textfile_is_read("a.prom"));
	assert_true(textfile_is_read("/x/.a.prom"));
	assert_false(textfile_is_read(".prom"));
	assert_false(textfile_is_read("/x/.prom"));
	assert_false(textfile_is_read("a.prom.tmp"));
	assert_false(textfile_is_read(""));
}

/* What cannot be written leaves the file as it was, and nothing beside it. */
TEST(a_file_is_whole_or_as_it_was)
{
	char dir[] = "/tmp/latchkit-metrics-XXXXXX", path[64], was[8] = "";
	struct stat st;
	int fd;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.prom", dir);
	assert_int_equal(textfile_write(path, "one\n", 4), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(textfile_write(path, "three\n", 6), 0);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, was, sizeof(was)), 6);
	close(fd);
	assert_string_equal(was, "three\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0); /* it cannot be replaced by a file */
	assert_int_equal(textfile_write(path, "one\n", 4), EISDIR);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(dir), 0); /* it was empty */
	assert_int_equal(textfile_write(path, "one\n", 4), ENOENT);
}

/* -- who is connected ----------------------------------------------------------------------- */

/* Has the other end of the connection been ended? */
static bool is_ended(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

TEST(the_oldest_makes_room)
{
	struct clients all = {.most = 2, .patience_ns = ~0ULL};
	struct client *client[3];
	int pair[3][2];

	for (int i = 0; i < 3; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair[i]), 0);
		client[i] = clients_add(&all, pair[i][0]);
		assert_non_null(client[i]);
	}
	assert_true(is_ended(pair[0][1]));
	assert_false(is_ended(pair[1][1]));
	assert_int_equal(all.count, 2);
	client[1]->answer = 7;
	client[2]->answer = 8;
	clients_cut_oldest_answer(&all);
	assert_true(is_ended(pair[1][1]));
	assert_false(is_ended(pair[2][1]));
	for (int i = 0; i < 3; i++) {
		clients_remove(&all, client[i]);
		close(pair[i][0]);
		close(pair[i][1]);
	}
	assert_int_equal(all.count, 0);
	assert_null(all.oldest);
	assert_null(all.newest);
	clients_cut_oldest_answer(&all);
	assert_true(clients_expire(&all) == ~0ULL);
}

TEST(who_takes_too_long_is_ended)
{
	struct clients all = {.most = 2, .patience_ns = 0};
	struct client *client;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	client = clients_add(&all, pair[0]);
	assert_non_null(client);
	assert_true(clients_expire(&all) == ~0ULL);
	assert_true(is_ended(pair[1]));
	all.patience_ns = 1000000000000;
	clients_remove(&all, client);
	client = clients_add(&all, pair[0]);
	assert_true(clients_expire(&all) == client->since_ns + all.patience_ns);
	clients_remove(&all, client);
	close(pair[0]);
	close(pair[1]);
}
