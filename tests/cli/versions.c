// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* versions.c - calls the old version of area() 400 times, the new one 600 times. */
int area(int side);
int area_as_it_was(int side);

__asm__(".symver area_as_it_was,area@SHAPES_1");

int main(void)
{
	int sum = 0;

	for (int i = 0; i < 400; i++)
		sum += area_as_it_was(i);
	for (int i = 0; i < 600; i++)
		sum += area(i);
	return sum == 42;
}
