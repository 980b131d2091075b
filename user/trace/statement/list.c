// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* list.c - see trace/statement/list.h */
#include <bpf/btf.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/diag.h"
#include "cli/errors.h"
#include "cli/escape.h"
#include "cli/suggest.h"
#include "host/syscalls.h"
#include "symbols/elf/binary.h"
#include "symbols/elf/elf.h"
#include "symbols/elf/suffix.h"
#include "symbols/kernel_functions.h"
#include "symbols/tracepoints.h"
#include "symbols/types.h"
#include "trace/probe/perf.h"
#include "trace/statement/expr/fields.h"
#include "trace/statement/expr/scope.h"
#include "trace/statement/list.h"
#include "trace/statement/source/module.h"
#include "trace/statement/source/program.h"
#include "trace/statement/source/record.h"

/* One pattern, "TYPE:REST" or a pattern over whole names. */
struct listing {
	const char *pattern;
	const struct btf *btf;
	bool arguments;
	FILE *to;
	size_t found;
	const char *path; /* of the program that is listed */
	const char *type; /* uprobe, uretprobe, usdt */
	const struct elf_function *function; /* of it, that is offered; else NULL */
	struct debug debug; /* of it */
	struct module_types modules;
};

/* The short names of probe types stand for the long ones. */
static char *spell_out(const char *pattern)
{
	static const char *const shorts[][2] = {
		{"k:", "kprobe:"},     {"kr:", "kretprobe:"},	  {"f:", "fentry:"},
		{"fr:", "fexit:"},     {"kfunc:", "fentry:"},	  {"kretfunc:", "fexit:"},
		{"t:", "tracepoint:"}, {"rt:", "rawtracepoint:"}, {"u:", "uprobe:"},
		{"ur:", "uretprobe:"}, {"U:", "usdt:"},		  {"s:", "software:"},
		{"h:", "hardware:"},
	};
	char *spelled = NULL;

	for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
		if (strncmp(pattern, shorts[i][0], strlen(shorts[i][0])) == 0)
			return asprintf(&spelled, "%s%s", shorts[i][1],
					pattern + strlen(shorts[i][0])) < 0
				       ? NULL
				       : spelled;
	return strdup(pattern);
}

/* Can a probe of that type match at all? Patterns may begin in a type: k*:vfs_read. */
static bool wants_type(const struct listing *l, const char *type)
{
	const char *colon = strchr(l->pattern, ':');
	char own[32];

	if (!colon)
		return true;
	snprintf(own, sizeof(own), "%.*s", (int)(colon - l->pattern), l->pattern);
	return fnmatch(own, type, 0) == 0;
}

static void add_program(struct listing *l, struct scope *scope)
{
	size_t bare;
	const struct program_function f = {
		.by_fd = l->path,
		.path = l->path,
		.offsets = l->function->offsets,
		.count = l->function->offset_count,
		.is_clone = suffix_of(l->function->name, &bare) != SUFFIX_NONE,
		.at_return = strcmp(l->type, "uretprobe") == 0,
	};

	program_scope(scope, &l->debug, &f);
}

static void print_scope(struct listing *l, const char *type, const char *category,
			const char *target)
{
	char name[1024];
	struct scope scope;

	snprintf(name, sizeof(name), "%s:%s%s%s", type, category ? category : "",
		 category ? ":" : "", target);
	scope_of_name(&scope, module_types_for(&l->modules, l->btf, type, target), name);
	if (l->function)
		add_program(l, &scope);
	fields_print_scope(&scope, l->to);
	if (strcmp(type, "tracepoint") == 0 && category && strcmp(category, "syscalls"))
		record_print(&scope, name, l->to);
}

static void offer(struct listing *l, const char *type, const char *category, const char *target)
{
	char name[1024];

	snprintf(name, sizeof(name), "%s:%s%s%s", type, category ? category : "",
		 category ? ":" : "", target);
	if (fnmatch(l->pattern, name, 0))
		return;
	l->found++;
	escape_print(ESCAPE_MESSAGE, l->to, name, strlen(name));
	fputc('\n', l->to);
	if (l->arguments)
		print_scope(l, type, category, target);
}

