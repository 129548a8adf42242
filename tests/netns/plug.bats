#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The cable is pulled out and put back, one way or both.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # what lib.bash and bats set

load lib
load add

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# lost FROM OTHER: nothing that goes in at one place comes out at the other.
lost() {
	wire lost "$FRAMES" "$1" "$2"
}

# one_way FROM TO: what goes in here comes out there; nothing comes out here.
one_way() {
	wire cross --one-way "$FRAMES" "$1" "$2"
	lost "$2" "$1"
}

# pulled_and_put_back: the cable between end-a and end-b, in every direction.
pulled_and_put_back() {
	local count
	crosses
	count=$(wc -l <"$FRAMES")
	vb unplug end-a
	shows '.state == "unplugged" and .why == "nothing crosses either way"'
	lost "${place[a]}" "${place[b]}"
	lost "${place[b]}" "${place[a]}"
	shows ".a.taken.dropped.no_peer == $count and .b.taken.dropped.no_peer == $count"
	shows ".a.taken.frames == .b.taken.frames and .a.handed_over.frames == .b.handed_over.frames"

	vb plug end-b direction in
	shows '.state == "unplugged" and .why == "nothing crosses from end-b to end-a"'
	one_way "${place[a]}" "${place[b]}"
	vb plug end-b
	vb unplug end-b direction in
	shows '.state == "unplugged" and .why == "nothing crosses from end-a to end-b"'
	one_way "${place[b]}" "${place[a]}"

	vb plug end-a
	shows '.state == "plugged" and (has("why") | not)'
	wire cross "$FRAMES" "${place[a]}" "${place[b]}"
}

@test "two wires" {
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	pulled_and_put_back
}

@test "a stack and a wire: no frame of the local stack's own gets out meanwhile" {
	make_ends macvlan stack veth wire
	vb pair end-a end-b
	pulled_and_put_back
}

@test "datapath peer" {
	make_ends veth wire veth wire
	vb pair end-a end-b datapath peer
	pulled_and_put_back
}

@test "datapath xdp: in the driver again when it is back" {
	make_xdp_ends
	vb pair end-a end-b datapath xdp
	pulled_and_put_back
}

@test "hooks and devices are left alone, and what is so already is no error" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	before=$(whole_state)
	vb plug end-a
	vb unplug end-a direction out
	vb unplug end-b direction in
	vb unplug end-b direction in
	shows '.why == "nothing crosses from end-a to end-b"'
	unchanged_since "$before"
	vb plug end-b direction in
	shows '.state == "plugged"'
	unchanged_since "$before"
}

@test "endpoints, by their names" {
	add_apart
	with_ipv4
	pings
	vb unplug eth-b
	run ! in_ns "$left" ping -q -c 1 -W 0.2 192.0.2.2
	[[ $(vb list) == *" state unplugged "* ]]
	vb plug eth-a
	pings
}

@test "a name that several endpoints have: refused, and what else cannot be meant" {
	vb add eth0 netns "$left" peer eth0 netns "$right"
	run -1 --separate-stderr vb unplug eth0 direction in
	[[ $stderr == "vethbpf: unplug eth0: both ends have this name, so there is no in and out"* ]]
	vb unplug eth0
	[[ $(vb list) == *" state unplugged "* ]]
	vb plug eth0
	vb add eth0 netns "$mid" peer other netns "$left"
	ip -n "$mid" link set eth0 name renamed
	run -1 --separate-stderr vb unplug eth0
	[[ $stderr == "vethbpf: unplug eth0: several endpoints were made with this name"* ]]
	vb unplug renamed
	[ "$(vb -j list | jq -c 'map(.state) | sort')" = '["plugged","unplugged"]' ]
}

@test "a device that is no end" {
	make_ends veth wire veth wire
	refuses 1 "vethbpf: unplug end-a: end-a is not paired
         \`vethbpf list\` shows the pairs there are" vb unplug end-a
}

@test "a cable that is broken" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	ip -n "$mid" link del end-b
	refuses 1 "vethbpf: plug end-a: the cable is broken: end-b is gone or in another namespace
         \`vethbpf check\` says what can be done" vb plug end-a
}

@test "check and monitor tell of it, save keeps it, unpair ends it" {
	events=$BATS_TEST_TMPDIR/events
	"$vethbpf" -n "$mid" -j monitor >"$events" 3>&- &
	pids+=($!)
	make_ends veth wire veth wire
	vb pair end-a end-b
	wait_for eval 'ip -n "$mid" link set end-a down; ip -n "$mid" link set end-a up; grep -q "\"up\"" "$events"'
	vb unplug end-a direction out
	wait_for grep '"unplugged"' "$events"
	run -1 vb -j check
	jq -e '.findings[] | select(.code == "unplugged" and .subject == "end-a end-b")' <<<"$output"
	[ "$(vb save)" = "pair end-a side wire end-b side wire
unplug end-a direction out" ]
	vb save >"$BATS_TEST_TMPDIR/saved"
	vb unpair end-a
	vb -b "$BATS_TEST_TMPDIR/saved"
	shows '.why == "nothing crosses from end-a to end-b"'
	vb unpair end-a
	vb pair end-a end-b
	crosses
}
