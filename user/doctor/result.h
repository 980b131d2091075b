/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* result.h - what trying a feature has shown. */
#ifndef LATCHKIT_USER_DOCTOR_RESULT_H
#define LATCHKIT_USER_DOCTOR_RESULT_H

enum feature_state {
	FEATURE_NO,
	FEATURE_YES,
	FEATURE_UNKNOWN, /* could not be found out; treat it as NO */
	FEATURE_INFO, /* a fact, not a capability */
};

struct feature_result {
	enum feature_state state;
	char detail[192]; /* how it was found out, or the reason in words */
};

/* Set state and detail. */
void result_set(struct feature_result *r, enum feature_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * What an errno, or a negative one, of trying says: FEATURE_NO, or FEATURE_UNKNOWN if it is this
 * process that had no memory or descriptor.
 */
enum feature_state result_of_error(int err);
/* Returns "no", "yes", "unknown" or "info". */
const char *feature_state_name(enum feature_state state);

#endif /* LATCHKIT_USER_DOCTOR_RESULT_H */
