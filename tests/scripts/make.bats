#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What make builds, when, and what it leaves behind, in a copy of the tree that is built once.

setup_file() {
	bats_require_minimum_version 1.5.0
	unset MAKEFLAGS MFLAGS MAKELEVEL
	tree=$BATS_FILE_TMPDIR/tree
	mkdir "$tree"
	cp -a "$BATS_TEST_DIRNAME"/../../{Makefile,bpf,docs,etc,include,user} "$tree"
	export tree
	make -s -C "$tree" -j"$(nproc)" CC=clang CFLAGS=-O0 >"$BATS_FILE_TMPDIR/said" 2>&1 3>&-
}

setup() {
	cd "$tree" || return
}

# remade FILE: what make would make if that had changed, a name a line.
remade() {
	make -n -W "$1" | sed -nE 's/^printf .* (build[^ ;]*);.*/\1/p' | sort
}

@test "clang warns of nothing, and make -s says nothing" {
	[ -x build/vethbpf ]
	diff /dev/null "$BATS_FILE_TMPDIR/said"
}

@test "make after make does nothing" {
	make -q
}

@test "after a change of the contract header the BPF objects, the skeletons and the loader are made again" {
	made=$(remade include/vethbpf.h)
	objects=0
	for source in bpf/*.bpf.c; do
		name=$(basename "$source" .bpf.c)
		grep -q vethbpf.h "build/bpf/$name.bpf.d" || continue
		grep -qxF "build/bpf/$name.bpf.o" <<<"$made"
		grep -qxF "build/bpf/$name.skel.h" <<<"$made"
		objects=$((objects + 1))
	done
	[ "$objects" -ge 2 ]
	grep -qxF build/user/panel.o <<<"$made"
	grep -qxF build/vethbpf <<<"$made"
}

@test "after a change of one source only that is made again" {
	diff <(printf '%s\n' build/user/utf8.o build/vethbpf) <(remade user/utf8.c)
}

@test "install and uninstall, under DESTDIR and PREFIX" {
	local root=$BATS_TEST_TMPDIR/root
	for prefix in /usr ""; do
		make -s install DESTDIR="$root" PREFIX="$prefix"
		"$root$prefix/sbin/vethbpf" --version
		make -s uninstall DESTDIR="$root" PREFIX="$prefix"
		diff /dev/null <(find "$root" ! -type d)
	done
}

@test "clean leaves nothing of what was built" {
	cp -a "$tree" "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree"
	make -s clean
	diff /dev/null <(find build ! -type d)
}
