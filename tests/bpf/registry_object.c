// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* registry_object.c - see registry_object.h. */
#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "host/context.h"
#include "registry_object.h"

/* A registry that is broken may hand out one id for ever. */
#define DELETES_AT_MOST 1000

/* As the including program of registry/array.h sees it. */
struct array_object {
	lk_u64 ref, id, linked, stranded, index, payload[REGISTRY_TEST_PAYLOAD];
};

/* -- is it possible here ---------------------------------------------------------------------- */

static const char *missing_function(void)
{
	static const char *const needed[] = {"bpf_obj_new_impl", "bpf_obj_drop_impl",
					     "bpf_refcount_acquire_impl", "bpf_rcu_read_lock"};
	static char reason[128];
	struct btf *btf = btf__load_vmlinux_btf();
	int i = 0;

	if (!btf)
		return "no kernel type information here";
	while (i < 4 && btf__find_by_name_kind(btf, needed[i], BTF_KIND_FUNC) >= 0)
		i++;
	btf__free(btf);
	if (i == 4)
		return NULL;
	snprintf(reason, sizeof(reason), "programs of this kernel cannot allocate: it has no %s",
		 needed[i]);
	return reason;
}

/* The line of the verifier's log that says which function is not allowed, or NULL. */
static const char *refused_by_verifier(const struct registry_file *f)
{
	static char log[65536], reason[256]; /* of the one program that is refused */
	struct bpf_image image;
	struct bpf_program *p;
	char *line;

	object_open(&image, f->path);
	bpf_object__for_each_program (p, image.object)
		bpf_program__set_log_buf(p, log, sizeof(log));
	bpf_image_load(&image);
	bpf_image_close(&image);
	line = strtok(log, "\n");
	while (line && !strstr(line, "is not allowed"))
		line = strtok(NULL, "\n");
	snprintf(reason, sizeof(reason), "the kernel refuses it: %s", line ? line : "");
	return line ? reason : NULL; /* or else loading it fails the test */
}

/* -- asking ----------------------------------------------------------------------------------- */

static void load(struct registry_bpf *r, struct registry_file *f)
{
	int err;

	f->refused = f->kptr ? missing_function() : NULL;
	skip_with_reason(f->refused);
	bpf_image_close(&r->image);
	memset(r, 0, sizeof(*r));
	r->file = f;
	object_open(&r->image, f->path);
	context_settings(bpf_image_constant(&r->image, "settings"));
	err = bpf_image_load(&r->image);
	if (err == -EPERM)
		f->refused = "this host does not let us load BPF programs";
	else if (err)
		f->refused = refused_by_verifier(f);
	skip_with_reason(f->refused);
	assert_int_equal(err, 0);
	r->program =
		bpf_program__fd(bpf_object__find_program_by_name(r->image.object, "on_request"));
	r->counts = (void *)registry_global(r, "registry_counts");
	r->found = (void *)registry_global(r, "found");
	assert_int_equal(registry_ask(r, REGISTRY_CREATE, 0, 0, 0), 0);
}

struct registry_bpf *registry_begin(struct registry_file *f)
{
	static struct registry_bpf r;

	skip_with_reason(f->refused);
	skip_with_reason(f->failed ? "after a failure the rest would tell nothing" : NULL);
	f->failed = true;
	if (r.file != f)
		load(&r, f);
	memset(r.counts, 0, sizeof(*r.counts));
	memset(r.found, 0, sizeof(*r.found));
	return &r;
}

void registry_end(struct registry_bpf *r)
{
	registry_account(r);
	r->file->failed = false;
}

lk_u64 *registry_global(const struct registry_bpf *r, const char *name)
{
	return object_global(&r->image, name);
}

long registry_ask(const struct registry_bpf *r, enum registry_request what, lk_u64 a, lk_u64 b,
		  lk_u64 c)
{
	struct registry_args args = {.request = what, .a = a, .b = b, .c = c};
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &args, .ctx_size_in = 4 * sizeof(lk_u64));

	if (r->file->kptr)
		opts.ctx_size_in = sizeof(args); /* the result comes back there */
	if (bpf_prog_test_run_opts(r->program, &opts))
		return -1000 - errno;
	return r->file->kptr ? (long)args.result : (long)(int)opts.retval;
}

lk_u64 registry_count_of(const struct registry_bpf *r, enum registry_bpf_count which)
{
	return order_load_relaxed(&r->counts->of[which]);
}

/* -- accounting ------------------------------------------------------------------------------- */

static int map_fd(const struct registry_bpf *r, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(r->image.object, name);

	assert_true(fd >= 0);
	return fd;
}

static void delete_all(const struct registry_bpf *r)
{
	int fd = map_fd(r, r->file->kptr ? "registry_slots" : "registry_ids");
	lk_u64 id;

	for (int n = 0; bpf_map_get_next_key(fd, NULL, &id) == 0; n++) {
		assert_true(n < DELETES_AT_MOST);
		assert_int_equal(registry_ask(r, REGISTRY_DELETE, id, 0, 0), 0);
	}
}

/* Every object is free, and its index is in the queue once. Puts them back. */
static void count_free_objects(const struct registry_bpf *r)
{
	int queue = map_fd(r, "registry_free"), objects = map_fd(r, "registry_objects");
	unsigned int seen[REGISTRY_TEST_OBJECTS] = {0}, index, n;
	struct array_object o;

	for (n = 0; bpf_map_lookup_and_delete_elem(queue, NULL, &index) == 0; n++) {
		assert_in_range(index, 0, REGISTRY_TEST_OBJECTS - 1);
		assert_int_equal(seen[index]++, 0);
		assert_int_equal(bpf_map_lookup_elem(objects, &index, &o), 0);
		assert_int_equal(o.ref, 0);
		assert_int_equal(o.linked, 0);
		assert_int_equal(o.stranded, 0);
	}
	assert_int_equal(n, REGISTRY_TEST_OBJECTS);
	for (index = 0; index < n; index++)
		assert_int_equal(bpf_map_update_elem(queue, NULL, &index, 0), 0);
}

void registry_account(struct registry_bpf *r)
{
	const lk_u64 *n = r->counts->of, *warnings = r->counts->warnings;

	assert_int_equal(r->found->torn, 0);
	assert_int_equal(r->found->changed, 0);
	assert_int_equal(r->found->released_twice, 0);
	delete_all(r);
	assert_int_equal(r->found->released_twice, 0);
	assert_int_equal(n[REGISTRY_BPF_DAMAGED], 0);
	assert_int_equal(warnings[REFCOUNT_WARN_REVIVED], 0);
	assert_int_equal(warnings[REFCOUNT_WARN_OVERFLOW], 0);
	assert_int_equal(warnings[REFCOUNT_WARN_UNDERFLOW], 0);
	assert_int_equal(n[REGISTRY_BPF_INSERTED], n[REGISTRY_BPF_DELETED]);
	/* In an array, objects that were freed; else references that were put. */
	assert_int_equal(n[REGISTRY_BPF_MADE] + n[REGISTRY_BPF_GOT], n[REGISTRY_BPF_FREED]);
	if (r->file->kptr)
		return;
	assert_int_equal(registry_ask(r, REGISTRY_SWEEP, 0, 0, 0), 0);
	assert_int_equal(n[REGISTRY_BPF_STRANDED], n[REGISTRY_BPF_SWEPT]);
	count_free_objects(r);
}
