#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Other people's programs, filters and qdiscs stay on a cable's ends, in their order.
# shellcheck disable=SC2030,SC2031,SC2034,SC2153,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
	rm -rf "/sys/fs/bpf/$prefix-other"*
}

# attach_other POINT: somebody's tcx program on end-a, pinned so that it stays. Sets other, its id.
attach_other() {
	local pin=/sys/fs/bpf/$prefix-other
	[ -e "$pin-all" ] || bpftool prog loadall "$OTHER" "$pin-all"
	in_ns "$mid" "$here/tcx.py" attach "$pin-all/other_tc" end-a "$1" "$pin-$1"
	other=$(bpftool -j prog show pinned "$pin-all/other_tc" | jq .id)
}

# order POINT: the programs at a hook of end-a, by name, in the order in which they run.
order() {
	in_ns "$mid" "$here/tcx.py" show end-a "$1"
}

@test "programs go behind those that are there" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	attach_other ingress
	attach_other egress
	vb pair end-a end-b
	[ "$(order ingress)" = "other_tc vb_wire_rx" ]
	[ "$(order egress)" = "other_tc vb_wire_tx" ]
	crosses
	vb unpair end-a
	[ "$(order ingress)" = "other_tc" ]
	[ "$(order egress)" = "other_tc" ]
}

@test "a program that comes later stands behind ours, and stays" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	vb pair end-a end-b
	attach_other ingress
	[ "$(order ingress)" = "vb_wire_rx other_tc" ]
	crosses
	vb unpair end-a
	[ "$(order ingress)" = "other_tc" ]
}

@test "before puts them first" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	attach_other ingress
	attach_other egress
	vb pair end-a before end-b
	[ "$(order ingress)" = "vb_wire_rx other_tc" ]
	[ "$(order egress)" = "vb_wire_tx other_tc" ]
	crosses
	vb unpair end-a
	[ "$(order ingress)" = "other_tc" ]
}

# bats test_tags=kernel
@test "before and after a program of which the id is given" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	attach_other ingress
	vb pair end-a before "$other" end-b
	[ "$(order ingress)" = "vb_wire_rx other_tc" ]
	vb unpair end-a
	vb pair end-a after "$other" end-b
	[ "$(order ingress)" = "other_tc vb_wire_rx" ]
	crosses
}

@test "before a program that is not there is refused, and nothing changes" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	before=$(whole_state)
	run --separate-stderr -1 vb pair end-a before 4294967295 end-b
	[[ $stderr == "vethbpf: pair end-a end-b: end-a: attach vb_wire_rx by tcx: "* ]]
	unchanged_since "$before"
}

@test "a clsact filter of somebody's before ours sees the frames" {
	make_ends veth wire veth wire
	tc -n "$mid" qdisc add dev end-a clsact
	tc -n "$mid" filter add dev end-a ingress prio 5 handle 7 bpf direct-action \
		object-file "$OTHER" section tc
	VETHBPF_NO_TCX=1 vb pair end-a end-b
	crosses
	vb unpair end-a
	tc -n "$mid" -j filter show dev end-a ingress |
		jq -e '[.[] | select(.options.handle? == "0x7" and .pref == 5)] | length == 1'
	tc -n "$mid" -j qdisc show dev end-a | jq -e 'any(.[]; .kind == "clsact")'
}

@test "a qdisc of somebody's on a wire end carries what is transmitted there" {
	make_ends veth wire veth wire
	tc -n "$mid" qdisc add dev end-b root handle 5: pfifo limit 1000
	vb pair end-a end-b
	crosses
	vb unpair end-a
	tc -n "$mid" -s -j qdisc show dev end-b |
		jq -e ".[] | select(.handle == \"5:\") | .packets >= $(wc -l <"$FRAMES")"
}

# seen: how many frames somebody's XDP program on end-a has seen.
seen() {
	local map
	map=$(bpftool -j prog show name other_xdp | jq '[.] | flatten | .[0].map_ids[0]')
	bpftool -j map dump id "$map" | jq '.. | .other_seen? // empty'
}

other_xdp() {
	in_ns "$mid" "$here/xdp.py" "$@"
}

# bats test_tags=kernel
@test "an XDP program that is there, through libxdp, stays and sees every frame before ours" {
	make_xdp_ends
	other_xdp attach "$OTHER" end-a native
	[ "$(other_xdp show end-a)" != "alone other_xdp" ] ||
		skip "this kernel has one XDP program a device: it refuses freplace programs"
	vb pair end-a end-b datapath xdp
	[ "$(other_xdp show end-a)" = "other_xdp vb_wire_xdp" ]
	before=$(seen)
	crosses
	[ "$(($(seen) - before))" -eq "$(taken end-a | jq .a.frames)" ]
	vb unpair end-a
	[ "$(other_xdp show end-a)" = "other_xdp" ]
	other_xdp detach other_xdp end-a # libxdp pins what it attaches, also past the device's end
}

# bats test_tags=kernel
@test "an XDP program that comes later, through libxdp, runs before ours, and may go again" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	[ "$(other_xdp show end-a)" != "alone vb_wire_xdp" ] ||
		skip "this kernel has one XDP program a device: it refuses freplace programs"
	other_xdp attach "$OTHER" end-a native
	[ "$(other_xdp show end-a)" = "other_xdp vb_wire_xdp" ]
	shows '.state == "plugged"'
	before=$(seen)
	sent=$(wire cross "$FRAMES" "$left/far-a" "$right/far-b")
	[ "$(($(seen) - before))" -eq "$(jq .a.frames <<<"$sent")" ]
	other_xdp detach other_xdp end-a
	[ "$(other_xdp show end-a)" = "vb_wire_xdp" ]
	shows '.state == "plugged" and .a.hooks[-1].attached'
	wire cross "$FRAMES" "$left/far-a" "$right/far-b"
}

# bats test_tags=kernel
@test "an XDP end that is deleted leaves nothing of its dispatcher behind" {
	make_xdp_ends
	before=$(ls /sys/fs/bpf/xdp 2>/dev/null || true)
	vb pair end-a end-b datapath xdp
	[ "$(other_xdp show end-a)" != "alone vb_wire_xdp" ] ||
		skip "this kernel has one XDP program a device: it refuses freplace programs"
	[ "$(ls /sys/fs/bpf/xdp)" != "$before" ]
	ip -n "$mid" link del end-a
	vb unpair end-b
	[ "$(ls /sys/fs/bpf/xdp)" = "$before" ]
}
