#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# What list and show tell of pairs, also of those that somebody has tampered with; what bpftool tells.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# A pair that is well

@test "no pairs: nothing as text, an empty list as JSON" {
	[ -z "$(vb list)" ]
	[ -z "$(vb show)" ]
	[ "$(vb -j list)" = "[]" ]
	[ "$(vb -j show)" = "[]" ]
	[ ! -e "$panel" ]
}

@test "list: a line for each pair, in the order of their making" {
	make_ends veth wire macvlan stack
	more_ends
	vb pair more-a side wire more-b
	vb pair end-a end-b
	run -0 vb list
	[[ ${lines[0]} == "more-a wire <-> more-b stack state plugged datapath "* ]]
	[[ ${lines[1]} == "end-a wire  <-> end-b stack  state plugged datapath "* ]]
	[ ${#lines[@]} -eq 2 ]
	vb -j list | jq -e --argjson a "$(ifindex end-a)" --argjson b "$(ifindex end-b)" '
		length == 2 and .[0].a.dev == "more-a" and .[1].state == "plugged" and
		(.[1].a | .dev == "end-a" and .ifindex == $a and .side == "wire") and
		(.[1].b | .dev == "end-b" and .ifindex == $b and .side == "stack")'
}

@test "show as text: both ends, their hooks and counts" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	run -0 vb show
	[[ ${lines[0]} == "end-a wire <-> end-b stack state plugged datapath "*" age "* ]]
	[[ $output == *"end-a: ifindex $(ifindex end-a) side wire kind veth mtu 1500 up carrier on address "* ]]
	[[ $output == *"hook vb_wire_rx by $(tc_method) prog "* ]]
	[[ $output == *"end-b: ifindex $(ifindex end-b) side stack kind macvlan mtu 1500 up carrier on address "* ]]
	[[ $output == *"hook vb_stack_tx by $(tc_method) prog "* ]]
	[[ $output == *"taken 0 frames 0 bytes, handed over 0 frames 0 bytes"* ]]
	[[ $output == *"state in $panel"* ]]
}

@test "show as JSON: devices, hooks, counts, the panel" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	address=$(ip -n "$mid" -j link show dev end-a | jq -r '.[0].address')
	shows '.state == "plugged" and has("why") == false and .age >= 0 and .age < 60'
	shows ".panel == \"$panel\""
	shows ".a.address == \"$address\" and .a.kind == \"veth\" and .a.mtu == 1500"
	shows '.a.present and .a.up and .a.carrier and .a.operstate == "up" and .b.kind == "macvlan"'
	hooked a vb_wire_rx
	hooked b vb_stack_tx
	shows '[.a, .b | .hooks[].attached] | all'
	shows '.a.taken.frames == 0 and .a.taken.bytes == 0 and (.a.taken.dropped | add) == 0'
}

@test "-j is one line, -p many, of the same" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	[ "$(vb -j list | wc -l)" -eq 1 ]
	[ "$(vb -p list | wc -l)" -gt 10 ]
	[ "$(vb -j list | jq -S .)" = "$(vb -p list | jq -S .)" ]
	[ "$(vb --json list)" = "$(vb -j list)" ]
}

@test "show DEV: the pair of either end, and no other" {
	make_ends veth wire veth wire
	more_ends
	vb pair end-a end-b
	vb pair more-a more-b
	[ "$(vb -j show | jq length)" -eq 2 ]
	for dev in end-a end-b; do
		vb -j show "$dev" | jq -e 'length == 1 and .[0].a.dev == "end-a" and .[0].b.dev == "end-b"'
	done
}

@test "show as text tells what was handed over" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	wire cross "$FRAMES" "${place[a]}" "${place[b]}"
	took=$(vb -j show end-a | jq -r '.[0].a.taken | "taken \(.frames) frames \(.bytes) bytes"')
	gave=$(vb -j show end-a | jq -r '.[0].b.taken | "handed over \(.frames) frames \(.bytes) bytes"')
	[[ $(vb show end-a) == *"$took, $gave"* ]]
}

