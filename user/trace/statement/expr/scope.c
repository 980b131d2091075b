// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scope.c - see trace/statement/expr/scope.h */
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

#include "host/syscalls.h"
#include "trace/probe/probe.h"
#include "trace/probe/type.h"
#include "trace/statement/expr/format_file.h"
#include "trace/statement/expr/scope.h"

/* So many of a function's registers programs read, and all of a system call's. */
#define REGISTERS 5
#define SYSCALL_REGISTERS 6

static const char no_btf[] = "this kernel has no type information (BTF): write arg0, arg1 ...";
static const char no_prototype[] =
	"the kernel's type information does not know this function: write arg0, arg1 ...";
static const char not_timed[] = "nothing ends at this probe: ns is known to kretprobe:, fexit:, "
				"uretprobe: and system calls";

/* The parameters of a function from number `first` on become the arguments. */
static void take_parameters(struct scope *s, const struct btf_type *proto, unsigned int first)
{
	const struct btf_param *param = btf_params(proto);

	for (unsigned int i = first; i < btf_vlen(proto) && s->args < SCOPE_ARGS; i++) {
		struct scope_arg *arg = &s->arg[s->args];
		const char *name = btf__name_by_offset(s->btf, param[i].name_off);

		arg->type = ctype_of(s->btf, param[i].type);
		if (arg->type.kind == CTYPE_AGGREGATE && arg->type.size > 8)
			return; /* in two registers, or in memory: what follows is elsewhere */
		arg->number = s->args++;
		snprintf(arg->name, sizeof(arg->name), "%s", name ? name : "");
	}
}

/* The prototype of a function; NULL: there is none. */
static const struct btf_type *prototype(const struct btf *btf, const char *function)
{
	int id = btf ? btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) : -1;
	const struct btf_type *t = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	return t && btf_is_func_proto(t) ? t : NULL;
}

/* btf_trace_NAME is a pointer to a function, often without names of parameters. */
static const struct btf_type *tracepoint_type(const struct btf *btf, const char *name)
{
	const struct btf_type *t;
	char spelled[160];
	int id;

	snprintf(spelled, sizeof(spelled), "__traceiter_%s", name);
	t = prototype(btf, spelled);
	if (t || !btf)
		return t;
	snprintf(spelled, sizeof(spelled), "btf_trace_%s", name);
	id = btf__find_by_name_kind(btf, spelled, BTF_KIND_TYPEDEF);
	t = id > 0 ? btf__type_by_id(btf, (unsigned int)id) : NULL;
	t = t ? btf__type_by_id(btf, t->type) : NULL;
	t = t && btf_is_ptr(t) ? btf__type_by_id(btf, t->type) : NULL;
	return t && btf_is_func_proto(t) ? t : NULL;
}

static bool note_classic(const struct format_field *field, void *arg)
{
	struct scope *s = arg;
	size_t length = strlen(s->classic);

	if (length + strlen(field->name) + 3 > sizeof(s->classic))
		return false;
	snprintf(s->classic + length, sizeof(s->classic) - length, "%s%s ", length ? "" : " ",
		 field->name);
	return true;
}

bool scope_is_classic(const struct scope *s, const char *name)
{
	char word[NAME_ROOM + 2];

	snprintf(word, sizeof(word), " %s ", name);
	return strstr(s->classic, word);
}

static void of_tracepoint(struct scope *s, const char *category, const char *name)
{
	const struct btf_type *t = tracepoint_type(s->btf, name);

	snprintf(s->owner, sizeof(s->owner), "%s", name);
	s->no_retval = "a tracepoint returns nothing";
	s->no_ns = not_timed;
	s->most_args = 12;
	if (!t) {
		s->no_names = s->btf ? "the kernel's type information does not know this "
				       "tracepoint: write arg0, arg1 ..."
				     : no_btf;
	} else {
		take_parameters(s, t, 1); /* behind the data of who attached */
		s->most_args = s->args;
	}
	if (category)
		format_file_read(category, name, note_classic, s);
}

static bool take_syscall_argument(const struct format_field *field, void *arg)
{
	struct scope *s = arg;
	struct scope_arg *own = &s->arg[s->args];

	if (strcmp(field->name, "__syscall_nr") == 0)
		return true;
	snprintf(own->name, sizeof(own->name), "%s", field->name);
	snprintf(own->spelled, sizeof(own->spelled), "%s", field->type);
	own->type = format_type(s->btf, field->type);
	own->number = s->args;
	return ++s->args < SYSCALL_REGISTERS;
}

static void of_syscall(struct scope *s, const char *name, bool returns, bool formats)
{
	char event[128];
	int err;

	snprintf(s->owner, sizeof(s->owner), "%s", name);
	s->user = true;
	s->most_args = SYSCALL_REGISTERS;
	s->retval = ctype_int(8, true);
	if (!returns) {
		s->no_retval = "this system call does not return";
		s->no_ns = s->no_retval;
	}
	if (!formats)
		return;
	snprintf(event, sizeof(event), "sys_enter_%s", name);
	err = format_file_read("syscalls", event, take_syscall_argument, s);
	if (err)
		s->no_names = "the names of a system call's arguments are in tracefs, which is not "
			      "to be read here: write arg0, arg1 ...";
}

