#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Devices that leave: the pair is broken, and no frame reaches a wrong one.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

@test "a device is deleted: the pair is broken, frames for it are dropped and counted" {
	make_ends veth wire macvlan stack
	before=$(ip -n "$mid" -d -j link show end-a)
	vb pair end-a end-b
	ip -n "$mid" link del end-b
	shows '.state == "broken" and .why == "end-b is gone or in another namespace"'
	shows '.a.present and (.b.present | not) and .b.dev == "end-b"'
	[[ $(vb list) == "end-a wire <-> end-b stack state broken "* ]]
	[[ $(vb show) == *"broken: end-b is gone or in another namespace"* ]]
	# What reached the lower device as well would be seen at far-b.
	nothing_passes "$right/far-b"
	vb -j show end-b | jq -e 'length == 1'
	vb unpair end-b
	[ ! -e "$panel" ]
	[ "$(ip -n "$mid" -d -j link show end-a)" = "$before" ]
}

@test "both devices are deleted: unpair cleans up by a name of old" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	ip -n "$mid" link del end-a
	ip -n "$mid" link del end-b
	[[ $(vb list) == "end-a wire <-> end-b wire state broken "* ]]
	vb unpair end-a
	[ ! -e "$panel" ]
}

@test "a device is moved to another namespace: it is a plain device there" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	ip -n "$mid" link set end-b netns "$left"
	ip -n "$left" link set end-b up
	wait_for is_running "$left" end-b
	shows '.state == "broken" and .why == "end-b is gone or in another namespace"'
	nothing_passes "$right/far-b" "$left/end-b"
	# Its frames go to its own stack, and come from there.
	wire cross "$FRAMES" "$right/far-b" "$left/end-b" "$left/far-a"
	vb unpair end-a
	[ ! -e "$panel" ]
	wire cross "$FRAMES" "$right/far-b" "$left/end-b" "$left/far-a"
}

@test "a device is moved away and back: the cable stays broken until it is paired again" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	index=$(ifindex end-b)
	ip -n "$mid" link set end-b netns "$left"
	ip -n "$left" link set end-b netns "$mid" index "$index" 2>/dev/null ||
		ip -n "$left" link set end-b netns "$mid"
	ip -n "$mid" link set end-b up
	wait_for is_running "$right" far-b
	shows '.state == "broken"'
	nothing_passes "$right/far-b"
	vb pair end-a end-b
	shows '.state == "plugged"'
	crosses
}

@test "a device is deleted and made again under its name: pair plugs it in" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	ip -n "$mid" link del end-b
	ip -n "$mid" link add end-b link low-b type macvlan mode passthru
	ip -n "$mid" link set end-b up
	shows '.state == "broken" and .why == "end-b is gone or in another namespace"'
	nothing_passes "$right/far-b" "$mid/end-b"
	vb pair end-a end-b
	shows '.state == "plugged"'
	[ "$(vb -j list | jq length)" -eq 1 ]
	crosses
	vb unpair end-b
	[ ! -e "$panel" ]
}

# bats test_tags=kernel
@test "another device gets the ifindex of a deleted one: it is no end" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	index=$(ifindex end-b)
	ip -n "$mid" link del end-b
	ip -n "$mid" link add other index "$index" type veth peer name far-other netns "$right"
	ip -n "$mid" link set other up
	ip -n "$right" link set far-other up
	wait_for is_running "$right" far-other
	[ "$(ifindex other)" -eq "$index" ]
	shows '.state == "broken" and .why == "end-b is gone or in another namespace"'
	nothing_passes "$right/far-other" "$mid/other"
	# What it receives is for the local stack.
	wire cross "$FRAMES" "$right/far-other" "$mid/other" "$left/far-a"
	run -1 vb unpair other
	[[ $output == *"other is not paired"* ]]
	before=$(ip -n "$mid" -d -j link show other)
	vb unpair end-b
	[ ! -e "$panel" ]
	[ "$(ip -n "$mid" -d -j link show other)" = "$before" ]
}

@test "another device with the same name and ifindex is not plugged in by itself" {
	make_ends veth wire macvlan stack
	vb pair end-a end-b
	index=$(ifindex end-b)
	ip -n "$mid" link del end-b
	ip -n "$mid" link add end-b index "$index" link low-b type macvlan mode passthru
	ip -n "$mid" link set end-b up
	shows '.state == "broken"'
	nothing_passes "$right/far-b" "$mid/end-b"
	vb unpair end-b
	vb pair end-a end-b
	crosses
}

@test "a device in another namespace has the ifindex of a deleted one: it gets nothing" {
	index=1000
	make_end a veth
	ip -n "$mid" link add end-b up index $index type bridge
	vb pair end-a end-b
	ip -n "$mid" link del end-b
	ip -n "$left" link add other index "$index" type veth peer name far-other
	ip -n "$left" link set other up
	ip -n "$left" link set far-other up
	wait_for is_running "$left" other
	nothing_passes "$left/far-other" "$left/other"
	vb unpair end-a
	[ ! -e "$panel" ]
}
