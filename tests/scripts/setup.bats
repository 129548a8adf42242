#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What scripts/setup asks of the package tools, which stand-ins play here: $have is what is
# installed, $asked gets what apt-get was called with.
#
# shellcheck disable=SC2016,SC2154 # stand-ins expand later; stderr is set by run

setup() {
	bats_require_minimum_version 1.5.0
	mkdir "$BATS_TEST_TMPDIR/scripts" "$BATS_TEST_TMPDIR/bin"
	cp "$BATS_TEST_DIRNAME/../../scripts/setup" "$BATS_TEST_TMPDIR/scripts"
	cd "$BATS_TEST_TMPDIR" || return
	printf 'one\ta b+\t# why\none\tc\n\ntwo\tc d\n' >scripts/packages
	export have="$PWD/have" asked="$PWD/asked" PATH="$PWD/bin:$PATH"
	: >"$asked"
	stand_in id 'echo 0'
	stand_in dpkg-query 'cat "$have"; exit 1'
	stand_in apt-get 'echo "$*" >>"$asked"'
}

stand_in() {
	printf '#!/bin/bash\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}

installed() {
	: >"$have"
	[ $# -eq 0 ] || printf 'installed %s\n' "$@" >"$have"
}

@test "installs what is missing, of all lines and groups, each once" {
	installed a
	echo "config-files d" >>"$have"	# removed, with its configuration kept
	run scripts/setup one two
	[ "$status" -eq 0 ]
	[ "$output" = "setup: installing b+ c d" ]
	[ "$(head -n 1 "$asked")" = update ]
	[[ $(tail -n 1 "$asked") == "install "*"--no-install-recommends "*" b+ c d" ]]
}

@test "is silent and asks for nothing when nothing is missing" {
	installed a b+ c
	run scripts/setup one
	[ "$status" -eq 0 ] && [ -z "$output" ] && [ ! -s "$asked" ]
}

@test "without root says what to install" {
	installed a
	stand_in id 'echo 1000'
	run --separate-stderr scripts/setup one
	[ "$status" -eq 1 ] && [ ! -s "$asked" ]
	[[ $stderr == *"apt-get install --no-install-recommends b+ c" ]]
}

@test "a failed installation shows what apt-get said" {
	installed a
	stand_in apt-get '[ "$1" = update ] || { echo "E: no room" >&2; exit 100; }'
	run --separate-stderr scripts/setup one
	[ "$status" -eq 1 ]
	[[ $stderr == *"E: no room"*"could not install b+ c"* ]]
}

@test "an unreachable package source is no failure by itself" {
	installed a
	stand_in apt-get '[ "$1" != update ]'
	scripts/setup one
}

@test "an unknown group is wrong use" {
	installed
	run --separate-stderr scripts/setup one three
	[ "$status" -eq 2 ] && [ ! -s "$asked" ] && [[ $stderr == *'no group "three"'* ]]
}
