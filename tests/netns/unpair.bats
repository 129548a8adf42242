#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# unpair: the devices are left as they were found, and what others have on them stays.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

@test "pair, unpair by the first end, pair again, unpair by the second" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	crosses
	vb unpair end-a
	wire lost "$FRAMES" "${place[a]}" "${place[b]}"
	wire lost "$FRAMES" "${place[b]}" "${place[a]}"
	vb pair end-a end-b
	crosses
	vb unpair end-b
	wire lost "$FRAMES" "${place[a]}" "${place[b]}"
	[ "$(vb -j list)" = "[]" ]
}

@test "the last unpair removes the panel, an earlier one does not" {
	make_ends veth wire veth wire
	more_ends
	vb pair end-a end-b
	vb pair more-a more-b
	vb unpair end-a
	[ -d "$panel" ]
	vb unpair more-b
	[ ! -e "$panel" ]
}

# unchanged KIND SIDE KIND SIDE METHODS [WORD...]: pair and unpair leave no trace on such devices,
# also not when done again.
unchanged() {
	local before end
	[ "${place[a]-}" ] || make_ends "$1" "$2" "$3" "$4"
	before=$(whole_state)
	for end in end-a end-b; do
		vb pair end-a side "$2" end-b side "$4" "${@:6}"
		[ "$(methods)" = "$5" ]
		[ "$(whole_state)" != "$before" ]
		vb unpair "$end"
		unchanged_since "$before"
	done
}

# bats test_tags=kernel
@test "unpair leaves devices as they were: tcx" {
	has_tcx || skip "this kernel has no tcx"
	unchanged veth wire macvlan stack tcx
}

# bats test_tags=kernel
@test "unpair leaves devices as they were: clsact" {
	VETHBPF_NO_TCX=1 unchanged veth wire macvlan stack clsact
}

@test "unpair leaves devices as they were: xdp" {
	make_xdp_ends
	unchanged veth wire veth wire "$(tc_method) xdp" datapath xdp
}

@test "unpair leaves devices as they were: generic xdp where native could be" {
	unchanged veth wire veth wire "$(tc_method) xdpgeneric" datapath xdp
}

@test "unpair gives an ifb back without ARP" {
	unchanged ifb stack ifb stack "$(tc_method)"
}

# bats test_tags=kernel
@test "unpair gives a dummy back without ARP and multicast" {
	unchanged dummy stack dummy stack "$(tc_method)"
}

@test "unpair takes a wire end out of promiscuous mode" {
	unchanged bridge wire veth wire "$(tc_method)"
}

@test "unpair leaves flags alone that were set before" {
	make_ends ifb stack bridge wire
	ip -n "$mid" link set end-a arp on
	ip -n "$mid" link set end-b promisc on
	before=$(whole_state)
	vb pair end-a end-b side wire
	vb unpair end-b
	unchanged_since "$before"
}

# Other people's

# filters DEV: somebody's program at both hooks.
add_filters() {
	tc -n "$mid" qdisc add dev "$1" clsact
	tc -n "$mid" filter add dev "$1" ingress prio 7 bpf da obj "$OTHER" sec tc
	tc -n "$mid" filter add dev "$1" egress prio 7 bpf da obj "$OTHER" sec tc
}

@test "somebody's clsact qdisc and filters stay, and frames cross" {
	make_ends veth wire macvlan stack
	add_filters end-a
	tc -n "$mid" qdisc add dev end-b clsact
	before=$(whole_state)
	for VETHBPF_NO_TCX in 0 1; do
		export VETHBPF_NO_TCX
		vb pair end-a end-b
		crosses
		vb unpair end-a
		unchanged_since "$before"
	done
}

@test "a filter that somebody adds while the pair is there stays, with its clsact qdisc" {
	make_ends veth wire macvlan stack
	VETHBPF_NO_TCX=1 vb pair end-a end-b
	tc -n "$mid" filter add dev end-a ingress prio 7 bpf da obj "$OTHER" sec tc
	vb unpair end-a
	[ "$(tc -n "$mid" -j qdisc show dev end-a clsact | jq length)" -eq 1 ]
	[ "$(tc -n "$mid" -j filter show dev end-a ingress | jq 'map(select(.options.handle)) | length')" -eq 1 ]
	[ "$(tc -n "$mid" -j qdisc show dev end-b clsact | jq length)" -eq 0 ]
}
