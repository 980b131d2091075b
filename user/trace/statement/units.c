// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* units.c - see trace/statement/units.h */
#include <string.h>

#include "trace/statement/units.h"

static const struct {
	const char *name;
	unsigned long long factor;
} units[UNITS] = {
	[UNIT_NONE] = {"", 1},	       [UNIT_NS] = {"ns", 1},	      [UNIT_US] = {"us", 1000},
	[UNIT_MS] = {"ms", 1000000},   [UNIT_S] = {"s", 1000000000},  [UNIT_B] = {"B", 1},
	[UNIT_KIB] = {"KiB", 1 << 10}, [UNIT_MIB] = {"MiB", 1 << 20}, [UNIT_GIB] = {"GiB", 1 << 30},
};

const char *unit_name(enum unit unit)
{
	return units[unit].name;
}

unsigned long long unit_factor(enum unit unit)
{
	return units[unit].factor;
}

enum unit unit_find(const char *name)
{
	int i = UNIT_NS;

	while (i < UNITS && strcmp(units[i].name, name))
		i++;
	return (enum unit)i;
}
