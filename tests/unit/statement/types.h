/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * types.h - what the expressions of the test name: for the test as C, and, by types.c, as type
 * information. Layouts are the same on all machines of 64 bits.
 */
#ifndef LATCHKIT_TESTS_UNIT_STATEMENT_TYPES_H
#define LATCHKIT_TESTS_UNIT_STATEMENT_TYPES_H

enum color { RED, GREEN = 5, BLUE = 9 };

struct inner {
	int x;
	unsigned char y;
	struct sample *back;
};

struct declared; /* only that */

struct sample {
	signed char s8;
	unsigned char u8;
	short s16;
	unsigned short u16;
	int s32;
	unsigned int u32;
	long long s64;
	unsigned long long u64;
	int b3 : 3;
	unsigned int ub5 : 5;
	int b17 : 17;
	unsigned long long ub40 : 40;
	unsigned int full : 32;
	struct inner in;
	struct inner *to;
	struct inner three[3];
	int grid[2][3];
	union {
		int either;
		unsigned char bytes[4];
		struct {
			unsigned short low, high;
		};
	};
	enum color color;
	char name[16];
	const char *text;
	void *any;
	struct declared *unknown;
	double real;
	_Bool flag;
	union {
		unsigned int bits_in_union : 9;
		unsigned int whole;
	};
	unsigned char address4[4], address6[16];
	struct nothing {
	} hole;
	int none[0];
	int after[];
};

/* What sockets and disks look like, as far as ntop() and disk() look. */
struct in6_addr {
	unsigned char bytes[16];
};
struct sock_common {
	unsigned int skc_daddr;
	unsigned short skc_family;
	struct in6_addr skc_v6_daddr;
};
struct sock {
	struct sock_common __sk_common;
	int sk_state;
};
struct inet_sock {
	struct sock sk;
};
struct tcp_sock {
	struct inet_sock inet;
	unsigned int srtt_us;
};
struct block_device {
	int pad;
	unsigned int bd_dev;
};
struct gendisk {
	struct block_device *part0;
};
struct request_queue {
	long pad;
	struct gendisk *disk;
};
struct request {
	struct request_queue *q;
	unsigned int __data_len;
};
struct task_struct {
	int pid, tgid;
	struct sample *sample;
};

#endif /* LATCHKIT_TESTS_UNIT_STATEMENT_TYPES_H */
