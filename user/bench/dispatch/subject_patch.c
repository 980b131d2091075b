// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * subject_patch.c - the stand-in for a jump label. In the code there is a nop of 5 bytes; a
 * call falls through it to handler 0. To swap, the nop is overwritten by a jump to the call of
 * handler 1, and back.
 *
 * The 5 bytes lie within 8 that are aligned and stored at once, so every processor sees the old
 * instruction or the new one; then all threads of this process are made to look again
 * (membarrier). The kernel's own jump labels take a breakpoint and three steps instead, because
 * manuals do not promise that much. There is one such place in the program: one subject at a time.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/dispatch/subject.h"

#ifdef __x86_64__
/* Where the nop is, and where the jump goes: from the code of the loop. */
extern char dispatch_patch_site[], dispatch_patch_target[];

#define JUMP 0xe9

static LK_INLINE bool call_patched(struct dispatch_memory *m, void *event)
{
	/* clang-format off */
	__asm__ goto(".balign 8\n"
		     "dispatch_patch_site: .byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n"
		     : : : : one);
	/* clang-format on */
	dispatch_handler_0(&m->contexts[0], event);
	return true;
one:
	__asm__ volatile("dispatch_patch_target:");
	dispatch_handler_1(&m->contexts[1], event);
	return true;
}

/* The names above may be in the program once. */
__attribute__((noinline)) DISPATCH_LOOP(static_branch, call_patched(m, e))

	static void patch(unsigned int number)
{
	int distance = (int)(dispatch_patch_target - (dispatch_patch_site + 5));
	unsigned char nop[5] = {0x0f, 0x1f, 0x44, 0x00, 0x00}, jump[5] = {JUMP};
	lk_u64 word;

	memcpy(jump + 1, &distance, sizeof(distance));
	memcpy(&word, dispatch_patch_site, sizeof(word));
	memcpy(&word, number ? jump : nop, sizeof(nop));
	/* Relaxed: membarrier() does the rest. */
	order_store_relaxed((lk_u64 *)dispatch_patch_site, word);
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
}

/* The page that the place is on, with these rights. */
static int protect(int rights)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return mprotect((void *)((size_t)dispatch_patch_site / page * page), page, rights) ? -errno
											   : 0;
}

static int begin_static_branch(struct dispatch_memory *m)
{
	int err;

	(void)m;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0))
		return -errno;
	err = protect(PROT_READ | PROT_WRITE | PROT_EXEC);
	if (!err)
		patch(0);
	return err;
}

static void end_static_branch(struct dispatch_memory *m)
{
	(void)m;
	patch(0);
	protect(PROT_READ | PROT_EXEC);
}

static void swap_static_branch(struct dispatch_memory *m, unsigned int next)
{
	(void)m;
	patch(next);
}
#else
static int begin_static_branch(struct dispatch_memory *m)
{
	(void)m;
	return -EOPNOTSUPP; /* code is patched on x86-64 only */
}

#define end_static_branch NULL
#define loop_static_branch NULL
#define swap_static_branch NULL
#endif

const struct dispatch_ops dispatch_ops_static_branch = {.begin = begin_static_branch,
							.end = end_static_branch,
							.loop = loop_static_branch,
							.swap = swap_static_branch};
