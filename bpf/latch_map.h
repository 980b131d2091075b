/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * latch_map.h - declare an array map of latches that user space can map. The loader may raise
 * max_entries.
 */
#ifndef LATCHKIT_LATCH_MAP_H
#define LATCHKIT_LATCH_MAP_H

#define LATCH_MAP(name, value_type) \
	struct { \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(max_entries, 1); \
		__type(key, __u32); \
		__type(value, value_type); \
	} name SEC(".maps")

#endif /* LATCHKIT_LATCH_MAP_H */
