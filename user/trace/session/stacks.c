// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stacks.c - see trace/session/stacks.h */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/escape.h"
#include "host/clock.h"
#include "symbols/kernel.h"
#include "trace/session/stacks.h"
#include "symbols/user.h"

/* How often all stacks may be looked at. */
#define SEE_ALL_NS 1000000000ULL

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

static struct usyms_program program_of(const struct trace_stack_key *key)
{
	return (struct usyms_program){key->tgid, key->program, key->start_ns};
}

static struct usyms_numbers numbers_of(const struct process_numbers *n, unsigned long long time_ns)
{
	return (struct usyms_numbers){(pid_t)n->here, (pid_t)n->inner, (pid_t)n->parent, time_ns};
}

/* Does any probe count stacks, or keep records by user addresses, at this moment? */
static bool counts_stacks_now(const struct trace *t)
{
	if (t->engine->user_addresses && !t->engine->count_stacks)
		return true;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		if (t->probes.kinds[kind] && (t->engine->handler[kind] == HANDLER_STACKS))
			return true;
	return false;
}

/*
 * Where a frame is to be looked up: all but the innermost are where a call will return to, which is
 * in the next function if the call is the last instruction of its own.
 */
static unsigned long long code_of(const unsigned long long *address, int i)
{
	return i ? address[i] - 1 : address[i];
}

/* The outermost of n frames that are shown, where `most` (0: all) are. */
static int shown_from(int n, unsigned int most)
{
	return most && n > (int)most ? (int)most : n;
}

void stack_print_user(const struct trace *t, const struct trace_stack_key *key, unsigned int most,
		      FILE *to)
{
	unsigned long long address[TRACE_STACK_DEPTH];
	struct usyms_program program = program_of(key);
	int n = shown_from(addresses_read(t, key->user_stack, address), most);
	char name[1024];

	while (n-- > 0) {
		usyms__name(t->usyms, &program, code_of(address, n), !t->options->raw_symbols, name,
			    sizeof(name));
		print_frame(to, name, "");
	}
}

/* The frame of a BPF program, or of what runs it: they are the trace's, not the host's. */
static bool is_of_trace(const char *name)
{
	static const char *const starts[] = {"bpf_prog_",	"__bpf_trace_", "bpf_trace_run",
					     "bpf_trampoline_", "__traceiter_", "__bpf_prog_"};

	for (size_t i = 0; name && i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(name, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

static const char *kernel_name(const struct trace *t, uint64_t address)
{
	uint64_t offset;

	return t->ksyms ? ksyms__name(t->ksyms, address, &offset) : NULL;
}

/*
 * How many of the innermost frames are of the trace. Our programs may have no name: the kernel's
 * functions were read before they were loaded.
 */
static int frames_of_trace(const struct trace *t, const unsigned long long *address, int n)
{
	int skipped = 0;

	for (int i = 0; i < n; i++) {
		const char *name = kernel_name(t, address[i]);

		if (is_of_trace(name))
			skipped = i + 1;
		else if (name)
			break;
	}
	return skipped;
}

void stack_print_kernel(const struct trace *t, const struct trace_stack_key *key, unsigned int most,
			FILE *to)
{
	unsigned long long address[TRACE_STACK_DEPTH];
	int n = addresses_read(t, key->kernel_stack, address);
	int skipped = frames_of_trace(t, address, n);

	n = skipped + shown_from(n - skipped, most);

	while (n-- > skipped) {
		const char *name = kernel_name(t, code_of(address, n));

		print_frame(to, name ? name : "[kernel]", "_[k]");
	}
}

void stack_print(const struct trace *t, const struct stack *s, FILE *to)
{
	escape_print(ESCAPE_FOLDED, to, s->key.comm, sizeof(s->key.comm));
	stack_print_user(t, &s->key, 0, to);
	stack_print_kernel(t, &s->key, 0, to);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct stack_text *)a)->text, ((const struct stack_text *)b)->text);
}

