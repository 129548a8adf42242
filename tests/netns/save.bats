#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Pairs as commands: saved, taken away, made again, the same.
# shellcheck disable=SC2030,SC2031,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	file=$BATS_TEST_TMPDIR/cables
}

teardown() {
	topology_down
}

# take_away: every pair there is.
take_away() {
	local dev
	for dev in $(vb -j list | jq -r '.[] | select(.a.side) | .a.dev'); do
		vb unpair "$dev" 2>/dev/null || vb del "$dev" || return
	done
	[ "$(vb -j list)" = "[]" ]
}

# states: all that list tells, but for the counts, and the names of anchors, which are new each time.
states() {
	vb -j list | jq -S 'map(del(.. | .taken?, .handed_over?, .age?, .ifindex?))' |
		sed -E 's/"vb[0-9a-f]{12}"/"anchor"/'
}

@test "nothing to save" {
	[ -z "$(vb save)" ]
}

@test "pairs with all their options: saved and restored, list is the same" {
	make_ends veth wire macvlan stack
	more_ends
	vb pair end-a open end-b datapath tc
	vb pair more-a side wire before more-b
	run -0 vb save
	if has_tcx; then
		[ "$output" = "pair end-a side wire open end-b side stack datapath tc
pair more-a side wire before more-b side stack" ]
	fi
	before=$(states)
	vb save >"$file"
	take_away
	vb -b "$file"
	diff <(echo "$before") <(states)
	[ "$(vb save)" = "$(<"$file")" ]
	vb show end-a
	crosses
}

@test "added pairs: names, namespaces, addresses, MTUs, options" {
	vb add eth-a netns "$left" address 02:00:00:00:00:0a mtu 9000 up peer eth-b netns "$right" gso 32768
	vb add eth-c address 02:00:00:00:00:0c peer eth-d address 02:00:00:00:00:0d
	ip -n "$left" link set eth-a name ren-a
	vb save >"$file"
	grep -x "add ren-a netns $left address 02:00:00:00:00:0a mtu 9000 up peer eth-b netns $right address .* mtu 1500 gso 32768" "$file"
	grep -x "add eth-c address 02:00:00:00:00:0c mtu 1500 peer eth-d address 02:00:00:00:00:0d mtu 1500" "$file"
	before=$(states)
	vb del eth-a # by the name it was given
	take_away
	vb -b "$file"
	diff <(echo "$before") <(states)
	[ "$(vb save)" = "$(<"$file")" ]
}

@test "lines that are true already do nothing; others that are not are refused" {
	make_ends veth wire veth wire
	more_ends
	vb pair end-a end-b
	vb add eth-a netns "$left" peer eth-b netns "$right"
	vb save >"$file"
	before=$(vb -j show | jq -S 'map(del(.. | .age?))')
	vb -b "$file"
	[ "$(vb -j show | jq -S 'map(del(.. | .age?))')" = "$before" ]
	run -1 --separate-stderr vb -b - <<<"pair end-b end-a datapath tc"
	[[ $stderr == "vethbpf: stdin:1: pair end-b end-a: end-b is already paired with end-a"* ]]
	run -1 --separate-stderr vb -b - <<<"pair end-a more-a"
	[[ $stderr == "vethbpf: stdin:1: pair end-a more-a: end-a is already paired with end-b"* ]]
	# On the command line, somebody means to make something.
	run -1 --separate-stderr vb pair end-a end-b
	[[ $stderr == "vethbpf: pair end-a end-b: end-a is already paired with end-b"* ]]
	# An endpoint of another pair is not the one that is meant.
	vb add eth-c netns "$left" peer eth-d netns "$right"
	run -1 --separate-stderr vb -b - <<<"add eth-a netns $left peer eth-d netns $right"
	[[ $stderr == *"a device of that name is there already"* ]]
}

@test "what cannot be made again is told, the rest is saved" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	vb add eth-a peer eth-b
	ip -n "$mid" link del eth-b
	run -1 --separate-stderr vb save
	[ "$output" = "pair end-a side wire end-b side wire" ]
	[ "$stderr" = "vethbpf: save: eth-a <-> eth-b cannot be made again: an end of it is gone" ]
}

@test "a pair whose device is away is saved by the name that it had" {
	make_ends veth wire veth wire
	vb pair end-a end-b
	ip -n "$mid" link set end-a netns "$left"
	[ "$(vb save)" = "pair end-a side wire end-b side wire" ]
}
