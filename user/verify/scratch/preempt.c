// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * preempt.c - threads that preempt each other in the middle of their BPF programs, on one CPU.
 *
 * Each thread calls a function that has a uprobe, and system calls whose raw tracepoint has a
 * program; both claim a buffer of the CPU, fill it several times and release it. All are real-time
 * threads of different priorities, and another thread, on another CPU, raises and lowers these: who
 * ran is preempted at once, wherever it is, and goes on before or after whoever preempted it. A
 * program that begins while a claim of another program of tasks is under way on that CPU shows that
 * this one was preempted: so it is counted. Kernels that do not preempt programs skip the check.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/verify/scratch_shared.h"

#include "host/clock.h"
#include "host/cpus.h"
#include "host/random.h"
#include "verify/core/watch.h"
#include "verify/scratch/program.h"
#include "verify/scratch/set.h"

/* No more than there are buffers. */
#define THREADS 3
_Static_assert(THREADS < SCRATCH_TEST_WAYS, "none must be refused");
/* Without --seconds: as long as it takes to see so many preempted, and what must fail fail. */
#define SEEN 100
#define PATIENCE_S 60.0
/* By then a kernel that preempts programs has done it. */
#define TRIAL_CLAIMS 20000
/* How often a buffer is filled while it is held. */
#define ROUNDS 8

struct preempt {
	struct verify_verdict *verdict;
	struct scratch_program program;
	struct bpf_link *uprobe, *raw;
	int cpu, other;
	pthread_t threads[THREADS];
	pid_t tids[THREADS];
	lk_u64 ready, stop;
};

/* What the uprobe is on. */
static __attribute__((noinline)) void probed(void)
{
	asm volatile("" ::: "memory");
}

/* -- the threads ------------------------------------------------------------------------------- */

static void *work(void *arg)
{
	struct preempt *t = arg;
	lk_u64 number;

	cpu_pin(t->cpu);
	/* Relaxed: numbers only have to differ. */
	number = (unsigned int)order_fetch_add_relaxed(&t->ready, 1);
	t->tids[number] = gettid();
	/*
	 * ORDER: release, so that who sees it ready reads its id; with the acquire in all_ready().
	 */
	order_fetch_add_release(&t->ready, 1ULL << 32);
	while (!order_load_relaxed(&t->stop)) {
		probed();
		syscall(SYS_getppid);
	}
	return NULL;
}

static int set_priority(pid_t tid, int priority)
{
	const struct sched_param param = {.sched_priority = priority};

	return sched_setscheduler(tid, priority ? SCHED_FIFO : SCHED_OTHER, &param) ? -errno : 0;
}

static bool all_ready(const struct preempt *t)
{
	/* ORDER: acquire, so that the threads' ids are read; pairs with the release in work(). */
	return order_load_acquire(&t->ready) >> 32 == THREADS;
}

static lk_u64 met(const struct preempt *t, enum scratch_who interrupted)
{
	return t->program.tallies[SCRATCH_UPROBE].met[interrupted] +
	       t->program.tallies[SCRATCH_RAW].met[interrupted];
}

static lk_u64 preempted(const struct preempt *t)
{
	return met(t, SCRATCH_UPROBE) + met(t, SCRATCH_RAW);
}

/* What programs have done so far: ended claims, and those of what had an owner. */
static lk_u64 claimed(const struct preempt *t)
{
	const struct scratch_tally *tallies = t->program.tallies;

	return tallies[SCRATCH_UPROBE].claims + tallies[SCRATCH_UPROBE].refused +
	       tallies[SCRATCH_RAW].claims + tallies[SCRATCH_RAW].refused;
}

static lk_u64 shared(const struct preempt *t)
{
	return t->program.tallies[SCRATCH_UPROBE].shared + t->program.tallies[SCRATCH_RAW].shared;
}

static bool enough(const struct preempt *t, const struct verify_options *options, uint64_t took)
{
	bool holds = t->verdict->subject->holds;

	if (took >= (uint64_t)((options->seconds > 0 ? options->seconds : PATIENCE_S) * 1e9))
		return true;
	if (!preempted(t))
		return claimed(t) >= TRIAL_CLAIMS;
	if (holds)
		return options->seconds <= 0 && preempted(t) >= SEEN;
	return shared(t) > 0;
}

