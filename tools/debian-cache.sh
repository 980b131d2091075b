#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Debian packages unpacked beside the system, kept in a cache: for tools that source this file.
# From the mirror that this system's own apt uses, over a private apt configuration, so that the
# signatures are checked and the system stays as it is. LATCHKIT_MIRROR names another mirror.
# Before sourcing, set `me` to the tool's name and `cache` to its directory, and define suites(),
# which prints lines "SUITE ARCHITECTURE[,ARCHITECTURE]".
apt_dir=$cache/apt
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

die() {
	echo "$me: $*" >&2
	exit "${code:-1}"
}
not_here() { code=3 die "$@"; }

# Make the cache, and have it alone until this tool ends: others may fetch at the same time.
own_cache() {
	mkdir -p "$cache"
	exec 8>"$cache/lock"
	flock 8
}

# The address that the system's apt has for Debian itself, not for its security updates.
debian_mirror() {
	if [ -n "${LATCHKIT_MIRROR:-}" ]; then
		echo "$LATCHKIT_MIRROR"
		return
	fi
	apt-get indextargets --format '$(ORIGIN)|$(SITE)|$(RELEASE)|$(BASE_URI)' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $2 !~ /security/ && $3 !~ /security/ { print $2; exit }'
}

system_suite() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# The private configuration. The caller's suites() prints the suites and their architectures.
write_sources() {
	local mirror
	mirror=$(debian_mirror)
	[ -n "$mirror" ] || not_here "no Debian mirror in this system's apt configuration: set LATCHKIT_MIRROR=URL"
	[ -r "$keyring" ] || not_here "$keyring: not there: install debian-archive-keyring"
	mkdir -p "$apt_dir/lists/partial" "$apt_dir/cache/archives/partial"
	suites | while read -r name archs; do
		echo "deb [arch=$archs signed-by=$keyring] $mirror $name main"
	done >"$apt_dir/sources.list"
	cat >"$apt_dir/apt.conf" <<-CONF
		Dir::Etc::sourcelist "$apt_dir/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::State::lists "$apt_dir/lists";
		Dir::Cache "$apt_dir/cache";
		APT::Architectures { $(suites | awk '{ print $2 }' | tr , '\n' | sort -u | sed 's/.*/"&";/' | tr '\n' ' ')};
		Acquire::Languages "none";
		Acquire::Retries "2";
		Debug::NoLocking "1";
		APT::Sandbox::User "";
	CONF
}

private_apt() {
	local tool=$1
	shift
	APT_CONFIG=$apt_dir/apt.conf "$tool" "$@"
}

# Package lists, at most a day old.
refresh_lists() {
	[ -n "$(find "$apt_dir/fresh" -mtime -1 2>/dev/null)" ] && return
	write_sources
	echo "$me: fetching package lists" >&2
	private_apt apt-get update -qq -o APT::Update::Error-Mode=any >"$apt_dir/update.log" 2>&1 ||
		not_here "no package lists: $(grep -m 1 -E '^[EW]:' "$apt_dir/update.log" || echo 'is there a network?')"
	touch "$apt_dir/fresh"
}

# Fetch packages into a directory.
download() { # download DIRECTORY PACKAGE=VERSION...
	local debs=$1
	shift
	echo "$me: fetching $*" >&2
	(cd "$debs" && private_apt apt-get download -qq "$@" >"$apt_dir/download.log" 2>&1) || {
		rm -rf "$debs"
		rm -f "$apt_dir/fresh"
		not_here "cannot fetch $*: $(grep -m 1 '^E:' "$apt_dir/download.log")"
	}
}

# Unpack packages below a directory.
unpack() { # unpack DIRECTORY PACKAGE=VERSION...
	local into=$1 debs
	shift
	debs=$(mktemp -d "$cache/debs.XXXXXX")
	download "$debs" "$@"
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$into"
	done
	rm -rf "$debs"
}

# An entry of the cache is whole if all its files have the sums of when it was made.
whole() { # whole DIRECTORY
	[ -f "$1/SUMS" ] && (cd "$1" && sha256sum --quiet --status -c SUMS 2>/dev/null)
}

# Make an entry by a function that fills a directory; replace one that is damaged.
entry() { # entry DIRECTORY FUNCTION ARG...
	local dir=$1 new=$1.new
	shift
	whole "$dir" && return
	[ -e "$dir" ] && echo "$me: $dir is damaged: fetching it again" >&2
	rm -rf "$dir" "$new"
	mkdir -p "$new"
	refresh_lists
	"$@" "$new"
	(cd "$new" && find . -type f ! -name SUMS -print0 | xargs -0 sha256sum >SUMS)
	mv "$new" "$dir"
}