static int by_text_count(const void *a, const void *b)
{
	const struct stack_text *x = a, *y = b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : by_text(a, b);
}

/* Returns the text of a stack, to be freed; NULL: out of memory. */
static char *text_of(const struct trace *t, const struct stack *s)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		return NULL;
	stack_print(t, s, to);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

size_t stack_texts_merge(struct stack_text *texts, size_t n)
{
	size_t kept = 0;

	if (!n)
		return 0;
	qsort(texts, n, sizeof(*texts), by_text);
	for (size_t i = 0; i < n; i++) {
		if (kept && strcmp(texts[kept - 1].text, texts[i].text) == 0) {
			texts[kept - 1].count += texts[i].count;
			free(texts[i].text);
		} else {
			texts[kept++] = texts[i];
		}
	}
	qsort(texts, kept, sizeof(*texts), by_text_count);
	return kept;
}

int stacks_read_texts(const struct trace *t, struct stack_text **texts, size_t *count)
{
	struct stack *stacks;
	size_t n, done = 0;
	int err = stacks_read(t, &stacks, &n);

	*texts = err ? NULL : calloc(n + 1, sizeof(**texts));
	*count = 0;
	err = err || *texts ? err : ENOMEM;
	for (; !err && done < n; done++) {
		(*texts)[done] = (struct stack_text){text_of(t, &stacks[done]), stacks[done].count};
		if (!(*texts)[done].text)
			err = ENOMEM;
	}
	free(stacks);
	if (err)
		stack_texts_free(*texts, done);
	else
		*count = stack_texts_merge(*texts, n);
	if (err)
		*texts = NULL;
	return err;
}

void stack_texts_free(struct stack_text *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(texts[i].text);
	free(texts);
}

void stacks_seen(const struct trace *t, const struct stack_event *e)
{
	unsigned long long address[TRACE_STACK_DEPTH];
	struct usyms_program program = program_of(&e->key);
	struct usyms_numbers numbers = numbers_of(&e->numbers, e->time_ns);
	int n = t->usyms ? addresses_read(t, e->key.user_stack, address) : 0;

	if (t->usyms && e->ip && n < TRACE_STACK_DEPTH)
		address[n++] = e->ip;
	if (n)
		usyms__see(t->usyms, &program, &numbers, address, (size_t)n);
}

void stacks_executed(const struct trace *t, const struct process_event *e)
{
	struct usyms_program program = {e->tgid, e->program, e->leader_start_ns};
	struct usyms_numbers numbers = numbers_of(&e->numbers, e->time_ns);

	if (t->usyms && counts_stacks_now(t))
		usyms__see(t->usyms, &program, &numbers, NULL, 0);
}

/* Events were lost: look at all stacks, once. The numbers are those of the initial namespace. */
static void see_all(const struct trace *t)
{
	int counts = engine_map_fd(t->engine, "stack_counts");
	struct stack_event e = {.kind = PROCESS_STACK, .time_ns = clock_boottime_ns()};
	struct trace_stack_key *previous = NULL, last;

	while (bpf_map_get_next_key(counts, previous, &e.key) == 0) {
		e.numbers.here = e.numbers.inner = e.key.tgid;
		stacks_seen(t, &e);
		last = e.key;
		previous = &last;
	}
}

bool stacks_catch_up(struct trace *t)
{
	unsigned long long lost = t->engine->counted ? t->engine->counted->stack_events_lost : 0;
	unsigned long long now = clock_now_ns();
	bool behind = lost != t->stack_events_lost;

	if (!t->usyms)
		return false;
	if (behind && now - t->stacks_seen_ns > SEE_ALL_NS) {
		see_all(t);
		t->stack_events_lost = lost;
		t->stacks_seen_ns = now;
		behind = false;
	}
	return usyms__catch_up(t->usyms) || behind;
}
