#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The manual page and the completion know what the command knows, no less and no more; what is
# installed is all that there is.
# shellcheck disable=SC2016 # for other shells

setup() {
	bats_require_minimum_version 1.5.0
	cd "$BATS_TEST_DIRNAME/../.." || return
	make -s build/vethbpf >/dev/null
	page=$BATS_TEST_TMPDIR/page
	mkdir "$BATS_TEST_TMPDIR/nothing"
	mandoc -T ascii -O width=1000 docs/vethbpf.8 | col -b >"$page"
}

# commands, options: as help lists them.
commands() {
	build/vethbpf help | sed -n '/^Usage/,/^Options/s/^  \([a-z]*\) .*/\1/p'
}

options() {
	build/vethbpf help | sed -n '/^Options/,$p' | grep -oE '(^| )--?[a-z]+[, ]' -i | tr -d ' ,'
}

# keywords COMMAND: the words of its usage that stand for themselves.
keywords() {
	build/vethbpf help "$1" | sed -n '/^Usage:/,/^$/p' | sed "s/^Usage: vethbpf $1//" |
		grep -oE '\b[a-z]+\b' | sort -u
}

# in_page COMMAND: what the page has on it, from its heading to the next one.
in_page() {
	awk -v name="$1" '/^       vethbpf [a-z]/ { on = $2 == name } /^[A-Z]|^   [A-Z]/ { on = 0 } on' "$page"
}

# offers WORD...: what is offered for the last word, which may be empty.
offers() {
	unshare -n bash -c '
		. etc/vethbpf.bash-completion
		COMP_WORDS=("$PWD/build/vethbpf" "$@")
		COMP_CWORD=$#
		cd "$BATS_TEST_TMPDIR/nothing"
		_vethbpf
		printf "%s\n" "${COMPREPLY[@]}"' - "$@" | grep -vx lo | sort -u
}

@test "the manual page is well formed, and of this version" {
	run mandoc -T lint docs/vethbpf.8
	[ -z "$output" ]
	grep -qF "\"$(build/vethbpf -V)\"" docs/vethbpf.8
}

@test "the manual page has every command, and no other" {
	diff <(commands | sort) <(sed -n '/^COMMANDS/,/^LINK STATE/s/^       vethbpf \([a-z]*\).*/\1/p' \
		"$page" | sort)
}

@test "the manual page has every keyword of every command" {
	for command in $(commands); do
		for keyword in $(keywords "$command"); do
			in_page "$command" | grep -qw "$keyword" ||
				{ echo "vethbpf $command … $keyword"; missing=1; }
		done
	done
	[ ! "${missing-}" ]
}

@test "the manual page has every option" {
	for option in $(options); do
		grep -qE "(^|[ ,])$option([ ,]|$)" "$page" || { echo "$option"; missing=1; }
	done
	[ ! "${missing-}" ]
}

@test "completion offers every command and option, and no other" {
	diff <({ commands; options; } | sort -u) <(offers "")
}

@test "completion offers every keyword of every command where it may stand, and no other" {
	for command in $(commands | grep -vx help); do
		diff <(keywords "$command") <({
			offers "$command" ""
			for keyword in $(keywords "$command"); do
				offers "$command" "$keyword" ""
			done
		} | grep . | sort -u) || { echo "of $command"; wrong=1; }
	done
	[ ! "${wrong-}" ]
}

@test "completion offers devices, and ends of the pairs there are" {
	unshare -n bash -c '
		set -e
		ip link add vbt-a type veth peer name vbt-x
		ip link add vbt-b type veth peer name vbt-y
		build/vethbpf pair vbt-a vbt-b
		trap "build/vethbpf unpair vbt-a" EXIT
		. etc/vethbpf.bash-completion
		COMP_WORDS=(build/vethbpf pair "") COMP_CWORD=2
		_vethbpf
		[[ " ${COMPREPLY[*]} " == *" vbt-x "* && " ${COMPREPLY[*]} " == *" vbt-a "* ]]
		COMP_WORDS=(build/vethbpf unpair vbt-) COMP_CWORD=2
		_vethbpf
		[ "${COMPREPLY[*]}" = "vbt-a vbt-b" ]'
}

# tests_of FILE: the names of its tests, each behind the file's, as a pair.
tests_of() {
	sed -n "s/^@test \"\(.*\)\" {\$/$1\t\1/p" "tests/netns/$1.bats"
}

# named_tests: what the last column of the table in docs/veth.md says, "file: *name …*, *name*, file:
# all": a file and the start of a name a line; a bare line for a row that names none.
named_tests() {
	/usr/bin/python3 -ISc '
import re
for line in open("docs/veth.md"):
    cells = line.strip().split(" | ")
    if not line.startswith("| ") or len(cells) != 3 or cells[0] in ("| veth", "| ---"):
        continue
    file, named = "", 0
    for word in re.finditer(r"([a-z]+): (?=\*|all\b)|\*([^*]+)\*|\ball\b", cells[2]):
        if word[1]:
            file = word[1]
            continue
        print(file, re.sub(" ?…$", "", word[2] or ""), sep="\t")
        named += 1
    if not named:
        print()'
}

