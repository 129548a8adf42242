#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Rings of cables: refused where they can be seen, harmless to the machine where they cannot.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# veth A B: both ends in the panel's namespace, up.
veth() {
	ip -n "$mid" link add "$1" type veth peer name "$2"
	ip -n "$mid" link set "$1" up
	ip -n "$mid" link set "$2" up
}

ring_refused="         \`ip -d link\` and \`vethbpf list\` show what is joined to what"

@test "a veth's two ends are no cable's two ends" {
	veth ring-a ring-b
	refuses 1 "vethbpf: pair ring-a ring-b: the cable would close a ring: what is transmitted on \
ring-b comes back at ring-a
$ring_refused" vb pair ring-a ring-b
}

@test "a second cable that closes a ring of veths is refused" {
	veth ring-a ring-d
	veth ring-b ring-c
	vb pair ring-a ring-b
	refuses 1 "vethbpf: pair ring-c ring-d: the cable would close a ring: what is transmitted on \
ring-d comes back at ring-c
$ring_refused" vb pair ring-c ring-d
	vb unpair ring-a
}

@test "two ports of one bridge are no cable's stack ends" {
	make_ends veth stack veth stack
	ip -n "$mid" link add hub type bridge
	ip -n "$mid" link set end-a master hub
	ip -n "$mid" link set end-b master hub
	refuses 1 "vethbpf: pair end-a end-b: the cable would close a ring: end-a and end-b are ports of \
one bridge, and each would get what it floods to the other
         take one of them out: ip link set end-b nomaster" \
		vb pair end-a side stack end-b side stack
}

# forwards NETNS DEV: this port of a bridge does.
forwards() {
	ip -n "$1" -d -j link show dev "$2" |
		jq -e '.[0].linkinfo.info_slave_data.state == "forwarding" and .[0].operstate == "UP"'
}

# Through bridges in other namespaces no ring can be seen. One broadcast then runs for ever, as it
# does in a ring of real cables.
@test "a ring that cannot be seen leaves the machine usable, and unpair ends it" {
	for i in 1 2; do
		ip -n "$mid" link add "l$i" type veth peer name "l$i" netns "$left"
		ip -n "$mid" link add "r$i" type veth peer name "r$i" netns "$right"
		ip -n "$mid" link set "l$i" up
		ip -n "$mid" link set "r$i" up
	done
	for ns in "$left" "$right"; do
		ip -n "$ns" link add hub type bridge mcast_snooping 0
		for dev in $(ip -n "$ns" -j link show | jq -r '.[].ifname | select(test("^[lr][12]$"))'); do
			ip -n "$ns" link set "$dev" master hub up
		done
		ip -n "$ns" link set hub up
	done
	vb pair l1 r1
	vb pair l2 r2
	for dev in "$left/l1" "$left/l2" "$right/r1" "$right/r2"; do
		wait_for forwards "${dev%/*}" "${dev#*/}"
		wait_for is_running "${dev%/*}" hub
	done

	# One broadcast, from the left bridge itself.
	in_ns "$left" /usr/bin/python3 -ISc 'import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("hub", 0))
s.send(b"\xff" * 6 + b"\2\0\0\0\0\1" + b"\x88\xb5" + bytes(46))'
	# It runs: more frames than any number of hops without a ring would give.
	wait_for eval "$vethbpf -n $mid -j show l1 | jq -e '.[0].a.taken.frames > 10000'"
	# The machine does other things meanwhile.
	timeout 20 ip -n "$mid" link add busy type veth peer name busy2
	timeout 20 "$vethbpf" -n "$mid" list
	timeout 20 "$vethbpf" -n "$mid" unpair l1
	# Without the ring, what runs in it comes to its end.
	came_to_rest() {
		local before after
		before=$(vb -j show l2 | jq '.[0] | .a.taken.frames + .b.taken.frames')
		sleep 0.1
		after=$(vb -j show l2 | jq '.[0] | .a.taken.frames + .b.taken.frames')
		[ "$before" -eq "$after" ]
	}
	wait_for came_to_rest
	vb unpair l2
}
