#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What the kernel knows of a packet beside its bytes crosses too: an unfinished checksum is finished in
# the end, a GSO packet is segmented, a timestamp is of the time of receiving.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib
load talk
load add

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# datagrams DATAPATH: of all sizes and as GSO packets, between two veths.
datagrams() {
	make_ends veth wire veth wire
	in_ns "$left" ethtool -K far-a gro on
	in_ns "$right" ethtool -K far-b gro on
	ip -n "$left" address add 192.0.2.1/24 dev far-a
	ip -n "$right" address add 192.0.2.2/24 dev far-b
	vb pair end-a end-b datapath "$1"
	"$here/offload.py" udp "$left" 192.0.2.1 "$right" 192.0.2.2
	no_bad_sums "$left"
	no_bad_sums "$right"
	[ "$(dropped end-a)" -eq 0 ]
}

# bats test_tags=kernel
@test "datagrams and their segments, datapath auto" {
	datagrams auto
}

@test "datagrams and their segments, datapath tc" {
	datagrams tc
}

@test "datagrams and their segments, datapath xdp" {
	datagrams xdp
}

@test "datagrams and their segments, between what add made" {
	add_apart
	with_ipv4
	"$here/offload.py" udp "$left" 192.0.2.1 "$right" 192.0.2.2
	no_bad_sums "$left"
	no_bad_sums "$right"
}

@test "TCP and UDP between a container and a virtual machine, with its offloads and without" {
	make_ends veth wire tap wire
	in_ns "$left" ethtool -K far-a gro on
	ip -n "$mid" link del end-b
	for how in "auto csum tso" "xdp csum tso" "xdp "; do
		ip -n "$mid" tuntap add dev end-b mode tap vnet_hdr
		ip -n "$mid" link set end-b up
		ip -n "$right" tuntap add dev guest mode tap vnet_hdr
		ip -n "$right" link set guest up
		# shellcheck disable=SC2086 # several words
		"$here/guest.py" "$mid" end-b "$right" guest ${how#* } 3>&- &
		pids+=($!)
		wait_for is_running "$mid" end-b
		wait_for is_running "$right" guest
		vb pair end-a end-b datapath "${how%% *}"
		talk "$left" far-a "$right" guest
		[ "$(dropped end-a)" -eq 0 ]
		vb unpair end-a
		kill "${pids[0]}"
		wait "${pids[0]}" || true
		pids=()
		hush "$left" far-a "$right" guest
		ip -n "$right" link del guest
		ip -n "$mid" link del end-b
	done
}

# stack_and_tap DATAPATH: a stack behind a veth, and a tap.
stack_and_tap() {
	make_ends veth wire tap wire
	in_ns "$left" ethtool -K far-a gro on
	ip -n "$left" address add 192.0.2.1/24 dev far-a
	ip -n "$left" neighbour add 192.0.2.99 lladdr 02:00:00:00:00:99 dev far-a
	vb pair end-a end-b datapath "$1"
}

@test "what a stack leaves to be summed up comes out of a tap complete" {
	for datapath in tc xdp auto; do
		stack_and_tap $datapath
		"$here/offload.py" to-tap "$left" 192.0.2.1 "$mid" end-b
		vb unpair end-a
		ip -n "$mid" link del end-a
		ip -n "$mid" link del end-b
	done
}

@test "what a tap leaves to be summed up is taken by the stack it is for" {
	for datapath in tc xdp auto; do
		stack_and_tap $datapath
		"$here/offload.py" from-tap "$left" 192.0.2.1 "$mid" end-b \
			"$(ip -n "$left" -j link show dev far-a | jq -r '.[0].address')"
		no_bad_sums "$left"
		vb unpair end-a
		ip -n "$mid" link del end-a
		ip -n "$mid" link del end-b
	done
}

@test "what a tap leaves to be summed up or segmented comes out of another tap as that takes it" {
	ip -n "$mid" tuntap add dev end-a mode tap vnet_hdr
	ip -n "$mid" tuntap add dev end-b mode tap vnet_hdr
	ip -n "$mid" link set end-a up
	ip -n "$mid" link set end-b up
	for datapath in tc xdp auto; do
		vb pair end-a end-b datapath $datapath
		"$here/offload.py" tap-to-tap "$mid" end-a end-b
		vb unpair end-a
	done
}
