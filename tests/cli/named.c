// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* named.c - `named NAME`: take that name, whatever its bytes, and call getppid a hundred times. */
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2 || prctl(PR_SET_NAME, argv[1]))
		return 2;
	for (int i = 0; i < 100; i++)
		(void)getppid();
	return 0;
}
