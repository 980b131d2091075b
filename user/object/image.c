// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* image.c - see object/image.h. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "object/blobs.h"
#include "object/image.h"

static char complaint[512];
static bool verbose;

/* Keep the first complaint of a series: the later ones follow from it. */
static int on_message(enum libbpf_print_level level, const char *format, va_list args)
{
	va_list again;

	va_copy(again, args);
	if (level == LIBBPF_WARN && !complaint[0]) {
		vsnprintf(complaint, sizeof(complaint), format, args);
		complaint[strcspn(complaint, "\n")] = '\0';
	}
	if (verbose)
		vfprintf(stderr, format, again);
	va_end(again);
	return 0;
}

const char *bpf_image_complaint(void)
{
	return complaint;
}

void bpf_image_set_verbose(bool on)
{
	verbose = on;
}

static void begin(struct bpf_image *image)
{
	memset(image, 0, sizeof(*image));
	complaint[0] = '\0';
	libbpf_set_print(on_message);
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

static void *map_memory(const struct bpf_map *map, int access, size_t *bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory;

	if (!map) {
		errno = ENOENT;
		return NULL;
	}
	*bytes = (size_t)bpf_map__value_size(map) * bpf_map__max_entries(map);
	*bytes = (*bytes + page - 1) / page * page;
	memory = mmap(NULL, *bytes, access, MAP_SHARED, bpf_map__fd(map), 0);
	return memory == MAP_FAILED ? NULL : memory;
}

int bpf_image_try_acqrel(void)
{
	/* store_release(fp - 8, r0 = 0); r0 = load_acquire(fp - 8); exit */
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_10,
		 .src_reg = BPF_REG_0,
		 .off = -8,
		 .imm = 0x110},
		{.code = BPF_STX | BPF_ATOMIC | BPF_DW,
		 .dst_reg = BPF_REG_0,
		 .src_reg = BPF_REG_10,
		 .off = -8,
		 .imm = 0x100},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "latchkit_probe", "GPL", insns, 4,
			       NULL);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Objects for x86 have no such constant: they need none of these instructions. */
static void choose_orders(const struct bpf_image *image)
{
	unsigned int *acqrel = bpf_image_constant(image, "lk_order_acqrel");

	if (acqrel)
		*acqrel = bpf_image_try_acqrel() == 0;
}

int bpf_image_open(struct bpf_image *image, const char *kind, const char *variant)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "latchkit");
	size_t size = 0;
	const void *blob = blob_find(kind, variant, &size);

	begin(image);
	image->object = blob ? bpf_object__open_mem(blob, size, &opts) : NULL;
	if (!image->object)
		return blob ? -errno : -ENOENT;
	choose_orders(image);
	return 0;
}

int bpf_image_open_file(struct bpf_image *image, const char *path)
{
	begin(image);
	image->object = bpf_object__open_file(path, NULL);
	if (!image->object)
		return -errno;
	choose_orders(image);
	return 0;
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
	image->globals = map_memory(section_map(image, ".bss"), PROT_READ | PROT_WRITE,
				    &image->globals_bytes);
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
	return map_memory(bpf_object__find_map_by_name(image->object, name), PROT_READ | PROT_WRITE,
			  bytes);
}

/* In this order: a map that is frozen can still be mapped, but only for reading. */
const lk_u64 *bpf_image_map_frozen(const struct bpf_image *image, const char *name, size_t *bytes)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(image->object, name);
	void *memory = map_memory(map, PROT_READ, bytes);
	int err;

	if (!memory || !bpf_map_freeze(bpf_map__fd(map)))
		return memory;
	err = errno;
	munmap(memory, *bytes);
	errno = err;
	return NULL;
}

int bpf_image_run(const struct bpf_image *image, const char *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	struct bpf_program *p = bpf_object__find_program_by_name(image->object, program);

	if (!p)
		return -ENOENT;
	return bpf_prog_test_run_opts(bpf_program__fd(p), &opts) ? -errno : 0;
}
