#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Gates: what did not come through the cable does not come out at its ends, unless an end is open.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# hears: whether end-a, a macvlan, answers far-a, which its lower device is cabled to. (A packet socket
# is no witness here: it sees what a device receives before any TC program does.)
hears() {
	in_ns "$left" ping -q -c 1 -W "${1-5}" 198.51.100.2
}

macvlan_and_veth() {
	make_ends macvlan stack veth wire
	ip -n "$mid" address add 198.51.100.2/24 dev end-a
	ip -n "$left" address add 198.51.100.1/24 dev far-a
	ip -n "$left" neighbour add 198.51.100.2 dev far-a lladdr \
		"$(ip -n "$mid" -j link show dev end-a | jq -r '.[0].address')"
}

@test "a macvlan as stack end does not get what its lower device receives" {
	macvlan_and_veth
	vb pair end-a end-b
	! hears 1 || false
	shows '.a.foreign == 1 and .a.taken.frames == 0 and .b.taken.frames == 0'
	# What comes through the cable still gets there, and goes nowhere else.
	wire cross "$FRAMES" "$mid/end-a" "$right/far-b" "$left/far-a"
	vb unpair end-a
	hears
}

@test "a macvlan as stack end that is open gets both" {
	macvlan_and_veth
	vb pair end-a open end-b
	! hears 1 || false	# its answer goes into the cable
	[ "$(in_ns "$mid" nstat -az --json IcmpInEchos | jq .kernel.IcmpInEchos)" -eq 1 ]
	shows '.a.open and .a.foreign == 0 and .a.taken.frames >= 1'
}

@test "a wire end does not transmit what this machine sends on it" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	wire lost "$FRAMES" "$mid/end-a" "$left/far-a" "$right/far-b"
	shows ".a.foreign == $(wc -l <"$FRAMES") and .b.foreign == 0"
	crosses
}

# bats test_tags=kernel
@test "the same gates by clsact" {
	export VETHBPF_NO_TCX=1
	macvlan_and_veth
	vb pair end-a end-b
	! hears 1 || false
	wire lost "$FRAMES" "$mid/end-b" "$left/far-a" "$right/far-b"
	wire cross "$FRAMES" "$mid/end-a" "$right/far-b" "$left/far-a"
	shows ".a.foreign == 1 and .b.foreign == $(wc -l <"$FRAMES")"
}

@test "open lets a wire's own frames out" {
	make_ends veth wire veth wire
	vb pair end-a end-b open
	wire cross "$FRAMES" "$mid/end-b" "$right/far-b" "$left/far-a" >/dev/null &&
		false	# the other way, frames are for the cable, not for this machine
	[ "$(ip -n "$right" -s -j link show dev far-b | jq '.[0].stats64.rx.packets')" -ge \
		"$(wc -l <"$FRAMES")" ]
	shows '.b.open and .b.foreign == 0'
}

# bats test_tags=kernel
@test "a gate leaves no mark on the frames that pass it" {
	has_tcx || skip "where there is no tcx, the gate is the last filter there can be"
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	# Whoever classifies by tc_index behind the gate must find it as it is without a cable.
	tc -n "$mid" qdisc add dev end-b clsact
	tc -n "$mid" filter add dev end-b egress protocol all prio 1 \
		basic match "meta(tc_index eq 0)" action pass 2>/dev/null ||
		skip "this kernel has no basic classifier"
	crosses
	# As text: of a basic filter tc writes no valid JSON.
	passed=$(tc -n "$mid" -s filter show dev end-b egress | sed -n 's/.*Sent [0-9]* bytes \([0-9]*\) pkt.*/\1/p')
	[ "$passed" -ge "$(wc -l <"$FRAMES")" ]
}

@test "an unpaired device transmits what this machine sends on it again" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	vb unpair end-a
	wire cross "$FRAMES" "$mid/end-b" "$right/far-b"
}
