/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* settings.h - the constants of the programs: written before the verifier sees them. */
#ifndef LATCHKIT_USER_TRACE_ENGINE_SETTINGS_H
#define LATCHKIT_USER_TRACE_ENGINE_SETTINGS_H

#include "trace/engine/state.h"

/* Fill the constants, before the image is loaded. Returns 0 or EXIT_FAILED, diagnosed. */
int engine_set_settings(struct engine *engine);

#endif /* LATCHKIT_USER_TRACE_ENGINE_SETTINGS_H */
