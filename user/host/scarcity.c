// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* scarcity.c - see host/scarcity.h */
#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "host/scarcity.h"

bool scarcity_is(int err)
{
	switch (err < 0 ? -err : err) {
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EAGAIN:
	case EINTR:
	case EIO:
		return true;
	default:
		return false;
	}
}

static void *do_nothing(void *arg)
{
	return arg;
}

int scarcity_of_threads(void)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, do_nothing, NULL);

	if (!err)
		pthread_join(thread, NULL);
	return err;
}
