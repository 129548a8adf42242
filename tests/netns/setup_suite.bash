# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests need once: the frames to send, somebody else's programs, a stream of numbered frames.

setup_suite() {
	export FRAMES=$BATS_SUITE_TMPDIR/frames OTHER=$BATS_SUITE_TMPDIR/other.bpf.o
	HAD_XDP=
	[ ! -d /sys/fs/bpf/xdp ] || HAD_XDP=1
	"$BATS_TEST_DIRNAME/frames.py" >"$FRAMES"
	export STREAM=$BATS_SUITE_TMPDIR/stream
	for prog in other stream; do
		clang -O2 -g -target bpf -idirafter "/usr/include/$(gcc -print-multiarch)" \
			-c "$BATS_TEST_DIRNAME/$prog.bpf.c" -o "$BATS_SUITE_TMPDIR/$prog.bpf.o"
	done
	gcc -O2 -D_GNU_SOURCE -o "$STREAM" "$BATS_TEST_DIRNAME/stream.c" -lbpf
}

# libxdp makes this directory, and leaves it.
teardown_suite() {
	[ "$HAD_XDP" ] || rmdir /sys/fs/bpf/xdp 2>/dev/null || true
}
