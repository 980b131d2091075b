#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Memory pressure: what latchkit doctor says where it can be watched, and where PSI or cgroup v2 is
# missing. That the shrinker is fired is tested in virtual machines (tests/vm/guest.sh, pressure).
. "$(dirname "$0")/../lib.sh"

psi() { "$lk" doctor --json 2>/dev/null | tr '{' '\n' | grep '"key":"psi"'; }
case $(psi) in
*'"state":"yes"'*) pass "doctor: $(psi | sed 's/.*"detail":"\([^"]*\)".*/\1/')" ;;
*'/proc/pressure/memory: '*) pass "doctor says why not: $(psi | sed 's/.*"detail":"\([^"]*\)".*/\1/')" ;;
*) fail "doctor does not say whether memory pressure can be watched: $(psi)" ;;
esac

# A namespace of mounts of its own, without cgroup v2, without the machine's file.
cat >"$work/bare" <<'END'
mount --make-rprivate / || exit 3
awk '$3 == "cgroup2" { print $2 }' /proc/self/mounts | while read -r m; do umount -l "$m" 2>/dev/null; done
[ ! -d /proc/pressure ] || mount -t tmpfs none /proc/pressure || exit 3
exec "$0" doctor --json
END
if unshare -m true 2>/dev/null; then
	unshare -m sh -c '. "$1"' "$lk" "$work/bare" >"$work/out" 2>"$work/err"
	line=$(tr '{' '\n' <"$work/out" | grep '"key":"psi"')
	check "without either: no" sh -c "echo '$line' | grep -q '\"state\":\"no\"'"
	check "and both are named, with the next step" sh -c "echo '$line' | grep -q 'cgroup v2: not mounted.*/proc/pressure/memory: no such file: the kernel needs CONFIG_PSI and psi=1'"
else
	skip "without cgroup v2 and PSI: needs root and unshare"
fi
done_testing
