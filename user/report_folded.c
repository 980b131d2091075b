// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * report_folded.c - sampled stacks in folded form, for flame graphs: at the end one line for each
 * distinct stack, outermost frame first, "comm;frame;frame count". Kernel frames end in _[k].
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "ksyms.h"
#include "trace.h"
#include "trace_shared.h"
#include "usyms.h"

struct folder {
	struct trace *trace;
	int counts_fd, stacks_fd;
};

/* Read a stack's addresses, innermost first. Returns how many. */
static int stack_read(const struct folder *f, int id, unsigned long long *address)
{
	int n = 0;

	memset(address, 0, TRACE_STACK_DEPTH * sizeof(*address));
	if (id < 0 || bpf_map_lookup_elem(f->stacks_fd, &id, address))
		return 0;
	while (n < TRACE_STACK_DEPTH && address[n])
		n++;
	return n;
}

/* A name may not hold the characters that separate frames. */
static void print_text(FILE *out, const char *name)
{
	for (; *name; name++)
		fputc(*name == ';' || *name == '\n' ? ':' : *name, out);
}

static void print_frame(FILE *out, const char *name, const char *suffix)
{
	fputc(';', out);
	print_text(out, name);
	fputs(suffix, out);
}

static void print_user(const struct folder *f, const struct trace_stack_key *key)
{
	unsigned long long address[TRACE_STACK_DEPTH];
	int n = stack_read(f, key->user_stack, address);
	char name[256];

	while (n-- > 0) {
		if (!usyms__name(f->trace->usyms, (pid_t)key->tgid, address[n], name, sizeof(name)))
			strcpy(name, "[unknown]");
		print_frame(f->trace->out, name, "");
	}
}

static void print_kernel(const struct folder *f, const struct trace_stack_key *key)
{
	unsigned long long address[TRACE_STACK_DEPTH];
	int n = stack_read(f, key->kernel_stack, address);
	uint64_t offset;

	while (n-- > 0) {
		const char *name =
			f->trace->ksyms ? ksyms__name(f->trace->ksyms, address[n], &offset) : NULL;

		print_frame(f->trace->out, name ? name : "[kernel]", "_[k]");
	}
}

static void print_stacks(struct folder *f)
{
	struct trace_stack_key key, *previous = NULL;
	unsigned long long count;

	while (bpf_map_get_next_key(f->counts_fd, previous, &key) == 0) {
		previous = &key;
		if (bpf_map_lookup_elem(f->counts_fd, &key, &count))
			continue;
		key.comm[sizeof(key.comm) - 1] = '\0';
		print_text(f->trace->out, key.comm);
		print_user(f, &key);
		print_kernel(f, &key);
		fprintf(f->trace->out, " %llu\n", count);
	}
}

static void note_losses(const struct trace *t)
{
	struct loss_counts sum = trace_losses_sum(t);

	for (int i = 0; i < LOSS_CAUSES; i++) {
		if (loss_get(&sum, i) == LOSS_UNKNOWN)
			note("lost: %s unknown", loss_names[i]);
		else if (loss_get(&sum, i))
			note("lost: %s %llu", loss_names[i], loss_get(&sum, i));
	}
}

/* Short-lived processes have no names once they are gone: look at them while they live. */
static void folded_interval(struct trace *t)
{
	int counts = engine_map_fd(t->engine, "stack_counts");
	struct trace_stack_key key, *previous = NULL;

	while (bpf_map_get_next_key(counts, previous, &key) == 0) {
		previous = &key;
		usyms__watch(t->usyms, (pid_t)key.tgid);
	}
}

static void folded_summary(struct trace *t)
{
	struct folder f = {
		.trace = t,
		.counts_fd = engine_map_fd(t->engine, "stack_counts"),
		.stacks_fd = engine_map_fd(t->engine, "stacks"),
	};

	if (!t->ksyms || !ksyms__addresses_known(t->ksyms))
		note("kernel symbols are hidden (kernel.kptr_restrict, CAP_SYSLOG): kernel frames "
		     "have no names");
	print_stacks(&f);
	note_losses(t);
}

const struct report report_folded = {NULL, folded_interval, folded_summary};
