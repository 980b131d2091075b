// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* trap.c - see verify/core/trap.h. */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "verify/core/trap.h"

#if defined(__x86_64__)

#define TRAP_FLAG 0x100
#define BREAKPOINT 0xcc /* int3 */

/* Whose instructions are stepped now. */
static struct trap *volatile current;
/* Who runs to a breakpoint now, and in which thread. */
static struct trap *volatile running;
static __thread bool runs;

/* Follow the operation from its first instruction to its return. Returns true at that. */
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

static void on_step(greg_t *regs)
{
	struct trap *t = current;

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
}

/* -- breakpoints ------------------------------------------------------------------------------ */

static void set_byte(lk_u64 address, unsigned char byte)
{
	*(volatile unsigned char *)(uintptr_t)address = byte;
}

/* The instruction is as it was again; it is executed when the handler returns. */
static void on_break(greg_t *regs)
{
	struct trap *t = running;

	regs[REG_RIP]--;
	/* Another thread: again and again, until it is gone. */
	if (!runs || !t)
		return;
	set_byte(t->pc, t->was);
	if (++t->boundary < t->nth) {
		t->inside = true; /* step over it */
		regs[REG_EFL] |= TRAP_FLAG;
		return;
	}
	running = NULL;
	t->at(t);
}

static bool on_stepped_over(greg_t *regs)
{
	struct trap *t = running;

	if (!runs || !t || !t->inside)
		return false;
	t->inside = false;
	set_byte(t->pc, BREAKPOINT);
	regs[REG_EFL] &= ~TRAP_FLAG;
	return true;
}

/* Its instructions can be written to from now on; they are a copy of this process's own. */
bool trap_breaks(lk_u64 pc)
{
	static lk_u64 pages[256];
	static size_t count;
	lk_u64 page = pc & ~((lk_u64)sysconf(_SC_PAGESIZE) - 1);

	for (size_t i = 0; i < count; i++)
		if (pages[i] == page)
			return true;
	if (count == sizeof(pages) / sizeof(pages[0]))
		return false;
	if (mprotect((void *)(uintptr_t)page, (size_t)sysconf(_SC_PAGESIZE),
		     PROT_READ | PROT_WRITE | PROT_EXEC))
		return false;
	pages[count++] = page;
	return true;
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	int saved = errno;

	(void)signal;
	if (info->si_code == SI_KERNEL)
		on_break(regs);
	else if (!on_stepped_over(regs))
		on_step(regs);
	errno = saved;
}

/* Signals nest, as the operations do. */
bool trap_open(struct verify_verdict *v)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER};

	(void)v;
	sigaction(SIGTRAP, &action, NULL);
	return true;
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

bool trap_run_to(struct trap *t, lk_u64 pc, unsigned long nth, int (*call)(void *arg), void *arg)
{
	if (!trap_breaks(pc))
		return false;
	t->pc = pc;
	t->nth = nth;
	t->boundary = 0;
	t->inside = false;
	t->was = *(const unsigned char *)(uintptr_t)pc;
	runs = true;
	running = t;
	set_byte(pc, BREAKPOINT);
	call(arg);
	set_byte(pc, t->was);
	running = NULL;
	runs = false;
	return true;
}

#else

bool trap_open(struct verify_verdict *v)
{
	verify_skip(v, "this machine has no trap flag that a program can set");
	return false;
}

int trap_run(struct trap *t, lk_u64 entry, int (*call)(void *arg), void *arg)
{
	(void)t;
	(void)entry;
	return call(arg);
}

bool trap_breaks(lk_u64 pc)
{
	(void)pc;
	return false;
}

bool trap_run_to(struct trap *t, lk_u64 pc, unsigned long nth, int (*call)(void *arg), void *arg)
{
	(void)t;
	(void)pc;
	(void)nth;
	(void)call;
	(void)arg;
	return false;
}

#endif