@test "a device that is renamed stays an end, under its new name" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	ip -n "$mid" link set end-b down
	ip -n "$mid" link set end-b name fresh-b
	ip -n "$mid" link set fresh-b up
	place[b]=$mid/fresh-b
	[[ $(vb list) == "end-a wire <-> fresh-b stack state plugged "* ]]
	crosses
	ip -n "$mid" link add more-a type bridge
	run -1 vb pair more-a fresh-b
	[[ $output == *"fresh-b is already paired with end-a"* ]]
	run -1 vb show end-b
	vb unpair fresh-b
	[ ! -e "$panel" ]
}

# bpftool

@test "bpftool reads peers, programs and links by their pins" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	a=$(ifindex end-a) b=$(ifindex end-b)
	# A device map has no BTF: the kernel refuses it.
	hex=$(printf 'key: %02x 00 00 00  value: %02x 00 00 00\n' "$a" "$b" "$b" "$a" | sort)
	[ "$(bpftool map dump pinned "$panel/peers" | grep key: | sort)" = "$hex" ]
	bpftool -j map dump pinned "$panel/ports" | jq -e --argjson a "$a" --argjson b "$b" '
		map(.formatted) | length == 2 and
		any(.key == $a and .value.peer == $b) and any(.key == $b and .value.peer == $a)'
	bpftool -j map dump pinned "$panel/counters_0" | jq -e '.[0].formatted.values[0].value | has("frames")'
	for prog in vb_wire_rx vb_stack_tx; do
		bpftool -j prog show pinned "$panel/prog/$prog" | jq -e --arg name $prog '
			.name == $name and .type == "sched_cls" and has("btf_id")'
	done
}

@test "bpftool reads tcx links by their pins" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	id=$(bpftool -j link show pinned "$panel/link/$(ifindex end-a)_vb_wire_rx" | jq .id)
	[ "$(hooked a vb_wire_rx | jq .link_id)" -eq "$id" ]
	prog=$(bpftool -j prog show pinned "$panel/prog/vb_wire_rx" | jq .id)
	[ "$(hooked a vb_wire_rx | jq .prog_id)" -eq "$prog" ]
}

# Hooks and entries that others take away

@test "a tcx link is unpinned by hand: the pair is broken" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	vb pair end-a end-b
	rm "$panel/link/$(ifindex end-b)_vb_wire_rx"
	shows '.state == "broken" and .why == "end-b lacks its hook vb_wire_rx (tcx)"'
	hooked a vb_wire_rx
	! hooked b vb_wire_rx || false
	[[ $(vb show) == *"hook vb_wire_rx by tcx MISSING"* ]]
	vb unpair end-b
	[ ! -e "$panel" ]
}

@test "pair puts back the hook that a cable lacks, between the same two ends alone" {
	has_tcx || skip "this kernel has no tcx"
	make_ends veth wire veth wire
	ip -n "$mid" link add end-c type veth peer name far-c
	vb pair end-a end-b
	rm "$panel/link/$(ifindex end-b)_vb_wire_rx"
	refuses 1 "vethbpf: pair end-a end-c: end-a is already paired with end-b
         to take that cable away: vethbpf unpair end-a" vb pair end-a end-c
	vb pair end-a end-b
	crosses
}

@test "a filter is deleted by hand: the pair is broken" {
	export VETHBPF_NO_TCX=1
	make_ends veth wire veth wire
	vb pair end-a end-b
	tc -n "$mid" filter del dev end-b ingress
	shows '.state == "broken" and .why == "end-b lacks its hook vb_wire_rx (clsact)"'
	vb unpair end-a
	[ ! -e "$panel" ]
	[ -z "$(tc -n "$mid" -j qdisc show | jq '.[] | select(.kind == "clsact")')" ]
}

