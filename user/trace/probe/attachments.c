// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* attachments.c - see trace/probe/attachments.h. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "trace/probe/attachments.h"

void attachments__free(struct attachments *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->links_count; i++)
		bpf_link__destroy(a->links[i]);
	for (size_t i = 0; i < a->fds_count; i++)
		close(a->fds[i]);
	free(a->links);
	free(a->fds);
	free(a->program);
	free(a->perf);
	free(a);
}

struct bpf_program *attach_program(const struct attachments *a, const char *name)
{
	return bpf_object__find_program_by_name(a->object, name);
}

static int grow(void *array_pointer, size_t count, size_t size)
{
	void **array = array_pointer;
	void *grown = realloc(*array, (count + 1) * size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

int attach_keep_fd(struct attachments *a, int fd)
{
	int err = grow(&a->fds, a->fds_count, sizeof(*a->fds));

	if (err) {
		close(fd);
		return err;
	}
	a->fds[a->fds_count++] = fd;
	return 0;
}

int attach_keep_link(struct attachments *a, struct bpf_link *link)
{
	int err;

	if (!link)
		return -errno;
	err = grow(&a->links, a->links_count, sizeof(struct bpf_link *));
	if (err) {
		bpf_link__destroy(link);
		return err;
	}
	a->links[a->links_count++] = link;
	return 0;
}

int attach_keep_perf(struct attachments *a, const struct perf_counter *counter)
{
	int err = grow(&a->perf, a->perf_count, sizeof(*a->perf));

	if (!err)
		a->perf[a->perf_count++] = *counter;
	return err;
}
