#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# add, del, gc: pairs of devices are made and taken away, wholly, wherever they have got to.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib
load add

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# devices NETNS: their names, without lo.
devices() {
	ip -n "$1" -j link show | jq -r '[.[].ifname] - ["lo"] | sort | join(" ")'
}

# nothing_left: neither devices nor a panel.
nothing_left() {
	local ns
	for ns in "$left" "$mid" "$right"; do
		[ -z "$(devices "$ns")" ] || { devices "$ns"; return 1; }
	done
	[ ! -e "$panel" ]
}

@test "add makes both devices where and as they are told" {
	vb add eth-a netns "$left" address 02:00:00:00:00:0a mtu 9000 up peer eth-b netns "$right"
	[ "$(devices "$left")" = eth-a ]
	[ "$(devices "$right")" = eth-b ]
	ip -n "$left" -j link show eth-a |
		jq -e '.[0] | .address == "02:00:00:00:00:0a" and .mtu == 9000 and (.flags | index("UP"))'
	ip -n "$right" -j link show eth-b | jq -e '.[0] | .mtu == 1500 and (.flags | index("UP") | not)'
}

@test "a namespace is a name, a path or a process id" {
	unshare --net sleep 100 3>&- &
	pids+=($!)
	wait_for test ! /proc/$!/ns/net -ef /proc/self/ns/net
	vb add eth-a netns "/run/netns/$left" peer eth-b netns $!
	[ "$(devices "$left")" = eth-a ]
	nsenter --net="/proc/$!/ns/net" ip link show eth-b
}

@test "without a namespace both devices are made in the panel's" {
	vb add eth-a up peer eth-b up
	wait_for is_running "$mid" eth-a
	wait_for is_running "$mid" eth-b
	frames_cross "$mid/eth-a" "$mid/eth-b"
}

# bats test_tags=kernel
@test "frames of every sort cross from endpoint to endpoint, unchanged, both ways" {
	add_apart
	frames_cross "$left/eth-a" "$right/eth-b"
}

@test "the names of anchors never collide, and tell whose they are" {
	local i
	for i in 1 2 3 4 5; do
		vb add "a$i" peer "b$i"
	done
	ip -n "$mid" -j link show | jq -e '[.[] | select(.ifname | startswith("vb")) | .ifalias] | sort ==
		[("a", "b") as $x | ("1", "2", "3", "4", "5") as $i | "vethbpf: anchor of \($x)\($i)"]'
}

@test "a name that is taken: nothing is made" {
	ip -n "$right" link add eth-b type bridge
	refuses 1 "vethbpf: add eth-a peer eth-b: eth-b in netns $right: a device of that name is there already" \
		vb add eth-a netns "$left" peer eth-b netns "$right"
	[ -z "$(devices "$left")" ]
	[ "$(devices "$mid")" = '' ]
}

@test "the same name twice: nothing is made" {
	refuses 1 "vethbpf: add eth-a peer eth-a: eth-a: a device of that name is there already" \
		vb add eth-a peer eth-a
	nothing_left
}