static int offer_tracepoint(const char *category, const char *name, void *arg)
{
	struct listing *l = arg;

	if (category && strcmp(category, "syscalls") == 0)
		return 0;
	if (wants_type(l, "tracepoint"))
		offer(l, "tracepoint", category ? category : "*", name);
	if (wants_type(l, "rawtracepoint") && strchr(l->pattern, ':'))
		offer(l, "rawtracepoint", NULL, name);
	return 0;
}

static void list_tracepoints(struct listing *l)
{
	char name[128];

	if (wants_type(l, "tracepoint") || wants_type(l, "rawtracepoint"))
		tracepoints_for_each(offer_tracepoint, l);
	for (int i = 0; wants_type(l, "tracepoint") && i < syscall_count(); i++) {
		if (!syscall_name(i))
			continue;
		snprintf(name, sizeof(name), "sys_enter_%s", syscall_name(i));
		offer(l, "tracepoint", "syscalls", name);
	}
}

static bool is_function(const char *name, void *arg)
{
	(void)arg;
	return strncmp(name, "__pfx_", 6) && strncmp(name, "__cfi_", 6) && !strstr(name, ".cold");
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Append the names of the functions among the types from `first` on. */
static size_t add_functions(const struct btf *btf, unsigned int first, const char **name,
			    size_t count)
{
	for (unsigned int id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (t && btf_is_func(t))
			name[count++] = btf__name_by_offset(btf, t->name_off);
	}
	return count;
}

/*
 * The names of the functions whose types are known, of the kernel and its modules, in order. NULL:
 * none, or no memory.
 */
static const char **typed_functions(struct listing *l, size_t *count)
{
	unsigned int own = l->btf ? btf__type_cnt(l->btf) : 0;
	const struct module_types *m = &l->modules;
	size_t types = own;
	const char **name;

	*count = 0;
	if (!l->btf)
		return NULL;
	module_types_load(&l->modules, l->btf);
	for (size_t i = 0; i < m->count; i++)
		types += btf__type_cnt(m->module[i].btf) - own;
	name = calloc(types, sizeof(*name));
	if (!name)
		return NULL;
	*count = add_functions(l->btf, 1, name, 0);
	for (size_t i = 0; i < m->count; i++)
		*count = add_functions(m->module[i].btf, own, name, *count);
	qsort(name, *count, sizeof(*name), compare);
	return name;
}

/* The functions to which probes of that type can be attached; `typed`: for trampolines. */
static void list_type(struct listing *l, const char *type, const struct kernel_functions *all,
		      const char **typed, size_t count)
{
	bool trampoline = *type == 'f';
	size_t same;

	for (size_t i = 0; i < all->count; i += same) {
		const char *name = all->function[i].name;

		same = kernel_functions_same(all, i);
		if (!trampoline ||
		    (same == 1 && typed && bsearch(&name, typed, count, sizeof(*typed), compare)))
			offer(l, type, NULL, name);
	}
}

/* Each type of probe that this kernel has for functions. Returns 0 or a negative errno. */
static int list_functions(struct listing *l)
{
	static const char *const types[] = {"kprobe", "kretprobe", "fentry", "fexit"};
	bool kprobes = access("/sys/bus/event_source/devices/kprobe", F_OK) == 0;
	struct kernel_functions all;
	int err = kernel_functions_find(is_function, NULL, &all);
	size_t count;
	const char **typed = typed_functions(l, &count);

	for (size_t i = 0; !err && i < sizeof(types) / sizeof(types[0]); i++)
		if (wants_type(l, types[i]) && (kprobes || *types[i] == 'f'))
			list_type(l, types[i], &all, typed, count);
	free(typed);
	kernel_functions_free(&all);
	return err;
}

static void list_events(struct listing *l)
{
	char name[64];

	for (size_t i = 0; probe_perf_name(i, name, sizeof(name)); i++) {
		char *colon = strchr(name, ':');

		*colon = '\0';
		if (wants_type(l, name))
			offer(l, name, NULL, colon + 1);
	}
}

static int offer_user(const struct elf_function *f, void *arg)
{
	struct listing *l = arg;

	l->function = f;
	offer(l, l->type, l->path, f->name);
	l->function = NULL;
	return 0;
}

static int offer_static(const char *provider, const char *name, void *arg)
{
	struct listing *l = arg;
	char both[512];

	snprintf(both, sizeof(both), "%s:%s", provider, name);
	offer(l, l->type, l->path, both);
	return 0;
}

/* "uprobe:libc:mal*": the program in the middle is one, not a pattern. */
static int list_program(struct listing *l, const char *text)
{
	const char *from = strchr(l->pattern, ':') + 1, *rest;
	char name[4096], path[4096], type[16], *pattern = NULL;
	int err;

	rest = strchr(from, ':');
	snprintf(type, sizeof(type), "%.*s", (int)(from - 1 - l->pattern), l->pattern);
	snprintf(name, sizeof(name), "%.*s", rest ? (int)(rest - from) : (int)strlen(from), from);
	err = binary_find(0, name, path, sizeof(path));
	if (err)
		return fail("%s: %s: no such program or library; give its path", text, name);
	if (asprintf(&pattern, "%s:%s%s", type, path, rest ? rest : ":*") < 0)
		return fail("%s: out of memory", text);
	l->pattern = pattern;
	l->type = type;
	l->path = path;
	err = strcmp(type, "usdt") == 0 ? elf_usdt_for_each(path, offer_static, l)
					: elf_syms_for_each(path, offer_user, l);
	debug_close(&l->debug);
	free(pattern);
	l->pattern = text;
	return err ? fail("%s: %s: %s", text, path, error_text(err)) : 0;
}

static bool is_program(const char *pattern)
{
	return strncmp(pattern, "uprobe:", 7) == 0 || strncmp(pattern, "uretprobe:", 10) == 0 ||
	       strncmp(pattern, "usdt:", 5) == 0;
}

static int list_kernel(struct listing *l, const char *text)
{
	int err;

	list_tracepoints(l);
	list_events(l);
	if (!strchr(l->pattern, ':') || wants_type(l, "kprobe") || wants_type(l, "kretprobe") ||
	    wants_type(l, "fentry") || wants_type(l, "fexit")) {
		err = list_functions(l);
		if (err)
			note("%s: functions of the kernel are left out: /proc/kallsyms: %s", text,
			     error_text(err));
	}
	return 0;
}

static int list_one(struct listing *l, const char *text)
{
	char *pattern = spell_out(text);
	int r = 0;

	if (!pattern)
		return fail("%s: out of memory", text);
	l->pattern = pattern;
	if (strncmp(pattern, "struct ", 7) == 0 || strncmp(pattern, "union ", 6) == 0)
		r = fields_print_type(l->btf, pattern, l->to);
	else if (is_program(pattern))
		r = list_program(l, text);
	else
		r = list_kernel(l, text);
	if (!r && !l->found && strncmp(pattern, "struct ", 7) && strncmp(pattern, "union ", 6))
		r = fail("%s: no probe of this host matches; * stands for anything: "
			 "latchkit trace -l '*%s*'",
			 text, strrchr(text, ':') ? strrchr(text, ':') + 1 : text);
	free(pattern);
	return r;
}

int list_probes(char *const *patterns, int count, bool arguments, FILE *to)
{
	struct btf *btf = kernel_types_load();
	int r = 0;

	for (int i = 0; !r && i < (count ? count : 1); i++) {
		struct listing l = {.btf = btf, .arguments = arguments, .to = to};

		r = list_one(&l, count ? patterns[i] : "*");
		module_types_free(&l.modules);
	}
	btf__free(btf);
	return r;
}
