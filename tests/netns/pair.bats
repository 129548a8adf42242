#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# pair: frames of every sort cross, between devices of all kinds, unchanged.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib
load talk

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# carries KIND SIDE KIND SIDE METHODS [OPTION...]: pairs two such ends; all frames cross.
carries() {
	make_ends "$1" "$2" "$3" "$4"
	vb pair end-a side "$2" end-b side "$4"
	[ "$(methods)" = "$5" ]
	crosses "${@:6}"
}

# The four combinations of sides.

@test "stack to stack, by tcx" {
	has_tcx || skip "this kernel has no tcx"
	carries macvlan stack veth stack tcx
}

# bats test_tags=kernel
@test "stack to wire, by tcx" {
	has_tcx || skip "this kernel has no tcx"
	carries macvlan stack veth wire tcx
}

@test "wire to stack, by tcx" {
	has_tcx || skip "this kernel has no tcx"
	carries veth wire bridge stack tcx
}

@test "wire to wire, by tcx" {
	has_tcx || skip "this kernel has no tcx"
	carries veth wire veth wire tcx
}

# bats test_tags=kernel
@test "stack to stack, by clsact" {
	VETHBPF_NO_TCX=1 carries macvlan stack veth stack clsact
}

@test "stack to wire, by clsact" {
	VETHBPF_NO_TCX=1 carries macvlan stack veth wire clsact
}

@test "wire to stack, by clsact" {
	VETHBPF_NO_TCX=1 carries veth wire bridge stack clsact
}

# bats test_tags=kernel
@test "wire to wire, by clsact" {
	VETHBPF_NO_TCX=1 carries veth wire veth wire clsact
}

# A macvlan does not get the pause frames that its lower device receives (macvlan_broadcast).
without_pause() {
	grep -v '^pause ' "$FRAMES" >"$BATS_TEST_TMPDIR/frames"
	FRAMES=$BATS_TEST_TMPDIR/frames
}

# Kinds of devices, at the sides that are theirs by default.

@test "taps" {
	make_ends tap "" tap ""
	vb pair end-a end-b
	crosses
}

@test "a macvlan becomes the local port of a tap" {
	make_ends macvlan "" tap ""
	vb pair end-a end-b
	crosses
}

@test "an ifb and a veth" {
	make_ends ifb "" veth ""
	vb pair end-a end-b
	crosses
}

@test "bridge devices" {
	make_ends bridge "" bridge ""
	vb pair end-a end-b
	crosses
}

@test "dummies" {
	make_ends dummy "" dummy ""
	vb pair end-a end-b
	crosses
}

# bats test_tags=kernel
@test "a netkit and a veth" {
	can_make netkit || skip "this kernel has no netkit devices"
	in_ns "$mid" "$here/netkit.py" end-a far-a
	ip -n "$mid" link set far-a netns "$left"
	ip -n "$mid" link set end-a up
	ip -n "$left" link set far-a up
	place[a]=$left/far-a silent[a]=
	make_end b veth
	vb pair end-a end-b
	crosses
}

@test "a macvlan as a wire: it carries what its lower device receives" {
	make_ends macvlan wire veth wire
	vb pair end-a side wire end-b
	without_pause
	crosses --by-cast
}

@test "jumbo frames up to the MTU" {
	make_ends veth wire macvlan stack
	ip -n "$left" link set far-a mtu 9000
	ip -n "$mid" link set end-a mtu 9000
	ip -n "$right" link set far-b mtu 9000
	ip -n "$mid" link set low-b mtu 9000
	ip -n "$mid" link set end-b mtu 9000
	vb pair end-a end-b
	crosses --mtu 9000
}

# XDP

# bats test_tags=kernel
@test "datapath xdp, in the driver" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	[ "$(methods)" = "$(tc_method) xdp" ]
	crosses
	vb unpair end-a
	[ "$(in_ns "$mid" bpftool -j net | jq '.[0].xdp | length')" -eq 0 ]
}

# bats test_tags=kernel
@test "datapath xdp, generic where the driver has none" {
	has_types || skip "this kernel's generic XDP cannot see what a driver takes, so tc does it all"
	make_ends macvlan wire macvlan wire
	vb pair end-a side wire end-b side wire datapath xdp
	[ "$(methods)" = "$(tc_method) xdpgeneric" ]
	without_pause
	crosses_generic --by-cast
}

# Real programs over the cable

@test "ping and TCP between two wires" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	talk "$left" far-a "$right" far-b
}

@test "ping and TCP from a local stack to a wire" {
	make_ends macvlan stack veth wire
	vb pair end-a end-b
	talk "$mid" end-a "$right" far-b
}

@test "ping and TCP between two stacks, each behind a macvlan in its own namespace" {
	make_ends bridge stack bridge stack
	ip -n "$mid" link add up-a link end-a netns "$left" type macvlan mode passthru
	ip -n "$mid" link add up-b link end-b netns "$right" type macvlan mode passthru
	ip -n "$left" link set up-a up
	ip -n "$right" link set up-b up
	vb pair end-a end-b
	talk "$left" up-a "$right" up-b
}
