// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * arguments.c - a program whose functions' arguments are known: each is called 100 times, with i =
 * 1 to 100. What is checked is in tests/cli/trace/statement/arguments.sh.
 */
#include <stddef.h>

#if defined(__has_attribute) && __has_attribute(noipa)
#define ASIDE __attribute__((noipa))
#else
#define ASIDE __attribute__((noinline))
#endif

enum colour { RED, GREEN = 5, BLUE = -9 };

struct opaque;

struct inner {
	short kind;
	struct request *owner;
};

struct request {
	unsigned int length;
	long long offset;
	enum colour colour;
	unsigned int low : 3, high : 7;
	int minus : 5;
	struct inner in;
	struct inner *to;
	int three[3], grid[2][3];
	char name[16];
	union {
		unsigned int whole;
		unsigned char bytes[4];
		unsigned int nine : 9;
	};
	double real;
	struct request *next;
	struct opaque *unknown;
	int none[0];
};

struct pair {
	long a, b;
};

struct large {
	long x[4];
};

typedef unsigned short port_t;

/* Only casts name it. */
struct hidden {
	int pad, value;
} hidden;

#define USE(x) asm volatile("" : : "r"(x) : "memory")

static const char text[] = "text";

ASIDE int submit(struct request *r, int tag, port_t port, const char *name, enum colour colour)
{
	USE(r);
	USE(name);
	USE(colour);
	return port % 2 ? -tag : tag;
}

ASIDE double scaled(double factor, long count)
{
	USE(count);
	return factor;
}

ASIDE long by_value(struct pair p, long after)
{
	USE(after);
	return p.a;
}

ASIDE struct large gives_large(long n)
{
	return (struct large){{n, n, n, n}};
}

ASIDE long many(long a, long b, long c, long d, long e, long f, long g)
{
	USE(g);
	return a + b + c + d + e + f;
}

ASIDE short narrow(signed char s, unsigned char u)
{
	USE(u);
	return (short)-s;
}

ASIDE void silent(void *any)
{
	USE(any);
}

int main(void)
{
	struct inner other;
	struct request r = {
		.offset = -1, .colour = BLUE, .in = {-7, &r}, .to = &other, .name = "n"};

	USE(*(volatile const char *)text); /* programs read what is in memory only */
	for (int i = 1; i <= 100; i++) {
		r.length = (unsigned int)i;
		r.colour = i <= 30 ? GREEN : i <= 50 ? BLUE : RED;
		r.low = (unsigned int)i % 8;
		r.high = (unsigned int)i;
		r.minus = -(i % 8);
		r.three[2] = 2 * i;
		r.grid[1][0] = 3 * i;
		r.whole = (unsigned int)i << 8;
		other = (struct inner){(short)-i, &r};
		hidden.value = i;
		submit(&r, -i, (port_t)(65500 + i), text, r.colour);
		scaled(1.5, i);
		by_value((struct pair){i, i}, i);
		gives_large(i);
		many(1, 2, 3, 4, i, 6, 7);
		narrow((signed char)-i, (unsigned char)(155 + i));
		silent(&hidden);
	}
	return 0;
}