@test "a namespace that is not there: nothing is made" {
	refuses 1 "vethbpf: add eth-a peer eth-b: netns \"$prefix-none\": No such file or directory
         \`ip netns\` lists the named ones; a path or a process id will do as well" \
		vb add eth-a peer eth-b netns "$prefix-none"
	nothing_left
}

@test "list and show speak of endpoints by name and namespace" {
	vb add eth-a netns "$left" up peer eth-b up
	run -0 vb list
	[[ $output == "eth-a endpoint netns $left <-> eth-b endpoint state plugged datapath tc "* ]]
	vb -j list | jq -e --arg left "$left" '.[0] | .a.dev == "eth-a" and .a.netns == $left and
		.b.dev == "eth-b" and (.b | has("netns") | not) and .state == "plugged"'
	vb -j show eth-b | jq -e '.[0] | .a.kind == "macvlan" and .a.up and .a.present and
		(.a.anchor.dev | startswith("vb")) and (.b.anchor.dev | startswith("vb"))'
}

@test "list and show follow an endpoint that is renamed and moved" {
	vb add eth-a peer eth-b
	ip -n "$mid" link set eth-b netns "$right"
	ip -n "$right" link set eth-b name other
	run -0 vb list
	[[ $output == "eth-a endpoint <-> other endpoint netns $right state plugged datapath tc "* ]]
	vb -j show eth-b | jq -e '.[0].b.dev == "other"'	# by the name it was made with
}

@test "del takes away both devices and all that was made for them" {
	add_apart
	vb del eth-b
	nothing_left
}

@test "del by the first name, too, in the panel's namespace" {
	vb add eth-a peer eth-b
	vb del eth-a
	nothing_left
}

@test "del in the namespace where the endpoint is" {
	add_apart
	"$vethbpf" -n "$right" del eth-b
	nothing_left
}

@test "del of an endpoint that was moved and renamed, by the name it has there" {
	vb add eth-a peer eth-b
	ip -n "$mid" link set eth-b netns "$right"
	ip -n "$right" link set eth-b name other
	"$vethbpf" -n "$right" del other
	nothing_left
}

@test "del of an endpoint that was moved and renamed, by the name it was made with" {
	vb add eth-a peer eth-b
	ip -n "$mid" link set eth-b netns "$right"
	ip -n "$right" link set eth-b name other
	vb del eth-b
	nothing_left
}

@test "del leaves other pairs and devices alone" {
	vb add eth-a peer eth-b
	vb add eth-c peer eth-d
	ip -n "$mid" link add other type bridge
	vb del eth-a
	[[ $(vb list) == "eth-c endpoint <-> eth-d endpoint state plugged datapath tc "* ]]
	ip -n "$mid" link show other
}

@test "del of what add did not make is refused" {
	ip -n "$mid" link add end-a type bridge
	refuses 1 "vethbpf: del end-a: it was not made by add
         \`vethbpf unpair\` takes a cable away that pair made, \`ip link del\` a device" vb del end-a
	refuses 1 "vethbpf: del none: no device of this name in this network namespace, and none was made with it here
         \`vethbpf list\` shows the pairs there are" vb del none
}

@test "del shows its own advice only where it helps" {
	vb add eth-a peer eth-b
	mv "$panel/ends" "$panel/ends-away"
	run --separate-stderr -1 vb del eth-a
	echo "$stderr"
	diff <(echo "vethbpf: del eth-a: open $panel/ends: No such file or directory") <(echo "$stderr")
}

@test "del of a name that several endpoints were made with is refused" {
	vb add eth0 netns "$left" peer a
	vb add eth0 netns "$right" peer b
	refuses 1 "vethbpf: del eth0: several devices were made with this name here
         name the one meant in its namespace: vethbpf -n NETNS del eth0" vb del eth0
	"$vethbpf" -n "$right" del eth0
	[[ $(vb list) == "eth0 endpoint netns $left <-> a endpoint state plugged datapath tc "* ]]
}

@test "the cable between anchors is not taken away alone" {
	local anchor
	vb add eth-a peer eth-b
	anchor=$(vb -j show eth-a | jq -r '.[0].a.anchor.dev')
	refuses 1 "vethbpf: unpair $anchor: it is the anchor of eth-a, which goes with its cable
         to take both away: vethbpf del $anchor" vb unpair "$anchor"
	refuses 1 "vethbpf: unpair eth-a: eth-a is not paired
         add made it with its cable: vethbpf del eth-a" vb unpair eth-a
}

# broken_because_of NAME: the one pair is shown as broken.
broken_because_of() {
	vb -j show | jq -e --arg why "$1 was deleted, by itself or with its namespace" \
		'.[0] | .state == "broken" and .why == $why'
}

@test "a pair whose endpoint was deleted is broken, and gc takes the other one away" {
	add_apart
	ip -n "$left" link del eth-a
	broken_because_of eth-a
	vb gc
	nothing_left
}

@test "a pair whose namespace was deleted is broken, and gc takes the other one away" {
	add_apart
	ip netns del "$right"
	wait_for broken_because_of eth-b
	ip netns add "$right"
	vb gc
	nothing_left
}

@test "the next add takes a broken pair's remains away" {
	add_apart
	ip -n "$left" link del eth-a
	vb add eth-a netns "$left" peer eth-b netns "$right"	# both names are free again
	[ "$(devices "$mid" | wc -w)" -eq 2 ]
}

@test "the next del takes a broken pair's remains away" {
	add_apart
	vb add eth-c peer eth-d
	ip -n "$left" link del eth-a
	vb del eth-c
	nothing_left
}

@test "del of a pair of which an endpoint is gone, by either name" {
	add_apart
	ip -n "$left" link del eth-a
	vb del eth-a
	nothing_left
	add_apart
	ip -n "$left" link del eth-a
	"$vethbpf" -n "$right" del eth-b
	nothing_left
}

@test "gc leaves whole pairs and other people's devices alone" {
	local before
	vb add eth-a peer eth-b netns "$right" up
	ip -n "$mid" link add vbother type bridge
	before=$(whole_state)
	vb gc
	unchanged_since "$before"
}

@test "gc takes away an anchor that a killed add left without a pair" {
	ip -n "$mid" link add vb0123456789ab type bridge
	ip -n "$mid" link set vb0123456789ab alias "vethbpf: anchor of eth-a"
	vb gc
	nothing_left
}

@test "an endpoint whose address is changed is not held to be gone" {
	vb add eth-a peer eth-b
	ip -n "$mid" link set eth-a address 02:00:00:00:00:77
	vb -j list | jq -e '.[0].state == "plugged"'
	vb gc
	ip -n "$mid" link show eth-a
}

@test "an anchor that is deleted takes its endpoint along, as broken" {
	vb add eth-a peer eth-b
	ip -n "$mid" link del "$(vb -j show eth-a | jq -r '.[0].a.anchor.dev')"
	vb -j show | jq -e '.[0] | .state == "broken" and .why == "eth-a has lost its anchor"'
	vb del eth-b
	nothing_left
}
