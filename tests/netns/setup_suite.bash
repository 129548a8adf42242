# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests need once: the frames to send, somebody else's programs, a stream of numbered frames.

setup_suite() {
	local root=$BATS_TEST_DIRNAME/../.. data=$BATS_TEST_DIRNAME/../../build/tests/netns
	export FRAMES=$data/frames OTHER=$data/other.bpf.o STREAM=$data/stream
	HAD_XDP=
	[ ! -d /sys/fs/bpf/xdp ] || HAD_XDP=1
	env -u MAKEFLAGS make -s -C "$root" netns-data
}

# libxdp makes this directory, and leaves it.
teardown_suite() {
	[ "$HAD_XDP" ] || rmdir /sys/fs/bpf/xdp 2>/dev/null || true
}
