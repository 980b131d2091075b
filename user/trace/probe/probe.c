// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* probe.c - see trace/probe/probe.h. */
#include <stdlib.h>
#include <string.h>

#include "cli/diag.h"
#include "symbols/kernel.h"
#include "trace/probe/file.h"
#include "trace/probe/probe.h"
#include "trace/probe/type.h"

static void probe_clear(struct probe *p)
{
	free(p->name);
	free(p->target);
	free(p->usdt_name);
	free(p->offsets);
	memset(p, 0, sizeof(*p));
}

static bool same_attachment(const struct probe *a, const struct probe *b)
{
	return a->type->pairs && !a->apart && !b->apart && a->type->attach == b->type->attach &&
	       strcmp(a->target, b->target) == 0 && a->file == b->file;
}

/* Merge *p with a probe of its name, or an entry with its return. Returns true if there was one. */
static bool merge(struct probe_list *list, struct probe *p)
{
	for (size_t i = 0; i < list->count; i++) {
		struct probe *have = &list->probe[i], swap = *have;

		if (have->type->spans != p->type->spans)
			continue;
		if (strcmp(have->name, p->name) == 0) {
			have->hits |= p->hits;
			probe_clear(p);
			return true;
		}
		if (!same_attachment(have, p))
			continue;
		if (p->kind == KIND_LATENCY) {
			*have = *p;
			*p = swap;
		}
		probe_clear(p);
		return true;
	}
	return false;
}

int probe_list_push(struct probe_list *list, struct probe *p)
{
	struct probe *grown;

	p->kind = p->type->kind;
	grown = p->name ? reallocarray(list->probe, list->count + 1, sizeof(*grown)) : NULL;
	if (!grown) {
		probe_clear(p);
		return fail("probe: out of memory");
	}
	list->probe = grown;
	list->probe[list->count++] = *p;
	return EXIT_OK;
}

int probe_list_append(struct probe_list *list, struct probe *p)
{
	p->kind = p->type->kind;
	p->apart = list->apart;
	if (p->name && merge(list, p))
		return EXIT_OK;
	return probe_list_push(list, p);
}

int probe_list_take(struct probe_list *list, struct probe_list *from)
{
	int r = EXIT_OK;

	for (size_t i = 0; i < from->count; i++) {
		if (!r)
			r = probe_list_append(list, &from->probe[i]);
		else
			probe_clear(&from->probe[i]);
	}
	from->count = 0;
	return r;
}

void probe_list_number(struct probe_list *list)
{
	memset(list->kinds, 0, sizeof(list->kinds));
	for (size_t i = 0; i < list->count; i++)
		list->probe[i].number = list->kinds[list->probe[i].kind]++;
}

void probe_list_free(struct probe_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		probe_clear(&list->probe[i]);
	free(list->probe);
	probe_files_free(list->files);
	ksyms__free(list->ksyms);
	memset(list, 0, sizeof(*list));
}

size_t probe_list_first(const struct probe_list *list, const struct probe_type *type)
{
	size_t i = 0;

	while (i < list->count && list->probe[i].type != type)
		i++;
	return i;
}

struct ksyms *probe_list_ksyms(struct probe_list *list)
{
	if (!list->ksyms)
		list->ksyms = ksyms__load();
	return list->ksyms;
}
