#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Frames that are taken and cannot be handed over are counted, every one, with the reason.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# lost_as REASON SILENT...: all frames sent at a are counted as dropped for this reason, no other.
lost_as() {
	local reason=$1 sent
	shift
	sent=$(wire lost "$FRAMES" "${place[a]}" "$@")
	shows "(.a.taken | {frames, bytes}) == $sent and .a.taken.dropped.$reason == .a.taken.frames
		and ([.a.taken.dropped[]] | add) == .a.taken.frames"
}

needs_types() {
	grep -q ' bpf_rdonly_cast$' /proc/kallsyms || skip "this kernel lets no program read its structures"
}

# bats test_tags=kernel
@test "the peer is down: stack" {
	needs_types
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	ip -n "$mid" link set end-b down
	lost_as down "$right/far-b"
}

@test "the peer is down: wire" {
	needs_types
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	ip -n "$mid" link set end-b down
	lost_as down
}

@test "the peer has no carrier" {
	needs_types
	make_ends veth wire veth wire
	vb pair end-a end-b
	ip -n "$right" link set far-b down
	lost_as down
}

@test "frames too long for the peer's MTU" {
	needs_types
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	ip -n "$mid" link set end-b mtu 600
	# Of data 604 bytes fit: the MTU and the 4 that a tag may add to it.
	printf 'fits 02000000bb0102000000aa0188b5%s\n' "$(printf '%01208d' 0)" >"$BATS_TEST_TMPDIR/fits"
	printf 'long 02000000bb0102000000aa0188b5%s\n' "$(printf '%01210d' 0)" >"$BATS_TEST_TMPDIR/long"
	wire lost "$BATS_TEST_TMPDIR/long" "${place[a]}" "$right/far-b"
	shows '.a.taken.frames == 1 and .a.taken.dropped.too_long == 1'
	wire lost "$BATS_TEST_TMPDIR/fits" "${place[a]}"
	shows '.a.taken.frames == 2 and .a.taken.dropped.too_long == 1'
}

@test "frames too long for the MTU that the peer of an XDP end has now" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	ip -n "$mid" link set end-b mtu 600
	printf 'long 02000000bb0102000000aa0188b5%s\n' "$(printf '%01400d' 0)" >"$BATS_TEST_TMPDIR/long"
	wire lost "$BATS_TEST_TMPDIR/long" "${place[a]}" "$right/far-b"
	shows '.a.taken.frames == 1 and .a.taken.dropped.redirect == 1'
}

@test "refused after XDP redirected it" {
	make_ends veth wire veth wire
	in_ns "$left" ethtool -K far-a gro on
	in_ns "$right" ethtool -K far-b gro on
	vb pair end-a end-b datapath xdp
	ip -n "$mid" link set end-b down
	lost_as redirect
}
