// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* object.c - see object.h. */
#include <bpf/bpf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "object.h"

static int be_silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* The place of a variable in the memory of its section. */
static void *variable(const struct btf *btf, const char *section, char *base, const char *name)
{
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

static struct bpf_map *section_map(const struct object *o, const char *suffix)
{
	struct bpf_map *map;

	bpf_object__for_each_map (map, o->object)
		if (strstr(bpf_map__name(map), suffix))
			return map;
	return NULL;
}

static void *map_memory(const struct bpf_map *map)
{
	void *p;

	assert_non_null(map);
	p = mmap(NULL, bpf_map__value_size(map), PROT_READ | PROT_WRITE, MAP_SHARED,
		 bpf_map__fd(map), 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	return p;
}

void object_open(struct object *o, const char *path)
{
	libbpf_set_print(be_silent);
	memset(o, 0, sizeof(*o));
	o->object = bpf_object__open_file(path, NULL);
	assert_non_null(o->object);
	o->btf = bpf_object__btf(o->object);
	o->constants = section_map(o, ".rodata");
}

void object_want(struct object *o, const char *const *programs)
{
	struct bpf_program *program;

	bpf_object__for_each_program (program, o->object) {
		bool wanted = false;

		for (int i = 0; programs[i]; i++)
			wanted |= strcmp(bpf_program__name(program), programs[i]) == 0;
		bpf_program__set_autoload(program, wanted);
	}
}

void object_load(struct object *o)
{
	assert_int_equal(bpf_object__load(o->object), 0);
	o->globals = map_memory(section_map(o, ".bss"));
}

void object_close(struct object *o)
{
	munmap(o->globals, bpf_map__value_size(section_map(o, ".bss")));
	bpf_object__close(o->object);
}

void *object_constant(struct object *o, const char *name)
{
	size_t size;

	if (!o->constants)
		return NULL;
	return variable(o->btf, ".rodata", (char *)bpf_map__initial_value(o->constants, &size),
			name);
}

lk_u64 *object_global(struct object *o, const char *name)
{
	lk_u64 *p = variable(o->btf, ".bss", o->globals, name);

	assert_non_null(p);
	return p;
}

lk_u64 *object_map(struct object *o, const char *name)
{
	return map_memory(bpf_object__find_map_by_name(o->object, name));
}

int object_run(struct object *o, const char *program)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	return bpf_prog_test_run_opts(
		bpf_program__fd(bpf_object__find_program_by_name(o->object, program)), &opts);
}