@test "every test that docs/veth.md names is there, and every property has one" {
	[ "$(named_tests | wc -l)" -ge 30 ]
	while IFS= read -r named; do
		tests_of "${named%%$'\t'*}" 2>/dev/null | grep -q . &&
			tests_of "${named%%$'\t'*}" | awk -v start="$named" 'index($0, start) == 1 { found = 1 }
				END { exit !found }' || { echo "no test: $named"; missing=1; }
	done < <(named_tests)
	[ ! "${missing-}" ]
}

@test "every test of what endpoints do is named in docs/veth.md" {
	while IFS= read -r test; do
		named_tests | awk -v test="$test" 'NF && index(test, $0) == 1 { found = 1 }
			END { exit !found }' || { echo "not named: $test"; missing=1; }
	done < <(tests_of endpoint)
	[ ! "${missing-}" ]
}

# links FILE: where its links lead, from the top of the tree; what is elsewhere is left out.
links() {
	grep -oE '\]\([^)#]+' "$1" | sed 's/^](//' | grep -v '^http' |
		sed "s|^|$(dirname "$1")/|" | xargs -r realpath -m --relative-to=. | sort -u
}

@test "links lead somewhere, and every page can be reached from the README" {
	for page in README.md docs/*.md; do
		for target in $(links "$page"); do
			# What scripts/check-vm writes is not there before it has run.
			[ -e "$target" ] || [ "$target" = docs/kernels.md ] || { echo "$page: $target"; missing=1; }
		done
		[ "$page" = README.md ] || links README.md | grep -qxF "$page" || { echo "no way to $page"; missing=1; }
	done
	[ ! "${missing-}" ]
}

@test "headings that links name are there" {
	for page in README.md docs/*.md; do
		while IFS='#' read -r file heading; do
			sed -n 's/^#* //p' "$(dirname "$page")/${file:-$(basename "$page")}" | tr 'A-Z ' 'a-z-' |
				grep -qxF "$heading" || { echo "$page: $file#$heading"; missing=1; }
		done < <(grep -oE '\]\([^)]*#[^)]+' "$page" | sed 's/^](//')
	done
	[ ! "${missing-}" ]
}

@test "all that is installed is there, and goes again" {
	root=$BATS_TEST_TMPDIR/root
	make -s install DESTDIR="$root" PREFIX=/usr
	[ "$(cd "$root" && find . -type f | sort)" = "./usr/lib/systemd/system/vethbpf.service
./usr/sbin/vethbpf
./usr/share/bash-completion/completions/vethbpf
./usr/share/man/man8/vethbpf.8" ]
	# Where the agent reads, so that lines can be put there.
	[ -d "$root/etc/vethbpf.d" ]
	"$root/usr/sbin/vethbpf" -V
	grep -x "ExecStart=/usr/sbin/vethbpf watch" "$root/usr/lib/systemd/system/vethbpf.service"
	make -s uninstall DESTDIR="$root" PREFIX=/usr
	[ -z "$(find "$root" -type f)" ]
	[ ! -e "$root/etc/vethbpf.d" ]
	# But what somebody has put there stays.
	make -s install DESTDIR="$root" PREFIX=/usr
	echo "pair a b" >"$root/etc/vethbpf.d/mine.conf"
	make -s uninstall DESTDIR="$root" PREFIX=/usr
	[ "$(find "$root" -type f)" = "$root/etc/vethbpf.d/mine.conf" ]
}

@test "a package that is upgraded has the new programs carry the frames, one that is new does nothing" {
	stubs=$BATS_TEST_TMPDIR/stubs
	mkdir "$stubs"
	for name in vethbpf systemctl deb-systemd-invoke; do
		printf '#!/bin/sh\necho "${0##*/} $*" >>"%s/said"\n' "$BATS_TEST_TMPDIR" >"$stubs/$name"
		chmod +x "$stubs/$name"
	done
	# debhelper takes no other script of that name where this one is.
	[ "$(cd debian && echo *postinst)" = vethbpf.postinst ]
	PATH=$stubs:$PATH sh debian/vethbpf.postinst configure
	run ! grep "^vethbpf" "$BATS_TEST_TMPDIR/said"
	PATH=$stubs:$PATH sh debian/vethbpf.postinst configure 0.0.1
	[ "$(grep "^vethbpf" "$BATS_TEST_TMPDIR/said")" = "vethbpf upgrade all" ]
}

@test "the unit is one that systemd understands" {
	command -v systemd-analyze >/dev/null || skip "there is no systemd here"
	unit=$BATS_TEST_TMPDIR/vethbpf.service
	sed "s|@SBINDIR@|$PWD/build|" etc/vethbpf.service >"$unit"
	run systemd-analyze verify --man=no "$unit"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *"$unit"* ]]
}

@test "each test that docs/faults.md names is there" {
	named=0
	while IFS=: read -r file name; do
		name=${name# }
		case $file in
		crash.py)
			IFS=';' read -ra rows <<<"$name"
			for row in "${rows[@]}"; do
				[ "$row" = failed ] || grep -qF "Row(\"${row# }\"," tests/endure/crash.py ||
					{ echo "no row of crash.py: $row"; false; }
			done
			;;
		*.py) [ -x "tests/endure/$file" ] ;;
		*) grep -qxF "@test \"$name\" {" "tests/netns/$file.bats" || { echo "no test: $file: $name"; false; } ;;
		esac
		named=$((named + 1))
	done < <(sed -nE '/^\| *(what|---)/!s/^\|.*\| ([^|]*) \|$/\1/p' docs/faults.md)
	[ "$named" -gt 40 ]
}
