# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests need once: the frames to send, and somebody else's programs.

setup_suite() {
	local root=$BATS_TEST_DIRNAME/../.. data=build/tests/netns
	export FRAMES=$root/$data/frames OTHER=$root/$data/other.bpf.o
	HAD_XDP=
	[ ! -d /sys/fs/bpf/xdp ] || HAD_XDP=1
	env -u MAKEFLAGS make -s -C "$root" "$data/frames" "$data/other.bpf.o"
}

# libxdp makes this directory, and leaves it.
teardown_suite() {
	[ "$HAD_XDP" ] || rmdir /sys/fs/bpf/xdp 2>/dev/null || true
}
