// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * cost.c - what a probe costs, and what reading a record costs. Reports; asserts nothing.
 *
 * Probes: the kernel's run statistics of each program that `latchkit trace` attached to a system
 * call, less those of an empty program on the same tracepoint. All are run by the same calls.
 * Records: 8 words out of a mapped BPF map, by each variant, beside a plain copy of the same
 * words; interleaved round by round.
 *
 * Usage: cost LATCHKIT
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/clock.h"
#include "latch/table.h"

#define ROUNDS 21
#define CALLS 100000
#define COPIES 200000
#define WORDS 8
#define PROGRAMS 16

#define ORACLE_WORDS WORDS
#include "bpf/oracle.h"

static int failed(const char *what)
{
	fprintf(stderr, "cost: %s: %s\n", what, strerror(errno));
	return 1;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts the values. */
static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return values[n / 2];
}

/* -- programs --------------------------------------------------------------------------------- */

struct program {
	int fd;
	char name[BPF_OBJ_NAME_LEN + 1];
	unsigned long long run_ns, runs;
	double ns[ROUNDS];
};

static int attach_empty(const char *name, const char *tracepoint)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, name, "GPL", insns, 2, NULL);

	return fd < 0 ? fd : bpf_raw_tracepoint_open(tracepoint, fd);
}

/* Time a run took since the last call, on the mean; 0 if there was none. */
static double sample(struct program *p)
{
	struct bpf_prog_info info = {0};
	unsigned int size = sizeof(info);
	double ns;

	if (bpf_obj_get_info_by_fd(p->fd, &info, &size) || info.run_cnt == p->runs)
		return 0;
	ns = (double)(info.run_time_ns - p->run_ns) / (double)(info.run_cnt - p->runs);
	p->run_ns = info.run_time_ns;
	p->runs = info.run_cnt;
	snprintf(p->name, sizeof(p->name), "%s", info.name);
	return ns;
}

/* What is loaded and runs during a few calls. */
static int find_programs(struct program *program)
{
	unsigned int id = 0;
	int n = 0;

	while (n < PROGRAMS && bpf_prog_get_next_id(id, &id) == 0) {
		unsigned long long before;

		program[n] = (struct program){.fd = bpf_prog_get_fd_by_id(id)};
		sample(&program[n]);
		before = program[n].runs;
		for (int i = 0; i < 100; i++)
			syscall(SYS_getppid);
		sample(&program[n]);
		if (program[n].runs >= before + 100)
			n++;
		else if (program[n].fd >= 0)
			close(program[n].fd);
	}
	return n;
}

static void measure(struct program *program, int n)
{
	for (int round = -1; round < ROUNDS; round++) {
		for (int i = 0; i < CALLS; i++)
			syscall(SYS_getppid);
		for (int i = 0; i < n; i++) {
			double ns = sample(&program[i]);

			if (round >= 0)
				program[i].ns[round] = ns;
		}
	}
}

static void report(struct program *program, int n, const char *empty)
{
	double base[ROUNDS], mid;

	for (int i = 0; i < n; i++)
		if (strcmp(program[i].name, empty) == 0)
			memcpy(base, program[i].ns, sizeof(base));
	for (int i = 0; i < n; i++) {
		double added[ROUNDS];

		for (int r = 0; r < ROUNDS; r++)
			added[r] = program[i].ns[r] - base[r];
		mid = median(added, ROUNDS);
		printf("  %-16s %6.1f ns more than an empty program (rounds: %.1f to %.1f)\n",
		       program[i].name, mid, added[0], added[ROUNDS - 1]);
	}
}

static pid_t start_trace(const char *latchkit, const char *probe)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl(latchkit, latchkit, "trace", "-i", "1000", "-o", "/dev/null", probe, NULL);
		_exit(127);
	}
	sleep(2);
	return pid;
}

