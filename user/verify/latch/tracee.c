// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tracee.c - see verify/latch/tracee.h. */
#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "verify/latch/tracee.h"
#include "verify/core/verdict.h"
#include "verify/core/watch.h"

/* The way from being parked to the operation is a few dozen instructions. */
#define ENTER_STEPS 10000

/* -- what differs between machines ------------------------------------------------------------ */

#if defined(__x86_64__)
#define VECTOR NT_X86_XSTATE
static lk_u64 regs_pc(const struct user_regs_struct *r)
{
	return r->rip;
}
/* At the first instruction of a function. */
static lk_u64 regs_return_address(const struct user_regs_struct *r)
{
	return *(const lk_u64 *)(uintptr_t)r->rsp;
}
#elif defined(__aarch64__)
#define VECTOR NT_PRFPREG
static lk_u64 regs_pc(const struct user_regs_struct *r)
{
	return r->pc;
}
static lk_u64 regs_return_address(const struct user_regs_struct *r)
{
	return r->regs[30];
}
#else
#error "tracee.c: which register holds the return address here?"
#endif

/* -- the child -------------------------------------------------------------------------------- */

/* It makes no call that could change memory which is not shared, and never returns. */
static int child(void *arg)
{
	struct tracee_call *call = arg;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL)) {
		call->error = errno;
		_exit(1);
	}
	for (;;) {
		syscall(SYS_tgkill, getpid(), getpid(), SIGSTOP);
		call->result = call->function(call->latch, call->record, call->argument);
	}
	return 0;
}

/* -- the tracer ------------------------------------------------------------------------------- */

/* Wait until it stops. Returns the signal, 0 if it is gone. */
static int wait_stop(const struct tracee *p)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(p->pid, &status, __WALL);
	while (pid < 0 && errno == EINTR);
	return pid == p->pid && WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

static void __attribute__((noreturn)) lost(const char *what)
{
	verify_give_up(VERIFY_IDLE, "the traced process: %s: %s", what, strerror(errno));
}

/* Operations that crash do it here. */
static void __attribute__((noreturn)) stopped_by(int signal)
{
	verify_give_up(VERIFY_CRASH, "the operation was ended by signal %d (%s)", signal,
		       signal ? strsignal(signal) : "it is gone");
}

const char *tracee_start(struct tracee *p, struct tracee_call *call, void *stack)
{
	*p = (struct tracee){.call = call, .parked = true};
	memset(call, 0, sizeof(*call));
	p->pid = clone(child, (char *)stack + TRACEE_STACK, SIGCHLD, call);
	if (p->pid < 0) {
		p->pid = 0;
		return "no process can be started";
	}
	if (wait_stop(p) == SIGSTOP && !ptrace(PTRACE_SETOPTIONS, p->pid, NULL, PTRACE_O_EXITKILL))
		return NULL;
	tracee_stop(p);
	return call->error ? strerror(call->error) : "the traced process does not stop";
}

void tracee_stop(struct tracee *p)
{
	if (!p->pid)
		return;
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, __WALL);
	p->pid = 0;
}

static void get_general(const struct tracee *p, struct user_regs_struct *regs)
{
	struct iovec io = {regs, sizeof(*regs)};

	if (ptrace(PTRACE_GETREGSET, p->pid, NT_PRSTATUS, &io))
		lost("cannot read its registers");
}

/* Execute one instruction, whichever it is. */
static void step(struct tracee *p, struct user_regs_struct *regs)
{
	int signal;

	if (ptrace(PTRACE_SINGLESTEP, p->pid, NULL, NULL))
		lost("cannot step");
	signal = wait_stop(p);
	if (signal != SIGTRAP && signal != SIGSTOP)
		stopped_by(signal);
	get_general(p, regs);
	p->pc = regs_pc(regs);
}

void tracee_enter(struct tracee *p)
{
	struct user_regs_struct regs;

	for (int i = 0; i < ENTER_STEPS; i++) {
		step(p, &regs);
		if (p->pc != (uintptr_t)p->call->function)
			continue;
		p->returns_to = regs_return_address(&regs);
		p->parked = false;
		return;
	}
	errno = ETIMEDOUT;
	lost("does not reach the operation");
}

bool tracee_step(struct tracee *p)
{
	struct user_regs_struct regs;

	step(p, &regs);
	return p->pc != p->returns_to;
}

int tracee_finish(struct tracee *p)
{
	int signal;

	if (p->parked)
		return p->call->result;
	if (ptrace(PTRACE_CONT, p->pid, NULL, NULL))
		lost("cannot go on");
	signal = wait_stop(p);
	if (signal != SIGSTOP)
		stopped_by(signal);
	p->parked = true;
	return p->call->result;
}

void tracee_save(const struct tracee *p, struct tracee_state *state)
{
	struct iovec io = {state->vector, sizeof(state->vector)};

	_Static_assert(sizeof(struct user_regs_struct) <= sizeof(state->general), "registers");
	state->self = *p;
	get_general(p, (struct user_regs_struct *)state->general);
	if (ptrace(PTRACE_GETREGSET, p->pid, VECTOR, &io) || io.iov_len == sizeof(state->vector))
		lost("cannot read its vector registers");
	state->vector_size = io.iov_len;
}

void tracee_load(struct tracee *p, const struct tracee_state *state)
{
	struct iovec io = {(void *)state->general, sizeof(struct user_regs_struct)};

	*p = state->self;
	if (ptrace(PTRACE_SETREGSET, p->pid, NT_PRSTATUS, &io))
		lost("cannot set its registers");
	io = (struct iovec){(void *)state->vector, state->vector_size};
	if (ptrace(PTRACE_SETREGSET, p->pid, VECTOR, &io))
		lost("cannot set its vector registers");
}
