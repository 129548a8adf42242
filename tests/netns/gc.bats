#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# gc takes away what a namespace that was deleted left behind, and nothing else.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	make_ends veth wire veth wire
	vb pair end-a end-b
}

teardown() {
	topology_down
}

@test "gc removes the panel of a namespace that is gone" {
	ip netns del "$mid"
	# The kernel takes a namespace down in its own time, with its devices and their map entries.
	wait_for eval "! bpftool -j map dump pinned $panel/peers | jq -e '.[0]'"
	[ -d "$panel" ]
	# What a loader leaves that is killed while it builds a panel, or takes it apart.
	mkdir "$panel-new" "$panel-old"
	"$vethbpf" gc
	[ -z "$(find "$panel"* 2>/dev/null)" ]
}

@test "gc leaves the panels of living namespaces alone" {
	before=$(whole_state)
	"$vethbpf" gc
	"$vethbpf" -n "$left" gc
	vb gc
	unchanged_since "$before"
	crosses
}

@test "gc does not mind a name under /run/netns that is no namespace" {
	# As `ip netns add` leaves it for a moment, and as one that was killed leaves it for good.
	: >"/run/netns/$prefix-name"
	run --separate-stderr "$vethbpf" gc
	rm "/run/netns/$prefix-name"
	echo "$stderr"
	[ "$status" -eq 0 ] && [ -z "$stderr" ]
}

@test "gc leaves a namespace alone that has no name and no process" {
	# A descriptor alone keeps it.
	exec 9<"/run/netns/$mid"
	ip netns del "$mid"
	"$vethbpf" gc
	[ -d "$panel" ]
	wire cross "$FRAMES" "$left/far-a" "$right/far-b"
	exec 9<&-
}

@test "gc passes over a name that has no namespace behind it" {
	# So it looks between `ip netns add` making the file and the namespace being mounted on it.
	ip netns del "$mid"
	wait_for eval "! bpftool -j map dump pinned $panel/peers | jq -e '.[0]'"
	touch "/run/netns/$mid"
	"$vethbpf" gc
	rm "/run/netns/$mid"
	[ ! -e "$panel" ]
}
