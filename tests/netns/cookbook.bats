#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
# The recipes of docs/cookbook.md: their lines, as they stand there, and traffic over what they make.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # what lib.bash and bats set

load lib

setup() {
	bats_require_minimum_version 1.5.0
	topology_up
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(realpath "$vethbpf")" "$BATS_TEST_TMPDIR/bin/vethbpf"
}

teardown() {
	topology_down
}

# recipe NETNS HEADING [NAME]: runs the commands below a heading, those that are named so, in a
# namespace.
recipe() {
	local lines
	lines=$(awk -v heading="## $2" -v fence="\`\`\`sh${3:+ $3}" '
		/^## / { here = $0 == heading }
		/^```$/ { on = 0 }
		on { print }
		here && $0 == fence { on = 1 }' "$here/../../docs/cookbook.md")
	[ "$lines" ] || { echo "nothing below $2"; return 1; }
	PATH=$BATS_TEST_TMPDIR/bin:$PATH in_ns "$1" bash -euc "$lines"
}

# cabled DEV NETNS FAR: DEV in the panel's namespace is a veth, its other end is FAR there.
cabled() {
	ip -n "$mid" link add "$1" type veth peer name "$3" netns "$2"
	ip -n "$2" link set "$3" up
}

@test "a virtual machine's tap to a container's veth" {
	cabled veth-c1 "$left" eth0
	ip -n "$mid" tuntap add tap0 mode tap
	recipe "$mid" "A virtual machine's tap to a container's veth"
	wire cross "$FRAMES" "$mid/tap0:tap" "$left/eth0"
}

@test "two NICs as a bump in the wire" {
	cabled eth1 "$left" far-a
	cabled eth2 "$right" far-b
	recipe "$mid" "Two NICs as a bump in the wire"
	wire cross "$FRAMES" "$left/far-a" "$right/far-b"
}

# hosts: left and right are the hosts, with a network between them of this MTU; mid is where the
# ends of what they join are seen, cl-a and cl-b.
hosts() {
	ip -n "$left" link add under type veth peer name under netns "$right"
	for host in "$left 192.0.2.1 cl-a" "$right 192.0.2.2 cl-b"; do
		read -r ns address client <<<"$host"
		ip -n "$ns" addr add "$address/24" dev under
		ip -n "$ns" link set under mtu "$1" up
		ip -n "$ns" link add eth1 type veth peer name "$client" netns "$mid"
		ip -n "$ns" link set eth1 up
		ip -n "$mid" link set "$client" up
	done
}

@test "a pair stretched over two hosts" {
	can_make vxlan || { ip -n "$mid" link add vbt-try type vxlan id 1 dstport 4789 &&
		ip -n "$mid" link del vbt-try; } || skip "this kernel has no vxlan devices"
	hosts 1500
	recipe "$left" "A pair stretched over two hosts" host-a
	recipe "$right" "A pair stretched over two hosts" host-b
	# What vxlan itself drops: frames from nobody, and those that are cut off in their headers.
	grep -vE '^(from-nobody|short-ip|short-vlan) ' "$FRAMES" >"$BATS_TEST_TMPDIR/frames"
	# The largest frames go in fragments: the network between has the same MTU.
	wire cross --mtu 1500 "$BATS_TEST_TMPDIR/frames" "$mid/cl-a" "$mid/cl-b"
	"$vethbpf" -n "$left" unpair eth1
	"$vethbpf" -n "$right" unpair eth1
}

@test "a span port beside a cable" {
	cabled eth1 "$left" far-a
	cabled eth2 "$right" far-b
	cabled span0 "$left" analyser
	tc -n "$mid" qdisc add dev span0 clsact
	tc -n "$mid" filter add dev span0 egress matchall action pass 2>/dev/null ||
		skip "this kernel has no matchall classifier"
	ip -n "$mid" link set eth1 up
	ip -n "$mid" link set eth2 up
	recipe "$mid" "A span port beside a cable"
	wire cross "$FRAMES" "$left/far-a" "$right/far-b"
	[ "$(tc -n "$mid" -j -s filter show dev span0 egress | jq '[.. | .stats? // empty | .packets?] | max')" = \
		"$(vb -j list | jq '.[0] | .a.taken.frames + .b.taken.frames')" ]
}

@test "delay, loss, a rate" {
	cabled eth1 "$left" far-a
	cabled eth2 "$right" far-b
	tc -n "$mid" qdisc add dev eth2 root netem delay 1ms 2>/dev/null || skip "this kernel has no netem"
	tc -n "$mid" qdisc del dev eth2 root
	ip -n "$left" addr add 192.0.2.1/24 dev far-a
	ip -n "$right" addr add 192.0.2.2/24 dev far-b
	ip -n "$mid" link set eth1 up
	ip -n "$mid" link set eth2 up
	recipe "$mid" "Delay, loss, a rate"
	run in_ns "$left" ping -q -i 0.01 -c 200 192.0.2.2
	echo "$output"
	received=$(sed -n 's/.* \([0-9]*\) received.*/\1/p' <<<"$output")
	[ "$received" -lt 200 ]
	[ "$received" -gt 100 ]
	awk -v rtt="$(sed -n 's|^rtt min[^=]*= \([0-9.]*\)/.*|\1|p' <<<"$output")" 'BEGIN { exit !(rtt >= 20) }'
}
