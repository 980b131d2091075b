// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* image.c - see object/image.h. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "object/blobs.h"
#include "object/image.h"

static int be_silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* The place of a variable in the memory of its section. */
static void *variable(const struct bpf_image *image, const char *section, char *base,
		      const char *name)
{
	const struct btf *btf = bpf_object__btf(image->object);
	int id = btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC);
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;
	const struct btf_var_secinfo *v = t ? btf_var_secinfos(t) : NULL;

	for (int i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_type *var = btf__type_by_id(btf, v[i].type);

		if (strcmp(btf__name_by_offset(btf, var->name_off), name) == 0)
			return base + v[i].offset;
	}
	return NULL;
}

static struct bpf_map *section_map(const struct bpf_image *image, const char *suffix)
{
	struct bpf_map *map;

	bpf_object__for_each_map (map, image->object)
		if (strstr(bpf_map__name(map), suffix))
			return map;
	return NULL;
}

static void *map_memory(const struct bpf_map *map, size_t *bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;

	if (!map) {
		errno = ENOENT;
		return NULL;
	}
	*bytes = (bpf_map__value_size(map) + page - 1) / page * page;
	memory = mmap(NULL, *bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
	return memory == MAP_FAILED ? NULL : memory;
}

int bpf_image_open(struct bpf_image *image, const char *kind, const char *variant)
{
	size_t size = 0;
	const void *blob = blob_find(kind, variant, &size);

	memset(image, 0, sizeof(*image));
	libbpf_set_print(be_silent);
	image->object = blob ? bpf_object__open_mem(blob, size, NULL) : NULL;
	return image->object ? 0 : blob ? -errno : -ENOENT;
}

int bpf_image_open_file(struct bpf_image *image, const char *path)
{
	memset(image, 0, sizeof(*image));
	libbpf_set_print(be_silent);
	image->object = bpf_object__open_file(path, NULL);
	return image->object ? 0 : -errno;
}

void bpf_image_close(struct bpf_image *image)
{
	if (image->globals)
		munmap(image->globals, image->globals_bytes);
	bpf_object__close(image->object);
	memset(image, 0, sizeof(*image));
}

void bpf_image_want(struct bpf_image *image, const char *const *programs)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, image->object) {
		bool wanted = false;

		for (int i = 0; programs[i]; i++)
			wanted |= strcmp(bpf_program__name(program), programs[i]) == 0;
		bpf_program__set_autoload(program, wanted);
	}
}

int bpf_image_load(struct bpf_image *image)
{
	int err = bpf_object__load(image->object);

	if (err)
		return err;
	image->globals = map_memory(section_map(image, ".bss"), &image->globals_bytes);
	return image->globals ? 0 : -errno;
}

void *bpf_image_constant(const struct bpf_image *image, const char *name)
{
	struct bpf_map *map = section_map(image, ".rodata");
	size_t size;

	return map ? variable(image, ".rodata", (char *)bpf_map__initial_value(map, &size), name)
		   : NULL;
}

void *bpf_image_global(const struct bpf_image *image, const char *name)
{
	return variable(image, ".bss", image->globals, name);
}

lk_u64 *bpf_image_map(const struct bpf_image *image, const char *name, size_t *bytes)
{
	return map_memory(bpf_object__find_map_by_name(image->object, name), bytes);
}

int bpf_image_run(const struct bpf_image *image, const char *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct bpf_program *p = bpf_object__find_program_by_name(image->object, program);

	if (!p)
		return -ENOENT;
	return bpf_prog_test_run_opts(bpf_program__fd(p), &opts) ? -errno : 0;
}
