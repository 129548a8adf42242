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

# has_types: programs can read the kernel's structures, Linux 6.2 or later.
has_types() {
	grep -q ' bpf_rdonly_cast$' /proc/kallsyms
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
	crosses
	talk "$left" far-a "$right" far-b
	[ "$(dropped end-a)" -eq 0 ]
}

@test "datapath xdp without NAPI at the other end is generic, and says how it would be native" {
	has_tcx || skip "this kernel does not tell what drivers can do for XDP"
	make_ends veth wire veth wire
	vb pair end-a end-b datapath xdp
	[ "$(datapaths)" = "xdpgeneric xdpgeneric" ]
	shows '.a.reason | test("gro on")'
	crosses
	talk "$left" far-a "$right" far-b
}

@test "datapath xdp on taps is generic: a tap's frames may have unfinished checksums" {
	make_ends tap "" tap ""
	vb pair end-a end-b datapath xdp
	[ "$(datapaths)" = "xdpgeneric xdpgeneric" ]
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
