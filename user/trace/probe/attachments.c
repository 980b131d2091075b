// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* attachments.c - see trace/probe/attachments.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/trace/shared.h"
#include "host/progress.h"
#include "trace/probe/attachments.h"

void attachments__free(struct attachments *a)
{
	struct progress progress;

	if (!a)
		return;
	progress_begin(&progress, "attachments detached");
	for (size_t i = 0; i < a->links_count; i++) {
		bpf_link__destroy(a->links[i]);
		progress_show(&progress, i + 1, a->links_count);
	}
	progress_end(&progress);
	for (size_t i = 0; i < a->fds_count; i++)
		close(a->fds[i]);
	free(a->links);
	free(a->fds);
	free(a->program);
	free(a->perf);
	free(a->watched);
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

int attach_watch(struct attachments *a, const struct probe *p, int fd, bool is_program,
		 bool is_exit)
{
	int err = grow(&a->watched, a->watched_count, sizeof(*a->watched));

	if (!err)
		a->watched[a->watched_count++] = (struct watched){
			.fd = fd,
			.probe = (size_t)(p - a->probes->probe),
			.is_program = is_program,
			.is_exit = is_exit,
		};
	return err;
}

int attach_watch_link(struct attachments *a, const struct probe *p, struct bpf_link *link,
		      bool is_exit)
{
	int err = attach_keep_link(a, link);

	return err ? err : attach_watch(a, p, bpf_link__fd(link), false, is_exit);
}

int attach_perf_count(struct perf_counter *counter, unsigned long long *count)
{
	unsigned long long words[2]; /* with PERF_FORMAT_TOTAL_TIME_ENABLED */

	if (read(counter->fd, words, sizeof(words)) != sizeof(words))
		return -EIO;
	*count = words[0] - counter->base;
	counter->enabled_ns = words[1];
	return 0;
}

/* A two-slot load of an immediate. */
#define INSN_LOAD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

/* Write the probe's number over the placeholder. Returns 0, or -ENOENT when there is none. */
static int write_number(struct bpf_insn *insns, size_t count, unsigned int number)
{
	for (size_t i = 0; i + 1 < count; i++) {
		if (insns[i].code == INSN_LOAD_IMM64 && !insns[i].src_reg &&
		    insns[i].imm == TRACE_PROBE_PLACEHOLDER) {
			insns[i].imm = (int)number;
			return 0;
		}
	}
	return -ENOENT;
}

int attach_copy(struct attachments *a, const struct probe *p, const char *name,
		enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id)
{
	return attach_copy_module(a, p, name, type, attach, btf_id, 0);
}

int attach_copy_module(struct attachments *a, const struct probe *p, const char *name,
		       enum bpf_prog_type type, enum bpf_attach_type attach, int btf_id, int btf_fd)
{
	const struct bpf_program *original = attach_program(a, name);
	size_t count = bpf_program__insn_cnt(original);
	struct bpf_insn *insns = calloc(count, sizeof(*insns));
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach,
		    .attach_btf_id = (unsigned int)btf_id,
		    .attach_btf_obj_fd = (unsigned int)btf_fd);
	int fd, err;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(original), count * sizeof(*insns));
	fd = write_number(insns, count, p->number);
	if (!fd)
		fd = bpf_prog_load(type, name, "GPL", insns, count, &opts);
	free(insns);
	if (fd < 0)
		return fd;
	err = attach_keep_fd(a, fd);
	if (err)
		return err;
	a->program[p - a->probes->probe] = fd;
	return fd;
}
