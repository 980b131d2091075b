/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stacks.h - the stacks that a trace has counted, for the reports. */
#ifndef LATCHKIT_USER_TRACE_SESSION_STACKS_H
#define LATCHKIT_USER_TRACE_SESSION_STACKS_H

#include "bpf/trace/shared.h"
#include "trace/session/session.h"

struct stack {
	struct trace_stack_key key;
	const struct probe *probe;
	unsigned long long count;
};

/*
 * Read all distinct stacks, the most frequent first: *count of them, free(*stacks). Returns 0 or an
 * errno; then there are none.
 */
int stacks_read(const struct trace *trace, struct stack **stacks, size_t *count);
/*
 * Print one in folded form, outermost frame first: "comm;frame;...;frame". Kernel frames end in
 * _[k].
 */
void stack_print(const struct trace *trace, const struct stack *stack, FILE *to);
/*
 * Print one of its two stacks as ";frame;...;frame", of its innermost frames `most` (0: all); the
 * frames of the trace itself do not count. Nothing where there is no stack.
 */
void stack_print_user(const struct trace *trace, const struct trace_stack_key *key,
		      unsigned int most, FILE *to);
void stack_print_kernel(const struct trace *trace, const struct trace_stack_key *key,
			unsigned int most, FILE *to);
/* A stack in folded form, whoever had it. */
struct stack_text {
	char *text;
	unsigned long long count;
};

/*
 * The same as texts: of stacks that differ in what they do not show, such as the process's number,
 * the sum. stack_texts_free(*texts, *count).
 */
int stacks_read_texts(const struct trace *trace, struct stack_text **texts, size_t *count);
/* Add up those of one text, the most frequent first. Returns how many are left. */
size_t stack_texts_merge(struct stack_text *texts, size_t count);
void stack_texts_free(struct stack_text *texts, size_t count);
/*
 * Take in that a stack was counted for the first time: note what its process has mapped if that is
 * not known, as it may be gone soon.
 */
void stacks_seen(const struct trace *trace, const struct stack_event *event);
/* The same of a process that has executed a program. */
void stacks_executed(const struct trace *trace, const struct process_event *event);
/*
 * Do what these have put off, and what they could not do because events were lost. To be called
 * now and then while it returns true; else only after an event.
 */
bool stacks_catch_up(struct trace *trace);

#endif /* LATCHKIT_USER_TRACE_SESSION_STACKS_H */
