// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* program.c - see trace/statement/source/program.h */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/errors.h"
#include "symbols/dwarf/function.h"
#include "trace/statement/source/program.h"

/* So many registers programs read. */
#define REGISTERS 5

static const char *const refused[] = {
	[WHERE_REGISTER] = NULL,
	[WHERE_FLOAT] = "is a floating-point number, which is in no register that is read here",
	[WHERE_VALUE] = "is passed by value, in several registers or on the stack, which are not "
			"read here",
	[WHERE_BEHIND_VALUE] = "comes behind one that is passed by value, or behind a struct that "
			       "is returned: which register it is in is not known here; write argN",
	[WHERE_STACK] = "is on the stack; the first five in registers are read",
};

static void explain(struct scope *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void explain(struct scope *s, const char *format, ...)
{
	va_list args;
	size_t length;

	va_start(args, format);
	vsnprintf(s->why, sizeof(s->why), format, args);
	va_end(args);
	length = strlen(s->why);
	snprintf(s->why + length, sizeof(s->why) - length, ": write arg0, arg1 ...");
	s->no_names = s->why;
}

/* The end of a path, which is long enough in a message. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void explain_open(struct scope *s, const char *path, int err)
{
	switch (err) {
	case -ENODATA:
		explain(s,
			"%.60s has no debug information (DWARF), and no debug file of it is here",
			path);
		return;
	case -ENOLINK:
		explain(s, "a part of the debug information of %.60s is in a file that is not here",
			path);
		return;
	case -EFBIG:
		explain(s, "%.60s has more debug information than is read", path);
		return;
	default:
		explain(s, "the debug information of %.60s: %s", path, error_text(err));
	}
}

/* What is said of one or several places. Returns false after an explanation. */
static bool read_function(struct scope *s, struct debug *debug, const struct program_function *f,
			  struct dwarf_function *to)
{
	struct die die;
	int err;

	if (f->count != 1) {
		explain(s, "%zu functions have this name", f->count);
		return false;
	}
	err = dwarf_function_at(debug->dwarf, f->offsets[0], &die);
	if (err == -ENOENT)
		explain(s, "the debug information of %.60s does not have this function",
			last_part(f->path));
	else if (err)
		explain(s, "the debug information of %.60s: %s", last_part(f->path),
			error_text(err));
	if (err)
		return false;
	dwarf_function_read(debug->dwarf, &die, to);
	if (f->is_clone || to->is_changed)
		explain(s, "the compiler has made another function of it, with other parameters");
	else if (to->is_go)
		explain(s, "Go passes arguments in its own way; argN is not them");
	return !f->is_clone && !to->is_changed && !to->is_go;
}

static void take_arguments(struct scope *s, struct debug *debug, const struct dwarf_function *f)
{
	for (unsigned int i = 0; i < f->count && i < SCOPE_ARGS; i++) {
		const struct dwarf_parameter *from = &f->parameter[i];
		struct scope_arg *arg = &s->arg[i];

		snprintf(arg->name, sizeof(arg->name), "%s", from->name);
		arg->id = dwarf_types_id(debug->types, from->type);
		arg->number = from->number;
		arg->refused = refused[from->where];
		if (from->type && !arg->id)
			arg->refused = "has a type for which there is no room left here";
		if (!arg->refused && arg->number >= REGISTERS)
			arg->refused = "comes behind the five that are read";
		s->args++;
	}
}

static void take_result(struct scope *s, const struct dwarf_function *f, unsigned int id)
{
	if (!f->returns)
		s->no_retval = "the function returns nothing (void)";
	else if (f->type)
		s->retval = ctype_of(s->btf, id);
}

/* Once all types are there, those of the arguments are known. */
static void take_types(struct scope *s)
{
	for (unsigned int i = 0; i < s->args; i++)
		s->arg[i].type = ctype_of(s->btf, s->arg[i].id);
}

void program_scope(struct scope *s, struct debug *debug, const struct program_function *f)
{
	int err = debug_open(debug, f->by_fd, s->kernel);
	struct dwarf_function function;
	unsigned int result;

	if (err) {
		explain_open(s, last_part(f->path), err);
		return;
	}
	if (!read_function(s, debug, f, &function))
		return;
	s->no_names = NULL;
	s->by_register = true;
	take_arguments(s, debug, &function);
	result = dwarf_types_id(debug->types, function.type);
	if (f->all_types)
		dwarf_types_of_unit(debug->types, function.unit);
	err = dwarf_types_complete(debug->types);
	s->btf = dwarf_types_btf(debug->types);
	take_types(s);
	if (f->at_return)
		take_result(s, &function, result);
	if (err) {
		s->args = 0;
		explain(s, "the debug information of %.60s: %s", last_part(f->path),
			error_text(err));
	}
}
