/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* try_attach.h - probes that attach a program and see it run, and leave nothing behind. */
#ifndef LATCHKIT_USER_DOCTOR_TRY_ATTACH_H
#define LATCHKIT_USER_DOCTOR_TRY_ATTACH_H

#include "doctor/result.h"

void try_tp_btf(struct feature_result *r);
void try_kprobe_multi(struct feature_result *r);
void try_kprobe_runs(struct feature_result *r);
void try_uprobe_runs(struct feature_result *r);

#endif /* LATCHKIT_USER_DOCTOR_TRY_ATTACH_H */