static int probe_cost(const char *latchkit, const char *probe)
{
	struct program program[PROGRAMS] = {0};
	pid_t pid = start_trace(latchkit, probe);
	int n = find_programs(program), status;

	printf("%s:\n", probe);
	measure(program, n);
	report(program, n, "empty");
	for (int i = 0; i < n; i++)
		close(program[i].fd);
	kill(pid, SIGINT);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* -- records ---------------------------------------------------------------------------------- */

static lk_u64 *map_memory(size_t words)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "cost", 4, (unsigned int)words * 8, 1, &opts);
	void *p = fd < 0 ? MAP_FAILED
			 : mmap(NULL, words * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* The plain copy, behind a call as the others are. */
static int plain_read(const lk_u64 *latch, unsigned int words, lk_u64 *record, unsigned int tries)
{
	(void)words;
	(void)tries;
	memcpy(record, latch, WORDS * sizeof(*record));
	return 0;
}

struct reading {
	const char *name;
	const struct latch_ops *ops;
	lk_u64 *latch;
	bool sum;
	double ns[ROUNDS];
};

static double time_reads(const struct reading *r, lk_u64 *check)
{
	uint64_t start = clock_now_ns();
	lk_u64 record[WORDS];

	for (int i = 0; i < COPIES; i++) {
		int err = r->sum ? r->ops->read_sum(r->latch, WORDS, record, 1, merge)
				 : r->ops->read(r->latch, WORDS, record, 1);

		*check += record[i % WORDS] + (err < 0);
	}
	return (double)(clock_now_ns() - start) / COPIES;
}

/* Make the latch memory and write a record to it. */
static int reading_new(struct reading *r, const struct latch_variant *v, bool sum)
{
	lk_u64 record[WORDS] = {1, 2, 3, 4, 5, 6, 7, 8};

	*r = (struct reading){.name = v->name, .ops = v->ops, .sum = sum};
	r->latch = map_memory(sum ? v->ops->accumulate_words(WORDS) : v->ops->publish_words(WORDS));
	if (!r->latch)
		return failed("map");
	if (sum)
		v->ops->accumulate(r->latch, WORDS, apply, record);
	else
		v->ops->publish(r->latch, WORDS, record, 1);
	return 0;
}

static int read_cost(bool sum)
{
	static struct latch_ops plain_ops = {.read = plain_read};
	static struct reading reading[64];
	const int n = (int)latch_variants_count() + 1;
	lk_u64 check = 0;

	/* The copy has the memory of a latch, and is called as one. */
	for (int v = 0; v < n; v++)
		if (reading_new(&reading[v], latch_variant_get((size_t)(v ? v - 1 : 0)), sum))
			return 1;
	reading[0].name = "plain copy";
	reading[0].ops = &plain_ops;
	reading[0].sum = false;
	for (int round = -1; round < ROUNDS; round++)
		for (int v = 0; v < n; v++)
			reading[v].ns[round < 0 ? 0 : round] = time_reads(&reading[v], &check);
	printf("reading %d bytes by mmap, %s:\n", WORDS * 8, sum ? "accumulated" : "published");
	for (int v = 0; v < n; v++) {
		double ratio[ROUNDS], ns[ROUNDS];

		for (int r = 0; r < ROUNDS; r++) {
			ns[r] = reading[v].ns[r];
			ratio[r] = ns[r] / reading[0].ns[r];
		}
		printf("  %-22s %5.1f ns, %.2f plain copies", reading[v].name, median(ns, ROUNDS),
		       median(ratio, ROUNDS));
		printf(" (rounds: %.2f to %.2f)\n", ratio[0], ratio[ROUNDS - 1]);
	}
	return check == 0;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return fputs("usage: cost LATCHKIT\n", stderr), 2;
	if (bpf_enable_stats(BPF_STATS_RUN_TIME) < 0)
		return failed("run statistics");
	if (attach_empty("empty", "sys_enter") < 0 || attach_empty("empty_exit", "sys_exit") < 0)
		return failed("empty program");
	return probe_cost(argv[1], "rawtracepoint:sys_enter") ||
	       probe_cost(argv[1], "tracepoint:syscalls:sys_enter_getppid") || read_cost(false) ||
	       read_cost(true);
}
