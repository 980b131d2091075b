# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# broken.sh - sourced by tests that show that a check fails when the programs of bpf/trace/ are broken.
# broken_flags: -DTRACE_STATEMENTS_HERE where statements are needed, which take twice as long to build.
# Needs LATCHKIT_OBJECTS, LATCHKIT_LIBS and LATCHKIT_BPF_CFLAGS: make test-env prints them.

# broken FILE SED: build the tool with a change in one file of bpf/ or in the engine, as $lk.
broken() {
	rm -rf "$work/broken" && mkdir -p "$work/broken/bpf" "$work/broken/source"
	cp -r bpf user "$work/broken/source/"
	sed -i "$2" "$work/broken/source/$1"
	cmp -s "$work/broken/source/$1" "$1" && return 1
	ln -s "$(realpath "$build")"/bpf/*.bpf.o "$work/broken/bpf/" && rm "$work/broken/bpf/trace.bank.bpf.o"
	"${CLANG:-clang}" $(echo "$LATCHKIT_BPF_CFLAGS" | sed "s,-iquote \.,-iquote $work/broken/source,") -DLATCH_VARIANT=bank ${broken_flags:-} \
		-c "$work/broken/source/bpf/trace/trace.bpf.c" \
		-o "$work/broken/bpf/trace.bank.bpf.o" || return 1
	for object in object/blobs trace/engine/swap; do
		mkdir -p "$(dirname "$work/broken/user/$object")"
		"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O2 -Iinclude -I"$build/gen" -iquote "$work/broken/source/user" \
			-iquote "$work/broken/source" -DBLOB_DIR="\"$work/broken/bpf\"" \
			-c "$work/broken/source/user/$object.c" -o "$work/broken/user/$object.o" || return 1
	done
	objects=
	for object in $LATCHKIT_OBJECTS; do
		[ -f "$work/broken/${object#"$build"/}" ] && object=$work/broken/${object#"$build"/}
		objects="$objects $object"
	done
	"${CC:-gcc}" $objects $LATCHKIT_LIBS -o "$work/broken/latchkit"
}
# killed NAME FILE SED CHECK...: the check must fail on the broken copy; it gets three goes.
killed() {
	broken=$1
	if ! broken "$2" "$3" 2>"$work/err2"; then
		fail "broken copy: $broken: changes nothing, or cannot be built: $(head -n 1 "$work/err2")"
		return
	fi
	shift 3
	lk_whole=$lk
	lk=$work/broken/latchkit
	noticed=no
	for i in 1 2 3; do
		"$@" && continue
		noticed=yes
		break
	done
	lk=$lk_whole
	check "broken copy: $broken: noticed: ${handled:-}" test $noticed = yes
}
