#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# tests/rooms fails for each of its rules: a small tree that keeps them all, broken in one way at a time.
. "${0%/*}/cli/lib.sh"
tree=$work

# Files of the tree: NAME, then its lines.
put() { mkdir -p "$tree/$(dirname "$1")" && printf '%s\n' "${@:2}" >>"$tree/$1"; }

whole_tree() {
	rm -rf "${tree:?}"/*
	put user/cli/commands.h 'int cmd_go(int argc, char **argv);'
	put user/host/clock.h 'long clock_now(void);' 'clock_fn clock_slow,' '	clock_fast;'
	put user/host/clock.c '#include "host/clock.h"' 'long clock_now(void)' '{' '}' 'static void own(void)' '{' '}'
	put user/host/clock.c 'long clock_fast(int unit)' '{' '}' '/* long clock_dead(void)' '{' '} */'
	put user/trace/engine/reader.h 'struct reader {' '	int fd;' '};'
	put user/trace/run.c '#include "trace/engine/reader.h"' '#include "host/clock.h"' '#include "bpf/trace/shared.h"'
	put user/trace/cmd.c '#include "cli/commands.h"' 'int cmd_go(int argc, char **argv)' '{' '}'
	put bpf/trace/shared.h 'struct record;'
}

# Says PASS if only the rule of that name fails, and names both files.
broken() { # broken RULE TEXT
	local said
	said=$("${0%/*}/rooms" "$tree")
	if [ $? -eq 1 ] && [ "$(grep -c ^FAIL <<<"$said")" -eq 1 ] && grep -q "^FAIL $1" <<<"$said" && grep -qF "! $2" <<<"$said"; then
		pass "tests/rooms notices: $2"
	else
		fail "tests/rooms misses: $2"
		echo "$said"
	fi
	whole_tree
}

whole_tree
if "${0%/*}/rooms" "$tree" >"$tree/said"; then
	pass "tests/rooms accepts a tree that keeps the rules"
else
	fail "tests/rooms refuses a tree that keeps the rules"
	cat "$tree/said"
fi

up='no folder reaches up'
put user/trace/command.h 'struct trace;'
put user/trace/engine/reader.c '#include "trace/command.h"'
broken "$up" 'user/trace/engine/reader.c includes user/trace/command.h'
put user/verify/run.c '#include "trace/engine/reader.h"'
broken "$up" 'user/verify/run.c includes user/trace/engine/reader.h'
put user/host/clock.c '#include "trace/engine/reader.h"'
broken "$up" 'user/host/clock.c includes user/trace/engine/reader.h'
put bpf/trace/shared.h '#include "user/host/clock.h"'
broken "$up" 'bpf/trace/shared.h includes user/host/clock.h'
put bpf/trace/maps.h 'struct maps;'
put user/trace/run.c '#include "bpf/trace/maps.h"'
broken "$up" 'user/trace/run.c includes bpf/trace/maps.h'

circle='no modules include each other'
put user/host/cpus.h '#include "host/clock.h"'
put user/host/clock.c '#include "host/cpus.h"'
broken "$circle" 'user/host/clock user/host/cpus'
put user/host/a.h '#include "b.h"'
put user/host/b.h '#include "c.h"'
put user/host/c.h '#include "a.h"'
broken "$circle" 'user/host/a user/host/b user/host/c'

put user/host/cpus.h 'int cpus_count(void);'
put user/host/clock.c 'int cpus_count(void)' '{' '}'
broken 'a header declares' 'user/host/clock.c defines cpus_count, which user/host/cpus.h declares'
put user/host/clock.c 'int clock_unknown(void)' '{' '}'
broken 'a file with public' 'user/host/clock.c defines clock_unknown, which no header declares'
put user/host/ticks.c 'int ticks(void)' '{' '}'
broken 'a file with public' 'user/host/ticks.c defines ticks, which no header declares'

for i in $(seq 30); do put "docs/$i.md" text; done
"${0%/*}/rooms" "$tree" >/dev/null && put docs/31.md text
broken 'no folder holds' 'docs: 31'
done_testing
