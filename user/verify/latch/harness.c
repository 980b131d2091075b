// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* harness.c - see verify/latch/harness.h. */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "host/cpus.h"
#include "verify/latch/set.h"
#include "verify/latch/harness.h"

/* The checker's own reads and those of a tracee that is interrupted. */
#define TRIES 10
#define PATTERN 0x5a5a5a5a5a5a5a5aULL
#define USED_WRITES 19

bool harness_open(struct harness *s, const struct verify_options *options, struct verify_verdict *v)
{
	int cpu = sched_getcpu();

	*s = (struct harness){.verdict = v, .seed = options->seed, .tries = TRIES};
	s->code = verify_code_of(latch_of(v));
	s->memory = mmap(NULL, sizeof(*s->memory), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->memory == MAP_FAILED) {
		verify_skip(v, "no shared memory: %m");
		return false;
	}
	/* The tracees take turns with us: on one CPU that is cheaper. */
	cpu_pin(cpu < 0 ? 0 : cpu);
	for (int who = 0; who < 2; who++) {
		const char *why = tracee_start(&s->tracees[who], &s->memory->calls[who],
					       s->memory->stacks[who]);

		if (!why)
			continue;
		verify_skip(v, "a process cannot be traced here: ptrace: %s", why);
		harness_close(s);
		return false;
	}
	return true;
}

void harness_close(struct harness *s)
{
	for (int who = 0; who < 2; who++)
		tracee_stop(&s->tracees[who]);
	munmap(s->memory, sizeof(*s->memory));
}

/* -- faults ----------------------------------------------------------------------------------- */

void harness_clear(struct harness *s)
{
	s->fault = VERIFY_NONE;
}

/* The first fault stays, unless the new one is worse: not expected of this latch. */
static void fault(struct harness *s, enum verify_kind kind, const char *said)
{
	const struct verify_verdict *v = s->verdict;

	if (kind == VERIFY_NONE)
		return;
	if (s->fault && !(verify_expects(v, s->fault) && !verify_expects(v, kind)))
		return;
	s->fault = kind;
	s->fault_pc = s->tracees[0].pc;
	snprintf(s->said, sizeof(s->said), "%s", said);
}

static void judge(struct harness *s, enum verify_kind kind)
{
	fault(s, kind, s->oracle.said);
}

/* -- the checker's own operations ------------------------------------------------------------- */

static enum verify_operation operation(const struct harness *s, enum harness_role role)
{
	if (role == HARNESS_WRITE)
		return s->accumulate ? VERIFY_ACCUMULATE : VERIFY_PUBLISH;
	return s->accumulate ? VERIFY_READ_SUM : VERIFY_READ;
}

bool harness_read(struct harness *s)
{
	lk_u64 record[VERIFY_WORDS_MAX];
	int r = s->size->calls[operation(s, HARNESS_READ)](s->memory->latch, record, TRIES);

	if (!s->quiet)
		verify_count(s->verdict, r < 0 ? "gave_up" : "reads", 1);
	judge(s, oracle_read(&s->oracle, record, r));
	return r >= 0;
}

bool harness_write(struct harness *s)
{
	lk_u64 record[VERIFY_WORDS_MAX], argument = oracle_draw(&s->oracle, record);
	int r = s->size->calls[operation(s, HARNESS_WRITE)](s->memory->latch, record, argument);

	if (!s->quiet)
		verify_count(s->verdict, r ? "refused" : "accepted", 1);
	judge(s, oracle_write(&s->oracle, oracle_value(&s->oracle, record, argument), r));
	return r == 0;
}

void harness_act(struct harness *s, const char *act)
{
	for (; *act; act++) {
		if (*act == 'R')
			harness_read(s);
		else
			harness_write(s);
	}
}

/* -- the tracees ------------------------------------------------------------------------- */

void harness_enter(struct harness *s, int who, enum harness_role role)
{
	struct tracee_call *call = &s->memory->calls[who];
	lk_u64 *record = s->memory->records[who];

	call->function = s->size->calls[operation(s, role)];
	call->latch = s->memory->latch;
	call->record = record;
	if (role == HARNESS_WRITE) {
		call->argument = oracle_draw(&s->oracle, record);
		oracle_begin_write(&s->oracle, who,
				   oracle_value(&s->oracle, record, call->argument));
	} else {
		call->argument = s->tries;
		oracle_begin_read(&s->oracle, who);
	}
	tracee_enter(&s->tracees[who]);
}

bool harness_step(struct harness *s, int who)
{
	return tracee_step(&s->tracees[who]);
}

void harness_end(struct harness *s, int who)
{
	int r = tracee_finish(&s->tracees[who]);

	judge(s, oracle_end(&s->oracle, who, s->memory->records[who], r));
}

void harness_leave(struct harness *s, int who)
{
	tracee_finish(&s->tracees[who]);
	s->oracle.under_way[who] = (struct oracle_operation){0};
}

/* -- before and after ------------------------------------------------------------------------- */

