/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* try_pressure.h - the probe for memory pressure: it arms a trigger and drops it. */
#ifndef LATCHKIT_USER_DOCTOR_TRY_PRESSURE_H
#define LATCHKIT_USER_DOCTOR_TRY_PRESSURE_H

#include "doctor/result.h"

void try_psi(struct feature_result *r);

#endif /* LATCHKIT_USER_DOCTOR_TRY_PRESSURE_H */
