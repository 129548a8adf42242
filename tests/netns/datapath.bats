#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# Every datapath: which one is chosen and why, frames cross it unchanged, TCP works through it.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # what lib.bash and bats set

load lib
load talk

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
}

teardown() {
	topology_down
}

# datapaths: how what either end takes crosses: "peer peer", "tc xdp" …
datapaths() {
	vb -j show end-a | jq -r '.[0] | "\(.a.datapath) \(.b.datapath)"'
}

gro_on() {
	in_ns "$left" ethtool -K far-a gro on
	in_ns "$right" ethtool -K far-b gro on
}

# bats test_tags=kernel
@test "auto takes peer for veths whose other ends are in other namespaces" {
	has_types || skip "this kernel lets no program read its structures"
	make_ends veth wire veth wire
	vb pair end-a end-b
	[ "$(datapaths)" = "peer peer" ]
	shows '.a.reason | test("in another namespace")'
	crosses
	# The host's end is gone round: it has transmitted nothing.
	[ "$(ip -n "$mid" -s -j link show dev end-b | jq '.[0].stats64.tx.packets')" -eq 0 ]
}

@test "auto on peer: the other end may come into this namespace and leave again" {
	has_types || skip "this kernel lets no program read its structures"
	make_ends veth wire veth wire
	vb pair end-a end-b
	ip -n "$right" link set far-b netns "$mid"
	ip -n "$mid" link set far-b up
	shows '.a.datapath == "tc" and (.a.reason | test("in this namespace")) and .b.datapath == "peer"'
	wire cross "$FRAMES" "$left/far-a" "$mid/far-b"
	ip -n "$mid" link set far-b netns "$right"
	ip -n "$right" link set far-b up
	[ "$(datapaths)" = "peer peer" ]
	wire cross "$FRAMES" "$left/far-a" "$right/far-b"
	[ "$(dropped end-a)" -eq 0 ]
}

@test "auto takes tc into a veth that has a qdisc: peer would go round it" {
	make_ends veth wire veth wire
	tc -n "$mid" qdisc add dev end-b root pfifo limit 1000
	vb pair end-a end-b
	shows '.a.datapath == "tc" and .b.datapath != "xdp"'
	crosses
	tc -n "$mid" -s -j qdisc show dev end-b root |
		jq -e ".[0].packets >= $(wc -l <"$FRAMES")"
}

@test "datapath tc" {
	make_ends veth wire veth wire
	vb pair end-a end-b datapath tc
	[ "$(datapaths)" = "tc tc" ]
	crosses
}

@test "every VLAN, and frames of every size, by every datapath" {
	make_ends veth wire veth wire
	gro_on
	FRAMES=$BATS_TEST_TMPDIR/every
	awk 'BEGIN {
		head = "02000000bb0102000000aa01"
		for (i = 0; i < 4095; i++)
			printf "vlan-%d %s8100%04x88b5%046x\n", i, head, i + i % 8 * 8192, i
		for (i = 15; i <= 1514; i++)
			printf "size-%d %s88b5%0" 2 * (i - 14) "d\n", i, head, i % 2
	}' >"$FRAMES"
	for datapath in tc peer xdp; do
		[ $datapath != peer ] || has_types || continue
		vb pair end-a end-b datapath $datapath
		crosses --mtu 0
		vb unpair end-a
	done
}

@test "datapath peer is refused where the other end is in this namespace" {
	has_types || skip "this kernel lets no program read its structures"
	make_ends veth wire veth wire
	ip -n "$right" link set far-b netns "$mid"
	refuses 1 "vethbpf: pair end-a end-b: datapath peer: the other end of end-b is in this network \
namespace, and must be in another
         datapath auto takes peer for the directions where it can deliver, tc for others" \
		vb pair end-a end-b datapath peer
}

@test "datapath peer is refused into a device that has no other end" {
	has_types || skip "this kernel lets no program read its structures"
	make_ends veth wire tap wire
	refuses 1 "vethbpf: pair end-a end-b: datapath peer: end-b is not a veth or netkit with side \
wire, so there is no other end to hand frames to
         datapath auto takes peer for the directions where it can deliver, tc for others" \
		vb pair end-a end-b datapath peer
}

# bats test_tags=kernel
@test "TCP through every datapath, to the last checksum" {
	make_ends veth wire veth wire
	gro_on
	for datapath in auto tc xdp; do
		vb pair end-a end-b datapath $datapath
		talk "$left" far-a "$right" far-b
		shows '.a.taken.frames > 0 and .b.taken.frames > 0'
		vb unpair end-a
		hush "$left" far-a "$right" far-b
	done
}