@test "an XDP program is taken off by hand: the pair is broken" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	ip -n "$mid" link set end-b xdp off
	shows '.state == "broken" and .why == "end-b lacks its hook vb_wire_xdp (xdp)"'
	vb unpair end-a
	[ ! -e "$panel" ]
}

@test "an XDP program is replaced by somebody's: pair leaves that, and what there is of the cable" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	ip -n "$mid" link set end-b xdp off
	ip -n "$mid" link set end-b xdpgeneric object "$OTHER" section xdp
	run -1 --separate-stderr vb pair end-a end-b
	[[ $stderr == "vethbpf: pair end-a end-b: end-b: attach vb_wire_xdp"* ]]
	shows '.state == "broken" and ([.b.hooks[] | select(.attached | not)] | length == 1)'
	ip -n "$mid" link set end-b xdpgeneric off
	vb pair end-a end-b
	shows '.state == "plugged"'
	crosses
}

@test "an entry of peers is deleted by hand: the pair is broken, frames are dropped and counted" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	bpftool map delete pinned "$panel/peers" key "$(ifindex end-a)" 0 0 0
	shows '.state == "broken" and .why == "end-a has lost its entry in peers"'
	nothing_passes "$right/far-b"
}

@test "a broken pair is taken away and made anew in one go, every time" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	for _ in {1..20}; do
		bpftool map delete pinned "$panel/peers" key "$(ifindex end-b)" 0 0 0
		vb pair end-a end-b
	done
	crosses
}

@test "a pair that was cut short is incomplete: frames pass by, pair finishes it" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	# As they are before the last step: the ends name nobody.
	for dev in end-a end-b; do
		index=$(ifindex "$dev")
		bpftool -j map lookup pinned "$panel/ends" key "$index" 0 0 0 | jq -r '.value[]' >"$BATS_TEST_TMPDIR/end"
		mapfile -t bytes <"$BATS_TEST_TMPDIR/end"
		bytes[4]=0
		bpftool map update pinned "$panel/ends" key "$index" 0 0 0 value "${bytes[@]}"
	done
	shows '.state == "incomplete"'
	wire cross "$FRAMES" "${place[a]}" "$mid/end-a" "${place[b]}"
	wire cross "$FRAMES" "${place[b]}" "$mid/end-b" "${place[a]}"
	vb pair end-a end-b
	shows '.state == "plugged"'
	crosses
}

# Many

@test "210 pairs: each carries its own frames, and counts them" {
	# An end a bridge device: one device an end, and no other end that could see what is not for it.
	for i in {1..420}; do
		echo "link add dev n$i up type bridge mcast_snooping 0"
	done | ip -n "$mid" -batch -
	for ((i = 1; i < 420; i += 2)); do
		vb pair "n$i" "n$((i + 1))"
		echo "n$i n$((i + 1)) $((i % 5 + 1))"
		echo "n$((i + 1)) n$i $((i % 3))"
	done >"$BATS_TEST_TMPDIR/pairs"
	[ "$(find "$panel" -name 'counters_*' | wc -l)" -eq 7 ]
	wire spray "$BATS_TEST_TMPDIR/pairs" "$mid"

	vb -j show >"$BATS_TEST_TMPDIR/show"
	jq -e 'length == 210 and all(.state == "plugged" and (.a.taken.dropped | add) == 0)' "$BATS_TEST_TMPDIR/show"
	diff <(awk '{ print $1, $3, $3 * 78 }' "$BATS_TEST_TMPDIR/pairs") \
		<(jq -r '.[] | .a, .b | "\(.dev) \(.taken.frames) \(.taken.bytes)"' "$BATS_TEST_TMPDIR/show")

	# Slots are given back: a new pair begins at zero, in no further chunk.
	vb unpair n1
	vb pair n1 n2
	vb -j show n1 | jq -e '.[0].a.taken.frames == 0 and .[0].b.taken.frames == 0'
	[ "$(find "$panel" -name 'counters_*' | wc -l)" -eq 7 ]
	[ "$(vb list | wc -l)" -eq 210 ]
}
