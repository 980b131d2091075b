/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * span_shared.h - spans from one event to another, as programs and their loader see them.
 *
 * A hit is one of the events of a span: it begins or ends it. Starts lie in one table of
 * latchkit/spans.h, of all spans of a trace. Their key: the row of the span, and the values of its
 * ties. Their value: the time, then what the keys of the record take from the start, as
 * key_part_at() places it among the keys of trace_span_settings.begin_by, then what expressions
 * `begin.EXPR` came to. The record of a span is that of a latency probe, its row.
 */
#ifndef LATCHKIT_BPF_TRACE_SPAN_SHARED_H
#define LATCHKIT_BPF_TRACE_SPAN_SHARED_H

#include "bpf/trace/shared.h"

/* Hits of all spans of one trace. */
#define TRACE_SPAN_HITS 8
/* Expressions that tie an end to its start. */
#define SPAN_TIES 2
/* The key of a start: the row, and what its ties came to. */
#define SPAN_KEY_WORDS (1 + SPAN_TIES)
/* Expressions `begin.EXPR` of a span. */
#define SPAN_BEGINS 4
/* Words of a start: as many as latchkit/spans.h has at most. */
#define SPAN_VALUE_WORDS 16

enum span_role { SPAN_NONE, SPAN_START, SPAN_END };

/* The expressions of a hit. */
enum span_expr {
	SPAN_PREDICATE, /* 0: it neither begins nor ends a span */
	SPAN_TIE,
	SPAN_BEGIN = SPAN_TIE + SPAN_TIES, /* of a start: what is kept of it */
	SPAN_EXPRS = SPAN_BEGIN + SPAN_BEGINS
};

/* One event of a span. The ends of a span come before its starts. */
struct trace_span_hit {
	unsigned int role;
	unsigned int row; /* number of the span's row among the latency probes */
	unsigned int syscall; /* number of the system call plus one; 0: it is of none */
	unsigned int statement; /* of an end: what is kept, its number plus one; 0: the latency */
	struct expr_step expr[SPAN_EXPRS][EXPR_STEPS];
};

struct trace_span_settings {
	unsigned int hits; /* how many there are */
	unsigned int value_words; /* of a start */
	unsigned int buckets; /* of the table of starts, a power of two */
	unsigned int begin_by; /* KEY_BIT() of the keys that are taken from the start */
	unsigned int exprs_at; /* the first word of the expressions in a start */
	unsigned int filtered; /* not all tasks or CPUs begin spans: no end need have a start */
	unsigned long long seed;
};

#endif /* LATCHKIT_BPF_TRACE_SPAN_SHARED_H */
