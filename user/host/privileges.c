// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* privileges.c - see host/privileges.h */
#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "cli/diag.h"
#include "host/privileges.h"

static void keep(unsigned int capability, bool have)
{
	if (have)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, capability);
}

int privileges_drop(bool symbols, bool command, bool files)
{
	const struct {
		unsigned int capability;
		bool wanted;
	} kept[] = {
		{CAP_BPF, true},
		{CAP_PERFMON, true},
		{CAP_SYS_PTRACE, symbols},
		{CAP_DAC_READ_SEARCH, symbols},
		{CAP_CHECKPOINT_RESTORE,
		 symbols}, /* the files that are mapped, whatever their names */
		{CAP_KILL, command},
		{CAP_DAC_OVERRIDE, files},
	};
	const size_t count = sizeof(kept) / sizeof(kept[0]);
	bool have[sizeof(kept) / sizeof(kept[0])];

	if (capng_get_caps_process())
		return fail("capabilities: cannot read them");
	for (size_t i = 0; i < count; i++)
		have[i] = kept[i].wanted &&
			  capng_have_capability(CAPNG_PERMITTED, kept[i].capability);
	capng_clear(CAPNG_SELECT_CAPS);
	for (size_t i = 0; i < count; i++)
		keep(kept[i].capability, have[i]);
	if (capng_apply(CAPNG_SELECT_CAPS) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail("capabilities: cannot drop them: %s", strerror(errno));
	return 0;
}

bool privileges_have(unsigned int capability)
{
	return !capng_get_caps_process() && capng_have_capability(CAPNG_EFFECTIVE, capability);
}

bool privileges_locked_down(void)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "re");
	char modes[64] = "";

	if (f && !fgets(modes, sizeof(modes), f))
		modes[0] = '\0';
	if (f)
		fclose(f);
	return strstr(modes, "[confidentiality]");
}
