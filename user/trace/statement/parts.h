/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* parts.h - what a statement consists of: see trace/statement/statement.h. */
#ifndef LATCHKIT_USER_TRACE_STATEMENT_PARTS_H
#define LATCHKIT_USER_TRACE_STATEMENT_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/trace/expr_shared.h"
#include "bpf/trace/shared.h"
#include "bpf/trace/span_shared.h"
#include "trace/statement/expr/complaint.h"
#include "trace/statement/units.h"

struct node;
struct tree;

#define STATEMENT_KEYS 8
/* The most buckets of an lhist(), beside those for what is below and above. */
#define STATEMENT_BUCKETS 38

/* An expression; `count` 0: there is none. */
struct expr {
	struct expr_step step[EXPR_STEPS]; /* zeros behind the last one: EXPR_END */
	unsigned int count; /* of steps */
	unsigned int stack; /* the most values that are on it */
	enum expr_as as;
	bool user; /* EXPR_AS_STR and others that read memory: it is user memory */
	unsigned int size; /* of its C type, in bytes */
	bool is_signed;
	bool is_pointer;
	char type[96]; /* as C spells it */
	char *text; /* as it was written: args.next.pid, str(arg0) */
};

enum statement_what { WHAT_COUNT, WHAT_SUM, WHAT_STATS, WHAT_HIST, WHAT_LHIST };

struct statement_key {
	int name; /* enum trace_key; -1: an expression */
	bool begin; /* of the start of the span */
	unsigned int frames; /* of kstack(N), ustack(N); 0: all */
	struct expr expr;
};

/* One of the events of a span: PROBE[EXPR,...] /EXPR/. */
struct statement_hit {
	char *probe; /* what probe_list_add() takes */
	bool is_end;
	size_t at, to; /* its probe in the text */
	size_t ties; /* 0: none was written, it is tid */
	const struct node *tie_node[SPAN_TIES], *predicate_node; /* NULL: none */
};

struct statement {
	char *text; /* all of it */
	char *probe; /* what probe_list_add() takes; of a span all before the record */
	size_t hit_count; /* 0: it is no span */
	struct statement_hit hit[TRACE_SPAN_HITS]; /* starts, then ends, as they were written */
	bool has_what; /* WHAT was written; else it is what the probe is for */
	enum statement_what what;
	bool print; /* each event is shown, with the keys; `what` is WHAT_COUNT */
	struct expr predicate; /* count 0: none */
	struct expr value; /* of all but WHAT_COUNT */
	enum unit unit; /* of hist(): what the value is in */
	long long min, max, step; /* of lhist(): (max - min) / step buckets */
	bool is_record; /* the arguments are fields of a classic tracepoint's record */
	size_t key_count;
	struct statement_key key[STATEMENT_KEYS];
	struct expr_sock sock; /* set if a key is EXPR_AS_SOCK */
	struct complaint complaint;
	/* Private: what was parsed. */
	struct tree *tree;
	const struct node *predicate_node, *value_node, *lhist_node[3], *key_node[STATEMENT_KEYS];
	enum expr_as key_as[STATEMENT_KEYS];
};

#endif /* LATCHKIT_USER_TRACE_STATEMENT_PARTS_H */