static size_t latch_words(const struct harness *s)
{
	return s->accumulate ? s->size->accumulate_words : s->size->publish_words;
}

static void fill(lk_u64 *words, size_t count, lk_u64 with)
{
	for (size_t i = 0; i < count; i++)
		words[i] = with;
}

static bool holds(const lk_u64 *words, size_t count, lk_u64 what)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] != what)
			return false;
	return true;
}

/* Writes, and some while a tracee is in the middle of one: if there are ways, all are used. */
static void use(struct harness *s)
{
	for (int i = 0; i < USED_WRITES; i++)
		harness_write(s);
	harness_enter(s, 0, HARNESS_WRITE);
	for (int i = 0; i < 10 && harness_step(s, 0); i++)
		;
	/* If it has committed by now, the next one comes after it. */
	harness_read(s);
	harness_enter(s, 1, HARNESS_WRITE);
	for (int i = 0; i < 14 && harness_step(s, 1); i++)
		;
	harness_read(s);
	harness_write(s);
	harness_write(s);
	harness_end(s, 1);
	harness_end(s, 0);
	harness_read(s);
}

void harness_begin(struct harness *s, bool accumulate, const struct verify_size *size,
		   enum harness_past past)
{
	s->accumulate = accumulate;
	s->size = size;
	fill(s->memory->latch, HARNESS_LATCH_WORDS + HARNESS_GUARD_WORDS, PATTERN);
	fill(s->memory->latch, latch_words(s), 0);
	for (int who = 0; who < 2; who++)
		fill(s->memory->records[who], VERIFY_WORDS_MAX + HARNESS_GUARD_WORDS, PATTERN);
	oracle_start(&s->oracle, latch_of(s->verdict), accumulate, size->words, s->seed);
	if (past == HARNESS_USED)
		use(s);
	oracle_settled(&s->oracle);
}

void harness_final(struct harness *s)
{
	size_t used = latch_words(s);

	harness_read(s);
	harness_write(s);
	harness_read(s);
	if (!holds(s->memory->latch + used, HARNESS_LATCH_WORDS + HARNESS_GUARD_WORDS - used,
		   PATTERN))
		fault(s, VERIFY_DAMAGE, "a store behind the memory of the latch");
	for (int who = 0; who < 2; who++)
		if (!holds(s->memory->records[who] + s->size->words,
			   VERIFY_WORDS_MAX + HARNESS_GUARD_WORDS - s->size->words, PATTERN))
			fault(s, VERIFY_DAMAGE, "a store behind a record");
}

static bool ends_alone(struct harness *s, const struct verify_size *size, bool accumulate,
		       enum harness_role role)
{
	unsigned int steps = 0;

	harness_begin(s, accumulate, size, HARNESS_NEW);
	harness_enter(s, 0, role);
	while (steps < HARNESS_STEPS_MAX && harness_step(s, 0))
		steps++;
	harness_leave(s, 0);
	return steps < HARNESS_STEPS_MAX;
}

bool harness_can_step(struct harness *s)
{
	bool all = true;

	for (int accumulate = 0; accumulate < 2; accumulate++)
		for (int role = 0; role < HARNESS_ROLES; role++)
			all &= ends_alone(s, s->code->sizes, accumulate, (enum harness_role)role);
	if (!all)
		verify_skip(s->verdict,
			    "stepped, operations do not end: this machine's atomic operations are "
			    "loops that a step interrupts");
	return all;
}

/* -- states ----------------------------------------------------------------------------------- */

void harness_save(const struct harness *s, struct harness_point *point, unsigned int set)
{
	memcpy(&point->memory, s->memory, sizeof(point->memory));
	point->oracle = s->oracle;
	for (int who = 0; who < 2; who++)
		if (set >> who & 1)
			tracee_save(&s->tracees[who], &point->states[who]);
}

void harness_load(struct harness *s, const struct harness_point *point, unsigned int set)
{
	memcpy(s->memory, &point->memory, sizeof(point->memory));
	s->oracle = point->oracle;
	for (int who = 0; who < 2; who++)
		if (set >> who & 1)
			tracee_load(&s->tracees[who], &point->states[who]);
}

/* -- words ------------------------------------------------------------------------------------ */

const char *harness_role_name(const struct harness *s, enum harness_role role)
{
	if (role == HARNESS_READ)
		return s->accumulate ? "read_sum" : "read";
	return s->accumulate ? "accumulate" : "publish";
}

static bool in_latch(const struct harness *s, lk_u64 pc)
{
	return pc >= (uintptr_t)s->code->begin && pc < (uintptr_t)s->code->end;
}

void harness_describe(const struct harness *s, lk_u64 pc, struct verify_failure *f)
{
	snprintf(f->workload, sizeof(f->workload), "%s", s->accumulate ? "accumulate" : "publish");
	f->words = s->size->words;
	verify_code_site(s->code, in_latch(s, s->fault_pc) ? s->fault_pc : pc, f->site,
			 sizeof(f->site));
}
