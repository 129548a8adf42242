#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Kinds of devices that stand on others: VLANs, bonds, tunnels, ipvlans, and ports of a bridge or bond.
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	ip -n "$mid" link add low-a type veth peer name far-a netns "$left"
	make_end b veth
}

teardown() {
	topology_down
}

# low_up [MTU]: the device below end-a, and the other end of its wire.
low_up() {
	ip -n "$mid" link set low-a mtu "${1-1500}" up
	ip -n "$left" link set far-a mtu "${1-1500}" up
}

# make NETNS DEV KIND ARGUMENT...: a device, up; skips where the kernel has none of that kind.
make() {
	ip -n "$1" link add "$2" type "${@:3}" || skip "this kernel has no $3 devices"
	ip -n "$1" link set "$2" up
}

# end_is OUTSIDE: end-a is whole, and what it carries is to be seen at OUTSIDE in left.
end_is() {
	place[a]=$left/$1 silent[a]=
	wait_for is_running "$mid" end-a
	wait_for is_running "$left" "$1"
}

# bats test_tags=kernel
@test "a VLAN device: its frames cross without the tag, others do not" {
	low_up
	ip -n "$mid" link add link low-a name end-a up type vlan id 7 || skip "this kernel has no vlan devices"
	ip -n "$left" link add link far-a name out-a up type vlan id 7
	end_is out-a
	vb pair end-a end-b
	shows '.a.side == "wire" and .b.datapath == "tc"'
	crosses
	wire lost "$FRAMES" "$left/far-a" "$right/far-b"
}

@test "a bond: what its active port receives" {
	make "$mid" end-a bond mode active-backup miimon 100
	ip -n "$mid" link set low-a down
	ip -n "$mid" link set low-a master end-a
	low_up
	end_is far-a
	vb pair end-a end-b
	crosses
	vb unpair end-a
	ip -n "$mid" -j -d link show dev low-a | jq -e '.[0].promiscuity == 0'
}

# bats test_tags=kernel
@test "a bond, datapath xdp: generic, since native XDP would run on its ports" {
	make "$mid" end-a bond mode active-backup miimon 100
	ip -n "$mid" link set low-a down
	ip -n "$mid" link set low-a master end-a
	low_up
	end_is far-a
	# So that nothing else stands in the way of native XDP.
	in_ns "$mid" ethtool -K end-a rxvlan off
	in_ns "$left" ethtool -K far-a gro on
	in_ns "$right" ethtool -K far-b gro on
	vb pair end-a end-b datapath xdp
	shows '.a.datapath == "xdpgeneric"'
	# An older kernel does not tell what a driver can do, and that is reason enough.
	! kernel_is 6 3 || shows '.a.reason | test("has its ports run native XDP")'
	crosses_generic
}

# port_of KIND [ARGUMENT...]: a pair takes all that its end receives, and the device that the end is a
# port of gets nothing until it is gone.
port_of() {
	make "$mid" upper "$@"
	ip -n "$mid" link set low-a down name end-a
	ip -n "$mid" link set end-a master upper
	ip -n "$mid" link set end-a up
	ip -n "$left" link set far-a up
	end_is far-a
	vb pair end-a end-b
	silent[a]=$mid/upper
	crosses
	vb check end-a | grep "note: end-a: it is a port of a bridge or bond"
	vb unpair end-a
	[ "$(ip -n "$mid" -j link show dev end-a | jq -r '.[0].master')" = upper ]
}

@test "a port of a bridge" {
	port_of bridge mcast_snooping 0
}

# bats test_tags=kernel
@test "a port of a bond" {
	port_of bond mode active-backup miimon 100
}

# tunnel KIND ARGUMENT...: from mid to left, with room for whole frames.
tunnel() {
	low_up 1700
	ip -n "$mid" address add 198.51.100.1/30 dev low-a
	ip -n "$left" address add 198.51.100.2/30 dev far-a
	make "$mid" end-a "$1" remote 198.51.100.2 "${@:2}"
	make "$left" out-a "$1" remote 198.51.100.1 "${@:2}"
	ip -n "$mid" link set end-a mtu 1500
	ip -n "$left" link set out-a mtu 1500
	end_is out-a
	vb pair end-a end-b
	shows '.a.side == "wire"'
	# A vxlan takes no frames from nobody, nor less than a header's worth.
	grep -vE '^(from-nobody|short-ip|short-vlan) ' "$FRAMES" >"$BATS_TEST_TMPDIR/frames"
	FRAMES=$BATS_TEST_TMPDIR/frames
	crosses
}

@test "a vxlan" {
	tunnel vxlan id 7 dstport 4789
}

# bats test_tags=kernel
@test "a geneve" {
	tunnel geneve id 7
}

@test "a gretap" {
	tunnel gretap
}

# bats test_tags=kernel
@test "an ipvlan becomes the local port of a veth, and hears nothing of what is below" {
	low_up
	ip -n "$mid" link add link low-a name end-a type ipvlan mode l2 || skip "this kernel has no ipvlan devices"
	ip -n "$mid" link set end-a up
	place[a]=$mid/end-a silent[a]=$left/far-a
	vb pair end-a end-b
	shows '.a.side == "stack"'
	crosses
}
