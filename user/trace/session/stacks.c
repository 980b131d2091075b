// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stacks.c - see trace/session/stacks.h */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "symbols/kernel.h"
#include "trace/session/stacks.h"
#include "symbols/user.h"

static const struct probe *probe_of(const struct trace *t, unsigned int column)
{
	for (size_t i = 0; i < t->probes.count; i++)
		if (engine_loss_column(t->engine, &t->probes.probe[i]) == column)
			return &t->probes.probe[i];
	return NULL;
}

static int by_count(const void *a, const void *b)
{
	const struct stack *x = a, *y = b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

static int add_stack(struct stack **stacks, size_t n, size_t *room, const struct stack *s)
{
	if (n == *room) {
		size_t more = 2 * *room + 64;
		struct stack *grown = reallocarray(*stacks, more, sizeof(*grown));

		if (!grown)
			return ENOMEM;
		*stacks = grown;
		*room = more;
	}
	(*stacks)[n] = *s;
	return 0;
}

/* Returns 0, ENOENT after the last one, or another errno. */
static int read_next(const struct trace *t, int counts, const struct trace_stack_key *previous,
		     struct stack *s)
{
	*s = (struct stack){0};
	if (bpf_map_get_next_key(counts, previous, &s->key))
		return errno;
	if (bpf_map_lookup_elem(counts, &s->key, &s->count) && errno != ENOENT)
		return errno;
	s->probe = probe_of(t, s->key.probe);
	return 0;
}

int stacks_read(const struct trace *t, struct stack **stacks, size_t *count)
{
	int counts = engine_map_fd(t->engine, "stack_counts"), err;
	struct trace_stack_key previous;
	size_t n = 0, room = 0;
	struct stack s;

	*stacks = NULL;
	for (err = read_next(t, counts, NULL, &s); !err;
	     err = read_next(t, counts, &previous, &s)) {
		previous = s.key;
		err = s.count ? add_stack(stacks, n, &room, &s) : 0;
		if (err)
			break;
		n += s.count != 0;
	}
	if (err != ENOENT) {
		free(*stacks);
		*stacks = NULL;
		*count = 0;
		return err;
	}
	if (n)
		qsort(*stacks, n, sizeof(**stacks), by_count);
	*count = n;
	return 0;
}

/* Read a stack's addresses, innermost first. Returns how many. */
static int addresses_read(const struct trace *t, int id, unsigned long long *address)
{
	int stacks = engine_map_fd(t->engine, "stacks"), n = 0;

	memset(address, 0, TRACE_STACK_DEPTH * sizeof(*address));
	if (id < 0 || bpf_map_lookup_elem(stacks, &id, address))
		return 0;
	while (n < TRACE_STACK_DEPTH && address[n])
		n++;
	return n;
}

static void print_frame(FILE *to, const char *name, const char *suffix)
{
	fputc(';', to);
	escape_print(ESCAPE_FOLDED, to, name, strlen(name));
	fputs(suffix, to);
}

static void print_user(const struct trace *t, const struct trace_stack_key *key, FILE *to)
{
	unsigned long long address[TRACE_STACK_DEPTH];
	int n = addresses_read(t, key->user_stack, address);
	char name[256];

	while (n-- > 0) {
		if (!usyms__name(t->usyms, (pid_t)key->tgid, address[n], name, sizeof(name)))
			strcpy(name, "[unknown]");
		print_frame(to, name, "");
	}
}

static void print_kernel(const struct trace *t, const struct trace_stack_key *key, FILE *to)
{
	unsigned long long address[TRACE_STACK_DEPTH];
	int n = addresses_read(t, key->kernel_stack, address);
	uint64_t offset;

	while (n-- > 0) {
		const char *name = t->ksyms ? ksyms__name(t->ksyms, address[n], &offset) : NULL;

		print_frame(to, name ? name : "[kernel]", "_[k]");
	}
}

void stack_print(const struct trace *t, const struct stack *s, FILE *to)
{
	escape_print(ESCAPE_FOLDED, to, s->key.comm, sizeof(s->key.comm));
	print_user(t, &s->key, to);
	print_kernel(t, &s->key, to);
}

void stacks_watch(const struct trace *t)
{
	int counts = engine_map_fd(t->engine, "stack_counts");
	struct trace_stack_key key, *previous = NULL;

	while (bpf_map_get_next_key(counts, previous, &key) == 0) {
		previous = &key;
		usyms__watch(t->usyms, (pid_t)key.tgid);
	}
}