/* Raise and lower, again and again: the lowest thread may become the highest. */
static int shuffle(struct preempt *t, const struct verify_options *options)
{
	uint64_t random = options->seed, start = clock_now_ns(), flips = 0;
	int err = 0;

	while (!err && !enough(t, options, clock_now_ns() - start)) {
		uint64_t i = random_below(&random, THREADS);

		err = set_priority(t->tids[i], 1 + (int)random_below(&random, 20));
		flips++;
		verify_alive_by(claimed(t));
	}
	verify_count(t->verdict, "flips", flips);
	return err;
}

/* -- the programs ------------------------------------------------------------------------------ */

/* Where the function is in the file of this executable. Returns 0 or a negative errno. */
static int offset_of(uintptr_t address, size_t *offset)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end, from;
	char line[512];
	int err = -ENOENT;

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &from) != 3 || address < start ||
		    address >= end)
			continue;
		*offset = address - start + from;
		err = 0;
	}
	if (maps)
		fclose(maps);
	return err;
}

static int attach(struct preempt *t)
{
	size_t offset;
	int err = offset_of((uintptr_t)probed, &offset);

	if (err)
		return err;
	t->uprobe = bpf_program__attach_uprobe(scratch_program_named(&t->program, "on_call"), false,
					       getpid(), "/proc/self/exe", offset);
	if (!t->uprobe)
		return -errno;
	t->raw = bpf_program__attach_raw_tracepoint(scratch_program_named(&t->program, "on_enter"),
						    "sys_enter");
	return t->raw ? 0 : -errno;
}

static void report(struct preempt *t, const struct verify_options *options)
{
	struct verify_failure f = {0};

	snprintf(f.workload, sizeof(f.workload), "claims");
	snprintf(f.context, sizeof(f.context),
		 "%d threads preempt each other on CPU %d in programs of a uprobe and a raw "
		 "tracepoint",
		 THREADS, t->cpu);
	scratch_program_judge(&t->program, t->verdict, SCRATCH_UPROBE, SCRATCH_RAW, &f);
	verify_count(t->verdict, "preempted", met(t, SCRATCH_UPROBE));
	verify_count(t->verdict, "raw_preempted", met(t, SCRATCH_RAW));
	if (!preempted(t))
		verify_skip(t->verdict, "this kernel preempted no program in %llu claims",
			    verify_counted(t->verdict, "claims"));
	else if (options->seconds > 0 && !t->verdict->subject->holds && !shared(t))
		verify_skip(t->verdict, "--seconds was not enough: nothing shared in %llu claims",
			    verify_counted(t->verdict, "claims"));
}

static void run_threads(struct preempt *t, const struct verify_options *options)
{
	int err = 0;

	for (int i = 0; i < THREADS; i++)
		t->threads[i] = verify_thread(work, t);
	while (!all_ready(t))
		clock_sleep_ms(1);
	err = shuffle(t, options);
	order_store_relaxed(&t->stop, 1);
	for (int i = 0; i < THREADS; i++)
		pthread_join(t->threads[i], NULL);
	if (err)
		verify_skip(t->verdict, "no real-time priorities for threads: %s: run it as root",
			    strerror(-err));
	else
		report(t, options);
}

static void run_check(const struct verify_options *options, struct verify_verdict *v)
{
	static const char *const wanted[] = {"where", "on_call", "on_enter", NULL};
	static struct preempt t;
	int err;

	t.verdict = v;
	t.cpu = cpu_at(0, false);
	t.other = cpu_at(1, false);
	if (t.other < 0) {
		verify_skip(v, "one CPU: nobody can change priorities from outside");
		return;
	}
	cpu_pin(t.cpu);
	err = scratch_program_open(&t.program, v->subject, t.cpu, ROUNDS, wanted);
	cpu_pin(t.other);
	if (err)
		verify_skip(v, "%s", scratch_program_why(err));
	else if ((err = attach(&t)))
		verify_skip(v, "the programs cannot be attached: %s", strerror(-err));
	else
		run_threads(&t, options);
	bpf_link__destroy(t.uprobe);
	bpf_link__destroy(t.raw);
	cpu_unpin();
	scratch_program_close(&t.program);
}

const struct verify_check verify_scratch_preempt = {
	"preempt",
	"programs that are preempted and preempt others on their CPU have their own buffers",
	"claims",
	scratch_expects,
	run_check,
	{"claims", "preempted", "raw_preempted", "flips", "refused", "shared", "torn"}};
