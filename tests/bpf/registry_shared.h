/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * registry_shared.h - between tests/bpf/registry.bpf.c, tests/bpf/registry_kptr.bpf.c and user
 * space: what a program is asked to do, and what the storms found.
 */
#ifndef LATCHKIT_TESTS_BPF_REGISTRY_SHARED_H
#define LATCHKIT_TESTS_BPF_REGISTRY_SHARED_H

/* Few, so that storms meet. */
#define REGISTRY_TEST_OBJECTS 8
#define REGISTRY_TEST_PAYLOAD 6
#define REGISTRY_TEST_HELD 4
/* More than the hash map has buckets: some share one. */
#define REGISTRY_TEST_NMI_IDS 12
/* The cookie of a watchpoint on what is stored to with a bucket of the hash map locked. */
#define REGISTRY_TEST_LOCKED 1

/* What to do, and with what: the words of a program's context. */
enum registry_request {
	REGISTRY_CREATE,
	REGISTRY_INSERT, /* id */
	REGISTRY_LOOKUP, /* id; look at the payload and put it */
	REGISTRY_HOLD, /* id, place: look it up and keep the reference there */
	REGISTRY_PUT, /* place: look at the payload that is held there and put it */
	REGISTRY_DELETE, /* id */
	REGISTRY_SWEEP,
	REGISTRY_NEW_MANY, /* objects made until there are no more, all put again: how many */
	REGISTRY_STORM, /* rounds, seed, ids */
	REGISTRY_STALE, /* id, other: look for the id where the other is, as after a race */
	REGISTRY_WHERE, /* id: have its address told */
	REGISTRY_REQUESTS
};

struct registry_args {
	unsigned long long request, a, b, c;
	long long result; /* of a program that cannot return it */
};

/* What was found, and what NMIs did. Atomic adds. */
struct registry_found {
	unsigned long long looked; /* payloads */
	unsigned long long torn; /* not all words of one id and life, or not of this id */
	unsigned long long changed; /* while the reference was held */
	unsigned long long released_twice;
	unsigned long long nmis;
	unsigned long long contexts[8];
	unsigned long long nmi_made, nmi_inserted, nmi_deleted, nmi_hit;
	unsigned long long nmi_no_object, nmi_insert_busy, nmi_delete_busy;
};

#endif /* LATCHKIT_TESTS_BPF_REGISTRY_SHARED_H */
