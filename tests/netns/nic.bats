#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Cables between two network cards, with drivers of the physical kind. Only the virtual machines of
# scripts/vm have such to spare: eth1, cabled to far1, and eth2, cabled to far2.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	[ "$(uname -n)" = vethbpf-vm ] || skip "this machine's network cards are not for tests"
	# A packet socket sees frames of a batch out of order (__netif_receive_skb_list_core): no batches.
	sysctl -qw net.core.gro_normal_batch=1
	topology_up
	move 1 "$mid" eth1 end-a
	move 1 "$mid" eth2 end-b
	move 1 "$left" far1 far-a
	move 1 "$right" far2 far-b
	local place_of	# as wire.py has it
	for place_of in "$mid/end-a" "$mid/end-b" "$left/far-a" "$right/far-b"; do
		# Debian's default qdisc, fq_codel, keeps order within a flow only.
		tc -n "${place_of%/*}" qdisc replace dev "${place_of#*/}" root pfifo
		ip -n "${place_of%/*}" link set "${place_of#*/}" up
		wait_for is_running "${place_of%/*}" "${place_of#*/}"
	done
	# They take in nothing but what is addressed to them, unless told.
	ip -n "$left" link set far-a promisc on
	ip -n "$right" link set far-b promisc on
	place=([a]=$left/far-a [b]=$right/far-b) silent=([a]='' [b]='')
}

teardown() {
	[ "${mid-}" ] || return 0
	vb unpair end-a || true
	ip -n "$mid" link set end-b xdpgeneric off
	move "$mid" 1 end-a eth1
	move "$mid" 1 end-b eth2
	move "$left" 1 far-a far1
	move "$right" 1 far-b far2
	topology_down
}

# move FROM TO DEV NAME: a device to another namespace, by its name or a process in it, and renames it.
move() {
	local from=(ip)
	[ "$1" = 1 ] || from=(ip -n "$1")
	"${from[@]}" link set "$3" down
	"${from[@]}" link set "$3" netns "$2" name "$4"
}

# tells_features: this kernel tells which drivers have XDP.
tells_features() {
	kernel_is 6 3
}

# in_driver COUNT: how many of the ends have an XDP program in the driver.
in_driver() {
	[ "$(in_ns "$mid" bpftool -j net show | jq '[.[].xdp[] | select(.mode == "driver")] | length')" -eq "$1" ]
}

# bats test_tags=kernel
@test "auto takes native XDP from card to card, although they transmit only with a program on them" {
	tells_features || skip "this kernel does not tell which drivers have XDP"
	vb pair end-a end-b
	shows '[.a, .b | .datapath] == ["xdp", "xdp"]'
	in_driver 2
	crosses
	vb unpair end-a
	in_driver 0
}

# bats test_tags=kernel
@test "auto takes tc from card to card where the kernel does not tell of XDP" {
	! tells_features || skip "this kernel tells which drivers have XDP"
	vb pair end-a end-b
	shows '[.a, .b | .datapath] == ["tc", "tc"]'
	crosses
}

# bats test_tags=kernel
@test "XDP from card to card, on request" {
	vb pair end-a end-b datapath xdp
	if tells_features; then
		shows '[.a, .b | .datapath] == ["xdp", "xdp"]'
	else
		shows '[.a, .b | .datapath] == ["tc", "tc"]'
	fi
	crosses
}

@test "tc from card to card, on request" {
	vb pair end-a end-b datapath tc
	shows '[.a, .b | .datapath] == ["tc", "tc"]'
	crosses
}

# bats test_tags=kernel
@test "native XDP refused at one end: frames cross by tc both ways" {
	tells_features || skip "this kernel does not tell which drivers have XDP"
	ip -n "$mid" link set end-b xdpgeneric object "$OTHER" section xdp	# keeps native XDP out
	vb pair end-a end-b
	shows '[.a, .b | .datapath] == ["tc", "tc"]'
	in_driver 0
	crosses
}
