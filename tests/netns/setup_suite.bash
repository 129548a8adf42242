# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests need once: the frames to send, and somebody else's programs.

setup_suite() {
	export FRAMES=$BATS_SUITE_TMPDIR/frames OTHER=$BATS_SUITE_TMPDIR/other.bpf.o
	HAD_XDP=
	[ ! -d /sys/fs/bpf/xdp ] || HAD_XDP=1
	"$BATS_TEST_DIRNAME/frames.py" >"$FRAMES"
	clang -O2 -g -target bpf -idirafter "/usr/include/$(gcc -print-multiarch)" \
		-c "$BATS_TEST_DIRNAME/other.bpf.c" -o "$OTHER"
}

# libxdp makes this directory, and leaves it.
teardown_suite() {
	[ "$HAD_XDP" ] || rmdir /sys/fs/bpf/xdp 2>/dev/null || true
}
