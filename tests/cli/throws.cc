// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* throws.cc - throws an exception through middle(). */
extern "C" int middle(int x);

static __attribute__((noinline)) int thrower(int x)
{
	if (x > 0)
		throw x;
	return x;
}

int middle(int x)
{
	int y = thrower(x);

	__asm__ volatile("" : "+r"(y));
	return y + 1;
}

int main(int argc, char **)
{
	try {
		return middle(argc);
	} catch (int) {
		return 0;
	}
}
