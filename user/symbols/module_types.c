// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* module_types.c - see symbols/module_types.h */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbols/grow.h"
#include "symbols/module_types.h"
#include "symbols/types.h"

#define DIRECTORY "/sys/kernel/btf"

static void load_one(struct module_types *m, const struct btf *kernel, const char *name)
{
	const char *directory = m->directory ? m->directory : DIRECTORY;
	struct module_type *grown = grow(m->module, &m->room, m->count + 1, sizeof(*grown));
	char path[512];
	struct btf *btf;

	if (!grown)
		return;
	m->module = grown;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	btf = btf__parse_split(path, (struct btf *)kernel); /* which is read only */
	if (!btf)
		return;
	m->module[m->count] = (struct module_type){.btf = btf};
	snprintf(m->module[m->count++].name, sizeof(m->module[0].name), "%s", name);
}

void module_types_load(struct module_types *m, const struct btf *kernel)
{
	DIR *directory = m->read ? NULL : opendir(m->directory ? m->directory : DIRECTORY);
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	struct dirent *entry;

	m->read = true;
	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "vmlinux"))
			load_one(m, kernel, entry->d_name);
	if (directory)
		closedir(directory);
	libbpf_set_print(print);
}

const struct btf *module_types_with(struct module_types *m, const struct btf *kernel,
				    const char *name, unsigned int kind)
{
	if (!kernel)
		return NULL;
	module_types_load(m, kernel);
	for (size_t i = 0; i < m->count; i++)
		if (btf__find_by_name_kind(m->module[i].btf, name, kind) > 0)
			return m->module[i].btf;
	return NULL;
}

void module_types_free(struct module_types *m)
{
	for (size_t i = 0; i < m->count; i++)
		btf__free(m->module[i].btf);
	free(m->module);
	*m = (struct module_types){.directory = m->directory};
}

static bool is_of_module(int fd)
{
	char name[64] = "";
	struct bpf_btf_info info = {.name = (unsigned long long)name, .name_len = sizeof(name)};
	unsigned int size = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &size) && info.kernel_btf &&
	       strcmp(name, "vmlinux") != 0;
}

/* The id of the function in the types of number `id`; not above 0: they do not have it. */
static int find_in(unsigned int id, struct btf *kernel, const char *function)
{
	struct btf *btf = btf__load_from_kernel_by_id_split(id, kernel);
	int found = btf ? btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) : -ENOENT;

	btf__free(btf);
	return found;
}

int module_function_id(const char *function, int *fd)
{
	struct btf *kernel = kernel_types_load();
	int found = -ENOENT;
	unsigned int id = 0;

	while (kernel && found <= 0 && !bpf_btf_get_next_id(id, &id)) {
		*fd = bpf_btf_get_fd_by_id(id);
		if (*fd < 0)
			continue;
		if (is_of_module(*fd))
			found = find_in(id, kernel, function);
		if (found <= 0)
			close(*fd);
	}
	btf__free(kernel);
	return found > 0 ? found : -ENOENT;
}
