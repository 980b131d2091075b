/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * try.h - private to features*.c: the probes that load or attach something. Each fills a
 * result and leaves nothing behind.
 */
#ifndef LATCHKIT_USER_DOCTOR_TRY_H
#define LATCHKIT_USER_DOCTOR_TRY_H

#include "doctor/features.h"

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

/* Of doctor/try_pressure.c. */
void try_psi(struct feature_result *r);

/* Of doctor/try_attach.c: these attach a program and see it run. */
void try_tp_btf(struct feature_result *r);
void try_kprobe_multi(struct feature_result *r);
void try_kprobe_runs(struct feature_result *r);
void try_uprobe_runs(struct feature_result *r);

/* Set state and detail. */
void result_set(struct feature_result *r, enum feature_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* LATCHKIT_USER_DOCTOR_TRY_H */
