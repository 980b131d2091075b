// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* stage.c - see verify/latch/stage.h. */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "verify/latch/set.h"
#include "verify/latch/stage.h"

/* The checker's own reads and those of a participant that is interrupted. */
#define TRIES 10
#define PATTERN 0x5a5a5a5a5a5a5a5aULL
#define USED_WRITES 19

/* The participants take turns with us: on one CPU that is cheaper. */
static void stay_on_this_cpu(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu < 0 ? 0 : cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

bool stage_open(struct stage *s, const struct verify_options *options, struct verify_verdict *v)
{
	*s = (struct stage){.verdict = v, .seed = options->seed, .tries = TRIES};
	s->code = verify_code_of(latch_of(v));
	s->memory = mmap(NULL, sizeof(*s->memory), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->memory == MAP_FAILED) {
		verify_skip(v, "no shared memory: %m");
		return false;
	}
	stay_on_this_cpu();
	for (int who = 0; who < 2; who++) {
		const char *why = participant_start(&s->participants[who], &s->memory->calls[who],
						    s->memory->stacks[who]);

		if (!why)
			continue;
		verify_skip(v, "a process cannot be traced here: ptrace: %s", why);
		stage_close(s);
		return false;
	}
	return true;
}

void stage_close(struct stage *s)
{
	for (int who = 0; who < 2; who++)
		participant_stop(&s->participants[who]);
	munmap(s->memory, sizeof(*s->memory));
}

/* -- faults ----------------------------------------------------------------------------------- */

void stage_clear(struct stage *s)
{
	s->fault = VERIFY_NONE;
}

/* The first fault stays, unless the new one is worse: not expected of this latch. */
static void fault(struct stage *s, enum verify_kind kind, const char *said)
{
	struct verify_expected_failures expected = s->verdict->check->expects(s->verdict->subject);
	unsigned int natural = expected.required | expected.allowed;

	if (kind == VERIFY_NONE)
		return;
	if (s->fault && !(natural & VERIFY_BIT(s->fault) && !(natural & VERIFY_BIT(kind))))
		return;
	s->fault = kind;
	s->fault_pc = s->participants[0].pc;
	snprintf(s->said, sizeof(s->said), "%s", said);
}

static void judge(struct stage *s, enum verify_kind kind)
{
	fault(s, kind, s->oracle.said);
}

/* -- the checker's own operations ------------------------------------------------------------- */

static enum verify_operation operation(const struct stage *s, enum stage_role role)
{
	if (role == STAGE_WRITE)
		return s->accumulate ? VERIFY_ACCUMULATE : VERIFY_PUBLISH;
	return s->accumulate ? VERIFY_READ_SUM : VERIFY_READ;
}

bool stage_read(struct stage *s)
{
	lk_u64 record[VERIFY_WORDS_MAX];
	int r = s->size->calls[operation(s, STAGE_READ)](s->memory->latch, record, TRIES);

	if (!s->quiet)
		verify_count(s->verdict, r < 0 ? "gave_up" : "reads", 1);
	judge(s, oracle_read(&s->oracle, record, r));
	return r >= 0;
}

bool stage_write(struct stage *s)
{
	lk_u64 record[VERIFY_WORDS_MAX], argument = oracle_draw(&s->oracle, record);
	int r = s->size->calls[operation(s, STAGE_WRITE)](s->memory->latch, record, argument);

	if (!s->quiet)
		verify_count(s->verdict, r ? "refused" : "accepted", 1);
	judge(s, oracle_write(&s->oracle, oracle_value(&s->oracle, record, argument), r));
	return r == 0;
}

void stage_act(struct stage *s, const char *act)
{
	for (; *act; act++) {
		if (*act == 'R')
			stage_read(s);
		else
			stage_write(s);
	}
}

/* -- the participants ------------------------------------------------------------------------- */

void stage_enter(struct stage *s, int who, enum stage_role role)
{
	struct participant_call *call = &s->memory->calls[who];
	lk_u64 *record = s->memory->records[who];

	call->function = s->size->calls[operation(s, role)];
	call->latch = s->memory->latch;
	call->record = record;
	if (role == STAGE_WRITE) {
		call->argument = oracle_draw(&s->oracle, record);
		oracle_begin_write(&s->oracle, who,
				   oracle_value(&s->oracle, record, call->argument));
	} else {
		call->argument = s->tries;
		oracle_begin_read(&s->oracle, who);
	}
	participant_enter(&s->participants[who]);
}

bool stage_step(struct stage *s, int who)
{
	return participant_step(&s->participants[who]);
}

void stage_end(struct stage *s, int who)
{
	int r = participant_finish(&s->participants[who]);

	judge(s, oracle_end(&s->oracle, who, s->memory->records[who], r));
}

void stage_leave(struct stage *s, int who)
{
	participant_finish(&s->participants[who]);
	s->oracle.under_way[who] = (struct oracle_operation){0};
}

/* -- before and after ------------------------------------------------------------------------- */

static size_t latch_words(const struct stage *s)
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

/* Writes, and some while a participant is in the middle of one: if there are ways, all are used. */
static void use(struct stage *s)
{
	for (int i = 0; i < USED_WRITES; i++)
		stage_write(s);
	stage_enter(s, 0, STAGE_WRITE);
	for (int i = 0; i < 10 && stage_step(s, 0); i++)
		;
	/* If it has committed by now, the next one comes after it. */
	stage_read(s);
	stage_enter(s, 1, STAGE_WRITE);
	for (int i = 0; i < 14 && stage_step(s, 1); i++)
		;
	stage_read(s);
	stage_write(s);
	stage_write(s);
	stage_end(s, 1);
	stage_end(s, 0);
	stage_read(s);
}

void stage_begin(struct stage *s, bool accumulate, const struct verify_size *size,
		 enum stage_past past)
{
	s->accumulate = accumulate;
	s->size = size;
	fill(s->memory->latch, STAGE_LATCH_WORDS + STAGE_GUARD_WORDS, PATTERN);
	fill(s->memory->latch, latch_words(s), 0);
	for (int who = 0; who < 2; who++)
		fill(s->memory->records[who], VERIFY_WORDS_MAX + STAGE_GUARD_WORDS, PATTERN);
	oracle_start(&s->oracle, latch_of(s->verdict), accumulate, size->words, s->seed);
	if (past == STAGE_USED)
		use(s);
	oracle_settled(&s->oracle);
}

void stage_final(struct stage *s)
{
	size_t used = latch_words(s);

	stage_read(s);
	stage_write(s);
	stage_read(s);
	if (!holds(s->memory->latch + used, STAGE_LATCH_WORDS + STAGE_GUARD_WORDS - used, PATTERN))
		fault(s, VERIFY_DAMAGE, "a store behind the memory of the latch");
	for (int who = 0; who < 2; who++)
		if (!holds(s->memory->records[who] + s->size->words,
			   VERIFY_WORDS_MAX + STAGE_GUARD_WORDS - s->size->words, PATTERN))
			fault(s, VERIFY_DAMAGE, "a store behind a record");
}

static bool ends_alone(struct stage *s, const struct verify_size *size, bool accumulate,
		       enum stage_role role)
{
	unsigned int steps = 0;

	stage_begin(s, accumulate, size, STAGE_NEW);
	stage_enter(s, 0, role);
	while (steps < STAGE_STEPS_MAX && stage_step(s, 0))
		steps++;
	stage_leave(s, 0);
	return steps < STAGE_STEPS_MAX;
}

bool stage_can_step(struct stage *s)
{
	bool all = true;

	for (int accumulate = 0; accumulate < 2; accumulate++)
		for (int role = 0; role < STAGE_ROLES; role++)
			all &= ends_alone(s, s->code->sizes, accumulate, (enum stage_role)role);
	if (!all)
		verify_skip(s->verdict,
			    "stepped, operations do not end: this machine's atomic operations are "
			    "loops that a step interrupts");
	return all;
}

/* -- states ----------------------------------------------------------------------------------- */

void stage_save(const struct stage *s, struct stage_point *point, unsigned int set)
{
	memcpy(&point->memory, s->memory, sizeof(point->memory));
	point->oracle = s->oracle;
	for (int who = 0; who < 2; who++)
		if (set >> who & 1)
			participant_save(&s->participants[who], &point->states[who]);
}

void stage_load(struct stage *s, const struct stage_point *point, unsigned int set)
{
	memcpy(s->memory, &point->memory, sizeof(point->memory));
	s->oracle = point->oracle;
	for (int who = 0; who < 2; who++)
		if (set >> who & 1)
			participant_load(&s->participants[who], &point->states[who]);
}

/* -- words ------------------------------------------------------------------------------------ */

const char *stage_role_name(const struct stage *s, enum stage_role role)
{
	if (role == STAGE_READ)
		return s->accumulate ? "read_sum" : "read";
	return s->accumulate ? "accumulate" : "publish";
}

static bool in_latch(const struct stage *s, lk_u64 pc)
{
	return pc >= (uintptr_t)s->code->begin && pc < (uintptr_t)s->code->end;
}

void stage_describe(const struct stage *s, lk_u64 pc, struct verify_failure *f)
{
	snprintf(f->workload, sizeof(f->workload), "%s", s->accumulate ? "accumulate" : "publish");
	f->words = s->size->words;
	snprintf(f->read, sizeof(f->read), "%s", s->said);
	verify_code_site(s->code, in_latch(s, s->fault_pc) ? s->fault_pc : pc, f->site,
			 sizeof(f->site));
}
