#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# check: what is wrong with a pair, and that what it advises puts it right.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# findings [DEV]: those about devices, not the kernel: "level code subject" a line.
findings() {
	vb -j check "$@" | jq -r '.findings[] | select(.subject != "kernel") |
		"\(.level) \(.code) \(.subject)"'
}

# finds FINDING: just this is wrong, and the exit status says so; as text, it has a remedy.
finds() {
	run -1 --separate-stderr vb check
	[ -z "$stderr" ]
	[[ $output == *$'\nwrong: '*$'\n    remedy: '* ]]
	diff <(echo "$1") <(findings)
}

@test "nothing is wrong: exit status 0" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	run -0 vb check
	[[ ${lines[0]} == "kernel $(uname -r) lockdown "* ]]
	[[ ${lines[-1]} == "nothing is wrong" ]]
	[ -z "$(findings)" ]
	vb -j check | jq -e '.kernel.privileges and .kernel.xdp and .wrong == false and .pairs == 1'
}

# bats test_tags=kernel
@test "what this kernel can do" {
	vb -j check | jq -e --argjson tcx "$(has_tcx && echo true || echo false)" '.kernel.tcx == $tcx'
	VETHBPF_NO_TCX=1 vb -j check | jq -e '.kernel.tcx == false and
		any(.findings[]; .code == "tcx" and .level == "note")'
}

# do_as_advised CODE: runs the command that the remedy of the one finding begins with.
do_as_advised() {
	local remedy
	remedy=$( (vb -j check || true) | jq -er ".findings[] | select(.code == \"$1\").remedy")
	remedy=${remedy%%,*}
	echo "advised: $remedy"
	# shellcheck disable=SC2086 # the words of a command
	in_ns "$mid" ${remedy/#vethbpf/$vethbpf}
}

@test "what is advised helps" {
	make_ends veth wire bridge stack
	ip -n "$mid" link add hub type bridge
	vb pair end-a end-b
	vb add eth-a netns "$left" peer eth-b up
	ip -n "$left" link set eth-a up
	wait_for is_running "$left" eth-a

	ip -n "$mid" link set end-a down
	do_as_advised down
	ip -n "$left" link set eth-a down
	do_as_advised down
	ip -n "$mid" link set end-b mtu 1400
	do_as_advised mtu
	ip -n "$left" link set eth-a mtu 1400
	do_as_advised mtu
	ip -n "$mid" link set end-a master hub
	do_as_advised enslaved
	vb unplug end-b
	do_as_advised unplugged
	in_ns "$mid" sysctl -qw net.ipv4.conf.end-b.rp_filter=1 net.ipv4.conf.end-b.forwarding=1
	do_as_advised rp_filter
	do_as_advised forwarding
	wait_for is_running "$mid" end-a
	wait_for is_running "$left" eth-a
	[ -z "$(findings)" ]
	crosses --mtu 1400
	ip -n "$left" link del eth-a
	(vb -j check || true) | jq -e '.findings[] | select(.code == "endpoint_gone").remedy == "vethbpf gc takes the rest away"'
	vb gc
	[ -z "$(findings)" ]
}

@test "an end that is down" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	ip -n "$mid" link set end-a down
	finds "wrong down end-a"
	ip -n "$mid" link set end-a up
	wait_for is_running "$mid" end-a
	[ -z "$(findings)" ]
}

@test "a wire without a carrier" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	ip -n "$left" link set far-a down
	finds "wrong no_carrier end-a"
}

@test "MTUs that are unlike, of the pair asked about alone" {
	make_ends veth wire macvlan stack
	more_ends
	vb pair end-a end-b
	vb pair more-a more-b
	ip -n "$mid" link set more-a up
	ip -n "$mid" link set more-b up
	ip -n "$mid" link set end-b mtu 1400
	finds "wrong mtu end-a end-b"
	[ "$(findings end-b)" = "wrong mtu end-a end-b" ]
	run -0 vb check more-a
}

@test "an end that was moved, and one that is gone" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	ip -n "$mid" link set end-a netns "$right"
	finds "wrong end_moved end-a"
	run -1 vb check
	[[ $output == *"it is in another network namespace now"*"; a device of its name is in "* ]]
	ip -n "$right" link del end-a
	finds "wrong end_gone end-a"
}

@test "a hook that was taken away" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	rm "$panel/link/$(ifindex end-a)_vb_wire_rx"
	finds "wrong hook_missing end-a"
	vb unpair end-a
	vb pair end-a end-b
	[ -z "$(findings)" ]
}

@test "a hook whose place somebody else has taken" {
	make_ends veth wire macvlan stack
	VETHBPF_NO_TCX=1 vb pair end-a end-b
	tc -n "$mid" filter del dev end-a ingress pref 65534
	in_ns "$mid" tc filter add dev end-a ingress pref 65534 handle 1 bpf direct-action \
		object-pinned "$panel/prog/vb_stack_tx"
	finds "wrong hook_replaced end-a"
}

@test "XDP towards a veth whose other end does not poll" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	[ -z "$(findings)" ]
	in_ns "$right" ethtool -K far-b gro off
	finds "wrong no_napi end-b"
	remedy=$(vb -j check | jq -r '.findings[] | select(.code == "no_napi").remedy') || true
	[ "$remedy" = "ip netns exec $right ethtool -K far-b gro on, or pair them with datapath tc" ]
	eval "${remedy%%,*}"
	[ -z "$(findings)" ]
}

@test "rp_filter and forwarding at side stack are noted, and nothing is wrong" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	in_ns "$mid" sysctl -qw net.ipv4.conf.end-b.rp_filter=1 net.ipv4.conf.end-b.forwarding=1
	in_ns "$mid" sysctl -qw net.ipv4.conf.end-a.rp_filter=1 net.ipv4.conf.end-a.forwarding=1
	run -0 vb check
	diff <(printf '%s\n' "note rp_filter end-b" "note forwarding end-b") <(findings)
}

@test "a device: what it can do, and what it would get" {
	make_ends veth wire macvlan stack
	vb -j check end-a | jq -e '.device | .dev == "end-a" and .kind == "veth" and .side == "wire" and
		(.datapath | . == "tc" or . == "peer") and .reason != ""'
	vb -j check end-b | jq -e '.device | .side == "stack" and .datapath == "tc"'
	run -0 vb check end-a
	[[ $output == *"device end-a kind veth"*"paired with a device like it: side wire datapath "* ]]
}

@test "a device that can be no end" {
	run -1 vb check lo
	[[ $output == *"wrong: lo: lo is a loopback device"* ]]
	refuses 1 "vethbpf: check nobody: no such device, and no such end" vb check nobody
}

@test "without privileges it says which are missing" {
	run -1 in_ns "$mid" setpriv --bounding-set=-all "$vethbpf" check
	[[ $output == *"wrong: kernel: missing privilege: CAP_NET_ADMIN"*"remedy: run it as root"* ]]
}
