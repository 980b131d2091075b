// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* versions_lib.c - a library with two versions of a function, for old programs and for new ones. */
int area_old(int side);
int area_new(int side);

__asm__(".symver area_old,area@SHAPES_1");
__asm__(".symver area_new,area@@SHAPES_2");

__attribute__((noinline)) int area_old(int side)
{
	__asm__ volatile("" : "+r"(side));
	return side * side;
}

__attribute__((noinline)) int area_new(int side)
{
	__asm__ volatile("" : "+r"(side));
	return side * side + 1;
}
