/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * try.h - probes that load a program or a map, and those that attach one without seeing it run.
 * Each fills a result and leaves nothing behind.
 */
#ifndef LATCHKIT_USER_DOCTOR_TRY_H
#define LATCHKIT_USER_DOCTOR_TRY_H

#include "doctor/result.h"

void try_btf(struct feature_result *r);
void try_bpf_load(struct feature_result *r);
void try_jit(struct feature_result *r);
void try_raw_tp(struct feature_result *r);
void try_fentry(struct feature_result *r);
void try_pmu(struct feature_result *r);
void try_sw_clock(struct feature_result *r);
void try_watchpoint(struct feature_result *r);
void try_task_storage(struct feature_result *r);
void try_mmap_freeze(struct feature_result *r);
void try_load_acquire(struct feature_result *r);
void try_arena(struct feature_result *r);

#endif /* LATCHKIT_USER_DOCTOR_TRY_H */
