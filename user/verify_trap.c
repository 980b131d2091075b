// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* verify_trap.c - see verify_trap.h. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

#include "verify_trap.h"

#if defined(__x86_64__)

#define TRAP_FLAG 0x100

/* Whose instructions are stepped now. */
static struct trap *volatile current;

/* Follow the operation from its first instruction to where it returns. Is this the end? */
static bool follow(struct trap *t, lk_u64 sp)
{
	if (t->inside)
		return t->pc == t->returns_to && sp == t->stack + 8;
	if (t->pc != t->entry)
		return false;
	t->inside = true;
	t->stack = sp;
	t->returns_to = *(const lk_u64 *)(uintptr_t)sp;
	return false;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct trap *t = current;
	int saved = errno;

	(void)signal;
	(void)info;
	if (!t) {
		regs[REG_EFL] &= ~TRAP_FLAG;
		return;
	}
	t->pc = (lk_u64)regs[REG_RIP];
	if (follow(t, (lk_u64)regs[REG_RSP])) {
		regs[REG_EFL] &= ~TRAP_FLAG;
		current = NULL;
	} else if (t->inside) {
		t->at(t);
		current = t;
		t->endless = ++t->boundary >= t->limit;
		if (t->endless) {
			regs[REG_EFL] &= ~TRAP_FLAG;
			current = NULL;
		}
	}
	errno = saved;
}

bool trap_available(void)
{
	return true;
}

/* Signals nest, as the operations do. */
void trap_install(void)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER};

	sigaction(SIGTRAP, &action, NULL);
}

int trap_run(struct trap *t, lk_u64 entry, int (*call)(void *arg), void *arg)
{
	struct trap *outer = current;
	int result;

	t->boundary = 0;
	t->inside = t->endless = false;
	t->entry = entry;
	current = t;
	__builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() | TRAP_FLAG);
	result = call(arg);
	current = outer;
	return result;
}

#else

bool trap_available(void)
{
	return false;
}

void trap_install(void)
{
}

int trap_run(struct trap *t, lk_u64 entry, int (*call)(void *arg), void *arg)
{
	(void)t;
	(void)entry;
	return call(arg);
}

#endif