static void of_function(struct scope *s, const char *name, bool at_return, bool trampoline)
{
	const struct btf_type *t = prototype(s->btf, name);

	snprintf(s->owner, sizeof(s->owner), "%s", name);
	s->most_args = REGISTERS;
	s->retval = ctype_int(8, true);
	if (t) {
		take_parameters(s, t, 0);
		s->retval = ctype_of(s->btf, t->type);
	} else {
		s->no_names = s->btf ? no_prototype : no_btf;
	}
	if (t && s->args < s->most_args)
		s->most_args = s->args;
	if (t && trampoline)
		s->most_args = s->args;
	if (!at_return) {
		s->no_retval = "the function has only begun; use kretprobe: or fexit:";
		s->no_ns = not_timed;
	} else if (s->retval.kind == CTYPE_VOID) {
		s->no_retval = "the function returns nothing (void)";
	}
	if (at_return && !trampoline)
		s->no_args = "when a function returns, its arguments are gone; use kprobe:, or "
			     "fexit:, which has both";
}

static void of_user(struct scope *s, const char *name, bool at_return, bool is_static)
{
	snprintf(s->owner, sizeof(s->owner), "%s", name ? name : "this probe");
	s->user = true;
	s->most_args = is_static ? 12 : REGISTERS;
	s->retval = ctype_int(8, true);
	s->no_names = is_static ? "static probes have numbered arguments: write arg0, arg1 ..."
				: "the names of a user function's arguments are not read: write "
				  "arg0, arg1 ...";
	if (at_return) {
		s->no_args = "when a function returns, its arguments are gone; use uprobe:";
	} else {
		s->no_retval = is_static ? "a static probe returns nothing"
					 : "the function has only begun; use uretprobe:";
		s->no_ns = not_timed;
	}
}

static void of_sample(struct scope *s, const char *type)
{
	snprintf(s->owner, sizeof(s->owner), "%s", type);
	s->no_args = "a sample is no call: it has no arguments; curtask is known";
	s->no_retval = "a sample is no call: it returns nothing";
	s->no_ns = not_timed;
}

static bool is_one_of(const char *name, const char *first, const char *second)
{
	return strcmp(name, first) == 0 || strcmp(name, second) == 0;
}

void scope_of(struct scope *s, const struct btf *btf, const char *type, const char *target)
{
	*s = (struct scope){.btf = btf, .kernel = btf};
	if (is_one_of(type, "tracepoint", "rawtracepoint"))
		of_tracepoint(s, NULL, target);
	else if (is_one_of(type, "kprobe", "kretprobe"))
		of_function(s, target, strcmp(type, "kretprobe") == 0, false);
	else if (is_one_of(type, "fentry", "fexit"))
		of_function(s, target, strcmp(type, "fexit") == 0, true);
	else if (is_one_of(type, "uprobe", "uretprobe"))
		of_user(s, target, strcmp(type, "uretprobe") == 0, false);
	else if (strcmp(type, "usdt") == 0)
		of_user(s, target, false, true);
	else
		of_sample(s, type);
}

/* The category in "tracepoint:CATEGORY:NAME". Returns false when it has none. */
static bool category_of(const char *probe, char *category, size_t size)
{
	const char *from = strchr(probe, ':'), *end = from ? strchr(from + 1, ':') : NULL;

	if (end)
		snprintf(category, size, "%.*s", (int)(end - from - 1), from + 1);
	return end;
}

void scope_of_probe(struct scope *s, const struct btf *btf, const struct probe *p, bool formats)
{
	char category[128];

	*s = (struct scope){.btf = btf, .kernel = btf};
	if (strcmp(p->type->name, "tracepoint:syscalls") == 0)
		of_syscall(s, syscall_name(p->syscall),
			   p->type->kind == KIND_LATENCY || p->optional, formats);
	else if (formats && strcmp(p->type->name, "tracepoint") == 0 &&
		 category_of(p->name, category, sizeof(category)))
		of_tracepoint(s, category, p->target);
	else
		scope_of(s, btf, p->type->name, p->target);
}

void scope_of_name(struct scope *s, const struct btf *btf, const char *name)
{
	static const char prefix[] = "tracepoint:syscalls:sys_enter_";
	const char *target = strrchr(name, ':') ? strrchr(name, ':') + 1 : name;
	char type[32];

	snprintf(type, sizeof(type), "%.*s", (int)strcspn(name, ":"), name);
	if (strncmp(name, prefix, sizeof(prefix) - 1) == 0) {
		*s = (struct scope){.btf = btf, .kernel = btf};
		of_syscall(s, name + sizeof(prefix) - 1, true, true);
	} else {
		scope_of(s, btf, type, target);
	}
}
