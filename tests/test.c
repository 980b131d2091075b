// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test.c - see test.h. */
#include <signal.h>
#include <time.h>

#include "tests/test.h"

static struct CMUnitTest tests[1024];
static size_t count;

void test_add(CMUnitTestFunction test, void *state, const char *format, ...)
{
	va_list args;
	char *name;

	va_start(args, format);
	if (count == sizeof(tests) / sizeof(tests[0]) || vasprintf(&name, format, args) < 0)
		abort();
	va_end(args);
	tests[count++] = (struct CMUnitTest){name, test, NULL, NULL, state};
}

int tests_run(const char *group, CMFixtureFunction setup, CMFixtureFunction teardown)
{
	if (!count) {
		fprintf(stderr, "%s: no tests\n", group);
		return 1;
	}
	return _cmocka_run_group_tests(group, tests, count, setup, teardown);
}

void skip_with_reason(const char *reason)
{
	if (!reason)
		return;
	print_message("skip: %s\n", reason);
	skip();
}

const char *one_cpu(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) < 2 ? "one CPU: reader and writer never run at once"
						 : NULL;
}

int child_status(void (*what)(void *arg), void *arg)
{
	static const int faults[] = {SIGSEGV, SIGABRT, SIGILL, SIGTRAP};
	pid_t child = fork();
	int status = 0;

	if (!child) {
		/* cmocka handles them. */
		for (int i = 0; i < 4; i++)
			signal(faults[i], SIG_DFL);
		alarm(20);
		if (freopen("/dev/null", "w", stderr))
			what(arg);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

unsigned long setting(const char *name, unsigned long value)
{
	const char *text = getenv(name);
	unsigned long set = text ? strtoul(text, NULL, 10) : 0;

	return set ? set : value;
}

double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void pin(int cpu)
{
	cpu_set_t set;

	memset(&set, cpu < 0 ? 0xff : 0, sizeof(set));
	if (cpu >= 0)
		CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

__attribute__((weak)) int main(void)
{
	return tests_run("tests", NULL, NULL);
}
