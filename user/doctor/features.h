/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * features.h - what this host can do for a tracing program. Every feature has a probe that tries
 * it and undoes what it did: nothing stays attached, pinned or open. Probes take microseconds to
 * some ten milliseconds. Not thread-safe: a probe replaces libbpf's print function while it runs.
 */
#ifndef LATCHKIT_USER_DOCTOR_FEATURES_H
#define LATCHKIT_USER_DOCTOR_FEATURES_H

#include "doctor/result.h"

struct feature {
	const char *key; /* for programs: feature_find("kprobe") */
	const char *name; /* for people */
	void (*probe)(struct feature_result *result);
	const char *so_yes; /* completes "so latchkit will ..."; for FEATURE_INFO as well */
	const char *so_no;
};

/* Returns how many features there are, at most FEATURES_MAX. */
#define FEATURES_MAX 32
int features_count(void);
/* Returns feature number i, or NULL when there is none. */
const struct feature *features_get(int i);
/* Returns the feature of that key, or NULL. */
const struct feature *feature_find(const char *key);
/* Try the feature. NULL gives FEATURE_UNKNOWN. */
struct feature_result feature_probe(const struct feature *feature);
/* Returns what completes "so latchkit will ..." for that result of that feature. */
const char *feature_so(const struct feature *feature, const struct feature_result *result);

#endif /* LATCHKIT_USER_DOCTOR_FEATURES_H */