# bats test_tags=kernel
@test "native XDP on a veth carries what is whole, TC what is not" {
	has_tcx || skip "this kernel's veth hides from XDP what is not whole"
	make_ends veth wire veth wire
	gro_on
	vb pair end-a end-b datapath xdp
	[ "$(datapaths)" = "xdp xdp" ]
	# Without libxdp's dispatcher no other XDP program can join it: that is told.
	alone=false
	[[ $(in_ns "$mid" "$here/xdp.py" show end-a) != "alone "* ]] || alone=true
	shows "(.a, .b | .hooks[] | select(.prog == \"vb_wire_xdp\")).alone == $alone"
	! $alone || [ "$(vb show end-a | grep -c "vb_wire_xdp by xdp .* alone: this kernel has no dispatcher")" -eq 2 ]
	vb -j show | "$here/schema.py" show
	crosses
	talk "$left" far-a "$right" far-b
	[ "$(dropped end-a)" -eq 0 ]
}

@test "datapath xdp without NAPI at the other end is generic, and says how it would be native" {
	has_tcx || skip "this kernel does not tell what drivers can do for XDP"
	make_ends veth wire veth wire
	run --separate-stderr -0 vb pair end-a end-b datapath xdp
	warning="vethbpf: warning: pair end-a end-b: what DEV takes crosses by generic XDP, which is \
slower than XDP in the driver: the peer transmits XDP frames only if its other end has gro on"
	diff - <(echo "$stderr") <<-END
		${warning/DEV/end-a}
		         ip netns exec $right ethtool -K far-b gro on; then unpair and pair again
		${warning/DEV/end-b}
		         ip netns exec $left ethtool -K far-a gro on; then unpair and pair again
	END
	[ "$(datapaths)" = "xdpgeneric xdpgeneric" ]
	shows '.a.reason | test("gro on")'
	crosses
	talk "$left" far-a "$right" far-b
	# What it advises makes it native.
	while read -r command; do
		eval "${command%;*}"
	done < <(grep -o "ip netns exec .*" <<<"$stderr")
	vb unpair end-a
	run --separate-stderr -0 vb pair end-a end-b datapath xdp
	[ -z "$stderr" ]
	[ "$(datapaths)" = "xdp xdp" ]
}

# gro NETNS DEV: "on" or "off".
gro() {
	in_ns "$1" ethtool -k "$2" | sed -n 's/^generic-receive-offload: //p'
}

@test "datapath xdp turns gro on at other ends in this namespace, and unpair turns it off again" {
	has_tcx || skip "this kernel does not tell what drivers can do for XDP"
	make_ends veth wire veth wire
	ip -n "$left" link set far-a netns "$mid"
	ip -n "$right" link set far-b netns "$mid"
	ip -n "$mid" link set far-a up
	ip -n "$mid" link set far-b up
	in_ns "$mid" ethtool -K far-b gro on # somebody's own doing stays
	run --separate-stderr -0 vb pair end-a end-b datapath xdp
	[ -z "$stderr" ]
	[ "$(datapaths)" = "xdp xdp" ]
	[ "$(gro "$mid" far-a)" = on ]
	# Also if it is somewhere else by then.
	ip -n "$mid" link set far-a netns "$left"
	ip -n "$mid" link set far-b netns "$right"
	ip -n "$left" link set far-a up
	ip -n "$right" link set far-b up
	crosses
	vb unpair end-a
	[ "$(gro "$left" far-a)" = off ]
	[ "$(gro "$right" far-b)" = on ]
}

@test "datapath xdp on taps is generic: a tap's frames may have unfinished checksums" {
	has_types || skip "this kernel's programs cannot see what a driver takes"
	make_ends tap "" tap ""
	run --separate-stderr -0 vb pair end-a end-b datapath xdp
	[[ $stderr == *"warning: "*"what end-a takes crosses by generic XDP"*"unfinished checksums"* ]]
	[ "$(datapaths)" = "xdpgeneric xdpgeneric" ]
	crosses
}

@test "datapath xdp on taps is tc where programs cannot see what a driver takes" {
	! has_types || skip "this kernel's programs can see it"
	make_ends tap "" tap ""
	run --separate-stderr -0 vb pair end-a end-b datapath xdp
	[[ $stderr == *"warning: "*"what end-a takes crosses by tc"*"(Linux 6.2 does)"* ]]
	[ "$(datapaths)" = "tc tc" ]
	crosses
}

@test "jumbo frames through datapath xdp, at MTUs that native XDP refuses" {
	make_ends veth wire veth wire
	gro_on
	ip -n "$left" link set far-a mtu 9000
	ip -n "$mid" link set end-a mtu 9000
	ip -n "$right" link set far-b mtu 9000
	ip -n "$mid" link set end-b mtu 9000
	vb pair end-a end-b datapath xdp
	crosses --mtu 9000
}
